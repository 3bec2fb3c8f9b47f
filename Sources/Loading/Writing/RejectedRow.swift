internal import Diagnostics
internal import JSON
internal import Secrets

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

  /// The same without secrets: its message may be what a trigger or a function says.
  var redacted: RejectedRow {
    var row = self
    row.message = Redaction.redacted(row.message)
    return row
  }

  /// The same as a finding.
  var diagnostic: Diagnostic {
    let words = file == nil ? "row \(line): \(message)" : message
    return Diagnostic(
      .error, "row-rejected", words, at: file.map { Place(file: $0, line: line, column: 1) },
      help: sqlState.map { ["SQLSTATE \($0)"] } ?? [])
  }
}
