internal import Catalog
internal import Diagnostics
internal import JSON
internal import Manifests
internal import Planning
internal import SystemPackage

/// One stream of rows: a file, what a program prints, or rows of a manifest.
struct SourcePart {
  enum Content {
    case file(SourceFile)
    case program([String])
    /// Inline rows, written as CSV.
    case memory([UInt8])
    /// A table or a query: its rows go from server to server, and are never taken apart.
    case database(DatabasePart)
  }

  /// How the bytes are written.
  enum Format {
    case csv(Dialect)
    /// An object a line.
    case jsonLines
    case jsonArray
  }

  /// What errors call it.
  var name: String
  /// Which of the load's sources it is of.
  var source = 0
  var content: Content
  var format: Format
  /// `auto` is no compression here: nothing is left to go by.
  var compression = Compression.none
  /// For timestamps without zone that go to a `timestamptz`.
  var timezone = "UTC"
  var dateOrder: DateOrder?

  var file: SourceFile? { if case .file(let file) = content { file } else { nil } }
  var isProgram: Bool { if case .program = content { true } else { false } }
  /// Whether it has lines of its own; inline rows are counted.
  var hasLines: Bool { if case .memory = content { false } else { true } }
  var zonelessIsUTC: Bool { ["UTC", "ETC/UTC", "GMT", "Z"].contains(timezone.uppercased()) }
  var hasDecimalComma: Bool { if case .csv(let dialect) = format { dialect.hasDecimalComma } else { false } }

  /// A reader at the first row.
  func open(_ scope: InputScope = InputScope()) throws(Failure) -> any RowReader {
    let input = ByteInput(try stream(scope), name: name)
    switch format {
    case .csv(let dialect):
      return try CSVRows(input, dialect, blockSize: file == nil && !isProgram ? 1 << 16 : 1 << 20)
    case .jsonLines: return try JSONRows(input, isArray: false)
    case .jsonArray: return try JSONRows(input, isArray: true)
    }
  }

  /// The bytes, decompressed and in UTF-8.
  private func stream(_ scope: InputScope) throws(Failure) -> any ByteStream {
    var stream: any ByteStream
    switch content {
    case .file(let file): stream = try FileStream(file.path, name: name)
    case .memory(let bytes): return MemoryStream(bytes)
    case .database: preconditionFailure("rows of a database are not read one by one")
    case .program(let command):
      guard let programs = scope.programs else {
        throw Failure(Diagnostic(.error, "source-program", "`\(command.first ?? "")` is not run here"))
      }
      stream = try programs.start(command, name: name, stop: scope.stop)
    }
    switch compression {
    case .gzip: stream = GzipStream(stream, name: name)
    case .zstd: stream = ZstdStream(stream, name: name)
    case .auto, .none: break
    }
    if case .csv(let dialect) = format, !RecodedStream.isUTF8(dialect.encoding) {
      stream = try RecodedStream(stream, from: dialect.encoding, name: name)
    }
    return stream
  }
}

extension Source {
  /// The source's parts in the order in which they are read.
  ///
  /// - Parameters:
  ///   - days: of which days files are read; nothing where that is not known.
  ///   - needsAll: whether each day must have a file.
  /// - Throws: `source-readable`.
  func parts(under root: FilePath, _ days: LoadDays?, needsAll: Bool = true) throws(Failure) -> [SourcePart] {
    switch self {
    case .files(let files):
      var parts: [SourcePart] = []
      for file in try files.found(under: root, days, needsAll: needsAll) { parts.append(try files.part(file)) }
      return parts
    case .rows(let rows): return [SourcePart(name: "rows", content: .memory(rows.csv), format: .csv(.inline))]
    case .program(let program):
      return [
        SourcePart(
          name: program.name, content: .program(program.command),
          format: try SourcePart.Format(program.format, program.csv, name: program.name),
          compression: program.compression, timezone: program.csv.timezone, dateOrder: program.csv.dateOrder)
      ]
    case .postgres(let source):
      guard let object = source.object else {
        throw Failure(Diagnostic(.error, "source-readable", "a source names no table"))
      }
      return [SourcePart(source, object)]
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

extension SourcePart.Format {
  fileprivate init(_ format: DataFormat, _ options: CSVOptions, name: String) throws(Failure) {
    switch format {
    case .csv, .tsv: self = .csv(try Dialect(options, format: format, name: name))
    case .json: self = .jsonArray
    case .jsonl: self = .jsonLines
    }
  }
}

extension FileSource {
  fileprivate func part(_ file: SourceFile) throws(Failure) -> SourcePart {
    SourcePart(
      name: file.name, content: .file(file),
      format: try SourcePart.Format(format ?? DataFormat(ofFile: file.name), csv, name: file.name),
      compression: compression == .auto ? Compression(ofFile: file.name) : compression,
      timezone: csv.timezone, dateOrder: csv.dateOrder)
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
