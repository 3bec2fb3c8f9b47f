internal import Diagnostics
internal import JSON
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

  /// One line of JSON.
  var json: String {
    var members: [(String, JSONValue)] = [
      ("file", .string(file)), ("line", .int(line)), ("sqlState", .string(sqlState)), ("message", .string(message)),
    ]
    if let text { members.append(("text", .string(text))) }
    var parts = members.map { "\(JSONValue.string($0.0).text(.line)):\($0.1.text(.line))" }
    if let fields {
      let row = fields.map { "\(JSONValue.string($0.name).text(.line)):\(JSONValue.string($0.value).text(.line))" }
      parts.append("\"row\":{\(row.joined(separator: ","))}")
    }
    return "{\(parts.joined(separator: ","))}\n"
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
  private(set) var count = 0
  /// What there is without a file.
  private(set) var kept: [Diagnostic] = []
  /// How many are allowed; nothing: any number.
  var most: Int?

  init(file path: FilePath?) { self.path = path }

  deinit { try? file?.close() }

  /// Adds a row.
  ///
  /// - Throws: `Failure` where there are too many, or the file cannot be written.
  func add(_ row: RejectedRow) throws(Failure) {
    count += 1
    if let path {
      do {
        try open(path).writeAll(Array(row.json.utf8))
      } catch {
        throw Failure(
          Diagnostic(.error, "rejects-unwritable", "cannot write rejected rows to \(path): \(describe(error))"))
      }
    } else {
      kept.append(row.diagnostic)
    }
    if let most, count > most { throw tooMany("more than \(most) rows were rejected") }
  }

  /// Why the load fails.
  func tooMany(_ message: String) -> Failure {
    Failure(
      Diagnostic(
        .error, "too-many-rejects", "\(message): nothing was written",
        help: path.map { ["the rejected rows are in \($0)"] } ?? []))
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
