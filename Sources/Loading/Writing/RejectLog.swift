internal import Diagnostics
internal import JSON
internal import Secrets
internal import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension LoadRequest {
  /// Where this load's rejected rows are written.
  var rejectsFile: FilePath { rejects.appending(flow).appending("\(load).jsonl") }
}

/// A row that was kept out.
struct RejectedRow {
  var file: String?
  var line: Int
  var sqlState: String?
  var message: String
  /// The source's fields by name, in order; nothing where the row could not be taken apart.
  var fields: [(name: String, value: String?)]?
  /// The row as it stands in the file, where it could not be taken apart.
  var text: String?
  /// For a row of a database: its table, as `crm.public.orders`, and what it is told by.
  var source: String?
  var key: [(name: String, value: String?)] = []

  /// Appends one line of JSON.
  func append(to line: inout [UInt8]) {
    line += "{\"file\":".utf8
    Self.append(file, to: &line)
    line += ",\"line\":\(self.line),\"sqlState\":".utf8
    Self.append(sqlState, to: &line)
    line += ",\"message\":".utf8
    Self.append(message, to: &line)
    if let text {
      line += ",\"text\":".utf8
      Self.append(text, to: &line)
    }
    if let source {
      line += ",\"source\":".utf8
      Self.append(source, to: &line)
    }
    if !key.isEmpty {
      line += ",\"key\":".utf8
      Self.append(key, to: &line)
    }
    if let fields {
      line += ",\"row\":".utf8
      Self.append(fields, to: &line)
    }
    line += "}\n".utf8
  }

  private static func append(_ fields: [(name: String, value: String?)], to line: inout [UInt8]) {
    line.append(UInt8(ascii: "{"))
    for (index, field) in fields.enumerated() {
      if index > 0 { line.append(UInt8(ascii: ",")) }
      append(field.name, to: &line)
      line.append(UInt8(ascii: ":"))
      append(field.value, to: &line)
    }
    line.append(UInt8(ascii: "}"))
  }

  /// Appends a string, or null. There may be as many of them as rows of the source, and most are plain.
  private static func append(_ text: String?, to line: inout [UInt8]) {
    guard let text else { return line += "null".utf8 }
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    guard isPlain else { return line += JSONValue.string(text).text(.line).utf8 }
    line.append(UInt8(ascii: "\""))
    line += text.utf8
    line.append(UInt8(ascii: "\""))
  }

  /// The same as a finding.
  var diagnostic: Diagnostic {
    let words = file == nil ? "row \(line): \(message)" : message
    return Diagnostic(
      .error, "row-rejected", words, at: file.map { Place(file: $0, line: line, column: 1) },
      help: sqlState.map { ["SQLSTATE \($0)"] } ?? [])
  }
}

/// Counts rejected rows, and writes them to a file that is made with the first one, or keeps them.
final class RejectLog {
  private let path: FilePath?
  private var file: FileDescriptor?
  private var buffer: [UInt8] = []
  private(set) var count = 0
  /// What there is without a file.
  private(set) var kept: [Diagnostic] = []
  /// How many are allowed; nothing: any number.
  var most: Int?

  private static let bufferSize = 1 << 16

  init(file path: FilePath?) { self.path = path }

  deinit { try? file?.close() }

  /// How many more are allowed; nothing: any number.
  var room: Int? { most.map { $0 - count } }

  /// Adds a batch's rejected rows, in the source's order; they are in the file when this returns or throws.
  ///
  /// - Throws: `Failure` where there are too many, or the file cannot be written.
  func add(_ refusals: Refusals, of batch: Batch, _ parts: [SourcePart]) throws {
    try refusals.forEachRejected(of: batch, parts) { try keep($0) }
    try conclude()
  }

  /// Adds rejected rows; they are in the file when this returns or throws.
  ///
  /// - Throws: `Failure` where there are too many, or the file cannot be written.
  func add(_ rows: [RejectedRow]) throws {
    for row in rows { try keep(row) }
    try conclude()
  }

  private func keep(_ row: RejectedRow) throws(Failure) {
    if let most, count > most { return }
    count += 1
    var row = row
    // It may be what a trigger or a function says.
    row.message = Redaction.redacted(row.message)
    if path == nil { kept.append(row.diagnostic) } else { row.append(to: &buffer) }
    if buffer.count >= Self.bufferSize { try flush() }
  }

  private func conclude() throws(Failure) {
    try flush()
    if let most, count > most { throw tooMany("more than \(most) rows were rejected") }
  }

  /// Why the load fails.
  func tooMany(_ message: String) -> Failure {
    Failure(
      Diagnostic(
        .error, "too-many-rejects", "\(message): nothing was written",
        help: path.map { ["the rejected rows are in \($0)"] } ?? []))
  }

  private func flush() throws(Failure) {
    guard let path, !buffer.isEmpty else { return }
    do {
      try open(path).writeAll(buffer)
    } catch {
      throw Failure(
        Diagnostic(.error, "rejects-unwritable", "cannot write rejected rows to \(path): \(fileErrorWords(error))"))
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private func open(_ path: FilePath) throws -> FileDescriptor {
    if let file { return file }
    try FileManager.default.createDirectory(
      atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
    let opened = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
    file = opened
    return opened
  }
}
