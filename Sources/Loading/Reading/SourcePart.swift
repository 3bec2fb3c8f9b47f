internal import Catalog
internal import Diagnostics
internal import JSON
internal import Manifests
internal import Planning
internal import SystemPackage

/// One stream of rows: a file, or rows of a manifest.
struct SourcePart {
  enum Content {
    case file(SourceFile)
    /// Inline rows, written as CSV.
    case memory([UInt8])
    /// A table or a query: its rows go from server to server, and are never taken apart.
    case database(DatabasePart)
  }

  /// What errors call it.
  var name: String
  var content: Content
  var dialect: Dialect
  /// For timestamps without zone that go to a `timestamptz`.
  var timezone: String
  var dateOrder: DateOrder?

  var file: SourceFile? { if case .file(let file) = content { file } else { nil } }
  var zonelessIsUTC: Bool { ["UTC", "ETC/UTC", "GMT", "Z"].contains(timezone.uppercased()) }

  /// A reader at the first row.
  func open() throws(Failure) -> CSVRows {
    switch content {
    case .file(let file): try CSVRows(ByteInput(file: file.path, name: name), self)
    case .memory(let bytes): try CSVRows(ByteInput(memory: bytes, name: name), self, blockSize: 1 << 16)
    case .database: preconditionFailure("rows of a database are not read one by one")
    }
  }
}

extension Source {
  /// The source's parts in the order in which they are read.
  ///
  /// - Throws: `source-readable`; `not-supported` for what cannot be read yet.
  func parts(under root: FilePath) throws(Failure) -> [SourcePart] {
    switch self {
    case .files(let files):
      var parts: [SourcePart] = []
      for file in try FilePattern(files.path).files(under: root) { parts.append(try files.part(file)) }
      return parts
    case .rows(let rows):
      return [
        SourcePart(
          name: "rows", content: .memory(rows.csv), dialect: .inline, timezone: "UTC", dateOrder: nil)
      ]
    case .postgres(let source):
      guard let object = source.object else {
        throw Failure(Diagnostic(.error, "source-readable", "a source names no table"))
      }
      return [SourcePart(source, object)]
    case .program: throw .notSupported("a `command:` source")
    }
  }

  /// Whether a source without rows is no error.
  var allowsEmpty: Bool {
    switch self {
    case .files(let source): source.allowEmpty
    // Where a cursor is, nothing new is nothing odd.
    case .postgres(let source): source.allowEmpty || source.cursor != nil
    case .rows(let source): source.allowEmpty
    case .program(let source): source.allowEmpty
    }
  }
}

extension FileSource {
  fileprivate func part(_ file: SourceFile) throws(Failure) -> SourcePart {
    let name = file.name.lowercased()
    for (ending, kind) in [(".gz", "gzip"), (".zst", "zstd")] where name.hasSuffix(ending) && compression == .auto {
      throw .notSupported("compression \(kind)", file.name)
    }
    guard compression == .auto || compression == .none else {
      throw .notSupported("compression \(compression.rawValue)", file.name)
    }
    let format = format ?? DataFormat(ofFile: name)
    return SourcePart(
      name: file.name, content: .file(file), dialect: try Dialect(csv, format: format, name: file.name),
      timezone: csv.timezone, dateOrder: csv.dateOrder)
  }
}

extension DataFormat {
  /// By a name's ending; CSV where it says nothing.
  fileprivate init(ofFile name: String) {
    switch name.split(separator: ".").last {
    case "tsv", "tab": self = .tsv
    case "json": self = .json
    case "jsonl", "ndjson": self = .jsonl
    default: self = .csv
    }
  }
}

extension RowsSource {
  /// The rows as CSV with a header: every value in quotes, so that only NULL is empty.
  fileprivate var csv: [UInt8] {
    var bytes: [UInt8] = []
    func add(_ texts: [String?]) {
      for (index, text) in texts.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        guard let text else { continue }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
          if byte == UInt8(ascii: "\"") { bytes.append(byte) }
          bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
      }
      bytes.append(UInt8(ascii: "\n"))
    }
    guard !fields.isEmpty else { return [] }
    add(fields)
    for row in rows { add(row.map(\.text)) }
    return bytes
  }
}

extension InlineValue {
  /// The value as text that the server reads; nothing for NULL.
  var text: String? {
    switch self {
    case .null: nil
    case .bool(let value): value ? "true" : "false"
    case .number(let text), .text(let text): text
    case .nested(let value): value.text(.line)
    }
  }
}
