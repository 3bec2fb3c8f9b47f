/// A field of an object, as it stands there.
struct JSONMember {
  enum Kind { case string, number, boolean, null, nested }

  var name: String
  var kind: Kind
  /// A string's characters, all else as it is written.
  var value: String
  /// Where the value starts in the window.
  var offset: Int
}

extension Block {
  /// The members of the object that is the row and was taken apart already: for looking at some rows, not for loading.
  mutating func membersOfRow() -> [JSONMember] {
    var scanner = JSONScanner(start, at: row.lowerBound, limit: row.upperBound)
    var members: [JSONMember] = []
    guard scanner.take(UInt8(ascii: "{"), "an object"), scanner.byte != UInt8(ascii: "}") else { return [] }
    repeat {
      let from = scanner.at
      guard scanner.scalar() else { break }
      let name = text(from..<scanner.at)
      guard scanner.take(UInt8(ascii: ":"), "a colon") else { break }
      let (offset, byte) = (scanner.at, scanner.byte)
      let isNested = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
      guard isNested ? scanner.nested(&open) : scanner.scalar() else { break }
      let kind: JSONMember.Kind =
        switch byte {
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        case UInt8(ascii: "n"): .null
        default: isNested ? .nested : .number
        }
      members.append(JSONMember(name: name, kind: kind, value: text(offset..<scanner.at), offset: offset))
    } while scanner.take(UInt8(ascii: ","), "a comma")
    return members
  }

  /// What stands at `range`: a string without quotes and escapes, anything else as it is, and so a string that no text can
  /// hold, but for its quotes.
  private mutating func text(_ range: Range<Int>) -> String {
    let bytes = bytes(range)
    guard bytes.count >= 2, bytes[0] == UInt8(ascii: "\"") else { return bytes.text }
    var unfit: (RowFault.Kind, Int)?
    unescaped.truncate(to: 0)
    let inside = bytes[1..<bytes.count - 1]
    let unescaped = unescapeJSON(inside, at: range.lowerBound, &unfit)
    return (unfit == nil ? unescaped : inside).text
  }
}
