import Diagnostics
import JSON
import OrderedCollections

@testable import Loading

/// Reads objects, one a line or in an array: what is read must not depend on the size of the blocks, and be what the
/// reader of other JSON finds.
///
/// The first byte chooses between lines and an array, and the size.
func fuzzJSON(_ bytes: [UInt8]) {
  let isArray = bytes[0] & 1 == 1
  let input = Array(bytes[1...])
  let whole = read(input, isArray: isArray, blockSize: 1 << 13)
  let pieces = read(input, isArray: isArray, blockSize: 16 + Int(bytes[0] >> 1))
  precondition(whole == pieces, "what is read depends on the size of the blocks")
  // The other reader calls itself for what is nested.
  guard input.count(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }) < 200 else { return }
  if isArray { compareArray(input, whole) } else { compareLines(input, whole) }
}

/// A row, or what became of it.
private enum Found: Equatable {
  case row(RowRead)
  /// The column counts in lines alone: an array's is told as far as its line is in the window.
  case fault(String, line: Int, column: Int)
  case end(String)
}

private struct RowRead: Equatable {
  var line: Int
  var raw: [UInt8]
  /// The fields, and what they are called.
  var fields: [[UInt8]?]
  var names: [[UInt8]]
  /// The fields as they are found when a row is looked at closely.
  var members: [Member]
}

private struct Member: Equatable {
  var name: [UInt8]
  var value: [UInt8]?
}

/// Those that columns take: as they are, as JSON, and in both ways.
private let wanted: [(name: String, isJSON: Bool)] = [("a", false), ("a", true), ("b", true), ("c", false)]

private func read(_ input: [UInt8], isArray: Bool, blockSize: Int) -> [Found] {
  var found: [Found] = []
  do {
    let reader = try JSONRows(ByteInput(memory: input, name: "input"), isArray: isArray, blockSize: blockSize)
    _ = try reader.positions(of: wanted.map(\.name), asJSON: wanted.map(\.isJSON))
    var row = FieldTable()
    while true {
      do {
        guard try reader.next(into: &row) else { return found }
        var read = RowRead(line: reader.line, raw: row.raw.array, fields: [], names: [], members: [])
        read.fields = (0..<row.count).map { row.field($0)?.array }
        read.names = reader.fieldNames.prefix(row.count).map { Array($0.utf8) }
        read.members = reader.members().map { member in
          Member(name: Array(member.name.utf8), value: member.kind == .null ? nil : Array(member.value.utf8))
        }
        found.append(.row(read))
      } catch let fault as RowFault {
        found.append(.fault(fault.message, line: fault.line, column: isArray ? 0 : fault.column))
      }
    }
  } catch let failure as Failure {
    return found + [.end(failure.diagnostics.map { "\($0.place?.line ?? 0) \($0.message)" }.joined())]
  } catch {
    return found + [.end("\(error)")]
  }
}

// MARK: The other reader

private func compareLines(_ input: [UInt8], _ found: [Found]) {
  let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
  var rest = found[...]
  let text = input.starts(with: mark) ? input.dropFirst(3) : input[...]
  let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  for (index, line) in lines.enumerated() where !line.allSatisfy({ [0x20, 0x0D, 0x09].contains($0) }) {
    guard let next = rest.popFirst() else { preconditionFailure("a row is missing") }
    if case .row(let row) = next { precondition(row.line == index + 1, "another line") }
    // The other reader would pass over a mark.
    compare(next, line.starts(with: mark) ? .wrong : parse(Array(line)))
  }
  precondition(rest.isEmpty, "a row too many")
}

private func compareArray(_ input: [UInt8], _ found: [Found]) {
  switch parse(input) {
  case .value(.array(let elements)):
    precondition(found.count == elements.count, "another number of rows")
    for (next, element) in zip(found, elements) { compare(next, .value(element)) }
  case .value, .wrong:
    precondition(found.contains { if case .row = $0 { false } else { true } }, "no JSON was taken")
  case .unsure: break
  }
}

private enum Parsed {
  case value(JSONValue)
  case wrong
  /// It is no matter of syntax.
  case unsure
}

private func parse(_ bytes: [UInt8]) -> Parsed {
  do { return .value(try JSONValue(parsing: bytes)) } catch { return error.isBeyondSyntax ? .unsure : .wrong }
}

extension JSONError {
  /// Whether text is refused that is well-formed, and for the server to judge.
  var isBeyondSyntax: Bool {
    ["stands twice in one object", "within one another", "surrogate"].contains { message.contains($0) }
  }
}

private func compare(_ found: Found, _ parsed: Parsed) {
  guard case .row(let row) = found else {
    guard case .value(.object(let members)) = parsed else { return }
    let hasNUL = members.contains { name, value in
      name.utf8.contains(0) || name != "b" && value.stringValue?.utf8.contains(0) == true
    }
    precondition(hasNUL, "a row was refused: \(found)")
    return
  }
  switch parsed {
  case .unsure: return
  case .wrong: preconditionFailure("no JSON was taken")
  case .value(let value):
    guard case .object(let members) = value else { preconditionFailure("no object was taken") }
    precondition((try? JSONValue(parsing: row.raw)) == value, "the row is not its text")
    for (index, name) in row.names.enumerated() {
      let member = members.first { Array($0.key.utf8) == name }?.value
      let isText = !wanted.indices.contains(index) || !wanted[index].isJSON
      precondition(row.fields[index] == member.flatMap { field($0, isText: isText, row.fields[index]) })
    }
    precondition(members.keys.allSatisfy { row.names.contains(Array($0.utf8)) }, "a field is missing")
    precondition(row.members.count == members.count, "looked at closely it has other fields")
    for (found, member) in zip(row.members, members) {
      precondition(
        found.name == Array(member.key.utf8) && found.value == field(member.value, isText: true, found.value),
        "looked at closely it is another row")
    }
  }
}

/// What a field holds whose value is `value`.
///
/// - Parameter found: what it holds: JSON text may be written in many ways.
private func field(_ value: JSONValue, isText: Bool, _ found: [UInt8]?) -> [UInt8]? {
  switch value {
  case .null: nil
  case .bool(let isTrue): Array((isTrue ? "true" : "false").utf8)
  case .number(let text): Array(text.utf8)
  // What no text can hold is shown as it is written.
  case .string(let text) where isText: text.utf8.contains(0) ? found : Array(text.utf8)
  case .string, .array, .object: found.flatMap { (try? JSONValue(parsing: $0)) == value ? $0 : nil }
  }
}

extension Bytes {
  fileprivate var array: [UInt8] { withUnsafeBytes { Array($0) } }
}
