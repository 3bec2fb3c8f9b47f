#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
internal import Diagnostics

/// What became of looking for an object.
enum FoundObject {
  /// It is the block's row.
  case row
  /// It goes on beyond what was read.
  case incomplete
  /// Something else stands where `expected` should; the offset is in the window.
  case bad(at: Int, expected: StaticString)
  /// It is well-formed, but no row: not an object, or a value that no text can hold.
  case unfit(RowFault.Kind, at: Int)
}

extension Block {
  /// Makes the next line the block's row, and moves on behind it.
  ///
  /// - Returns: nothing where its end was not read yet; false where there are no more.
  mutating func findLine() -> Bool? {
    if position == count { return isAtEnd ? false : nil }
    let found = memchr(start + position, Int32(UInt8(ascii: "\n")), count - position)
    guard let found else {
      guard isAtEnd else { return nil }
      (row, position) = (position..<count, count)
      return true
    }
    let end = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(start)
    (row, position) = (position..<end, end + 1)
    return true
  }

  /// Whether there is nothing but white space in the row.
  var isBlankRow: Bool {
    for index in row where !JSONScanner.isSpace(start[index]) { return false }
    return true
  }

  /// Takes the object that is the row apart.
  mutating func takeObjectOfRow(_ keys: inout JSONKeys, to table: inout FieldTable) -> FoundObject {
    var scanner = JSONScanner(start, at: row.lowerBound, limit: row.upperBound)
    scanner.skipSpace()
    let found = takeValue(&scanner, &keys, &table)
    guard case .row = found else {
      if case .incomplete = found { return .bad(at: scanner.at, expected: scanner.expected) }
      return found
    }
    scanner.skipSpace()
    guard scanner.at == row.upperBound else { return .bad(at: scanner.at, expected: "the end of the line") }
    return .row
  }

  /// Makes the object at `position` the row, takes it apart, and moves on behind it.
  mutating func takeObject(_ keys: inout JSONKeys, to table: inout FieldTable) -> FoundObject {
    var scanner = JSONScanner(start, at: position, limit: count)
    let found = takeValue(&scanner, &keys, &table)
    switch found {
    case .row, .unfit:
      // A number or a word at the end of what was read may go on.
      if scanner.at == count, !isAtEnd { return .incomplete }
      row = position..<scanner.at
      position = scanner.at
      table.raw = bytes(row)
    case .incomplete where isAtEnd:
      row = position..<count
      return .bad(at: scanner.at, expected: scanner.expected)
    case .bad: row = position..<scanner.at
    case .incomplete: break
    }
    return found
  }

  @inline(__always)
  private mutating func takeValue(
    _ scanner: inout JSONScanner, _ keys: inout JSONKeys, _ table: inout FieldTable
  ) -> FoundObject {
    table.start(count: keys.fieldCount)
    unescaped.truncate(to: 0)
    // All at once, so that what was given stays where it is.
    unescaped.reserve(scanner.limit - scanner.at)
    var unfit: (RowFault.Kind, Int)?
    let first = scanner.at
    guard scanner.byte == UInt8(ascii: "{") else {
      let isValue = scanner.byte == UInt8(ascii: "[") ? scanner.nested(&open) : scanner.scalar()
      guard isValue else { return stopped(scanner) }
      return .unfit(.notAnObject, at: first)
    }
    guard takeMembers(&scanner, &keys, &table, &unfit) else { return stopped(scanner) }
    table.raw = bytes(first..<scanner.at)
    if let (kind, offset) = unfit { return .unfit(kind, at: offset) }
    return .row
  }

  private func stopped(_ scanner: JSONScanner) -> FoundObject {
    scanner.isShort ? .incomplete : .bad(at: scanner.at, expected: scanner.expected)
  }

  @inline(__always)
  private mutating func takeMembers(
    _ scanner: inout JSONScanner, _ keys: inout JSONKeys, _ table: inout FieldTable,
    _ unfit: inout (RowFault.Kind, Int)?
  ) -> Bool {
    scanner.at &+= 1
    scanner.skipSpace()
    if scanner.byte == UInt8(ascii: "}") {
      scanner.at &+= 1
      return true
    }
    var previous = -1
    while true {
      guard scanner.byte == UInt8(ascii: "\"") else {
        scanner.refuse("a name in quotes")
        return false
      }
      scanner.at &+= 1
      let key: Int?
      let ahead = Bytes(start: start + scanner.at, count: scanner.limit &- scanner.at)
      if let expected = keys.expected(after: previous, in: ahead) {
        scanner.at &+= keys.count(of: expected) &+ 1
        key = expected
      } else {
        guard let found = takeKey(&scanner, &keys, after: previous, &unfit) else { return false }
        key = found < 0 ? nil : found
        while table.count < keys.fieldCount { table.append(nil) }
      }
      guard scanner.take(UInt8(ascii: ":"), "a colon") else { return false }
      if let key {
        previous = key
        guard takeValue(&scanner, keys[key], &table, &unfit) else { return false }
      } else {
        guard skipValue(&scanner) else { return false }
      }
      scanner.skipSpace()
      if scanner.byte == UInt8(ascii: ",") {
        scanner.at &+= 1
        scanner.skipSpace()
        continue
      }
      guard scanner.byte == UInt8(ascii: "}") else {
        scanner.refuse("a comma or }")
        return false
      }
      scanner.at &+= 1
      return true
    }
  }

  private mutating func skipValue(_ scanner: inout JSONScanner) -> Bool {
    let byte = scanner.byte
    return byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") ? scanner.nested(&open) : scanner.scalar()
  }

  @inline(__always)
  private mutating func takeValue(
    _ scanner: inout JSONScanner, _ key: JSONKeys.Entry, _ table: inout FieldTable, _ unfit: inout (RowFault.Kind, Int)?
  ) -> Bool {
    let from = scanner.at
    switch scanner.byte {
    case UInt8(ascii: "\""):
      scanner.at &+= 1
      var isEscaped = false
      guard scanner.string(&isEscaped) else { return false }
      let text = Bytes(start: start + from, count: scanner.at &- from)
      if key.isJSON {
        table.setField(key.field, to: text)
        return true
      }
      if key.other >= 0 { table.setField(key.other, to: text) }
      let inside = text[1..<text.count &- 1]
      table.setField(key.field, to: isEscaped ? unescapeJSON(inside, at: from + 1, &unfit) : inside)
      return true
    case UInt8(ascii: "n"):
      guard scanner.word("null") else { return false }
      table.setField(key.field, to: nil)
      if key.other >= 0 { table.setField(key.other, to: nil) }
      return true
    case UInt8(ascii: "{"), UInt8(ascii: "["): guard scanner.nested(&open) else { return false }
    case UInt8(ascii: "t"): guard scanner.word("true") else { return false }
    case UInt8(ascii: "f"): guard scanner.word("false") else { return false }
    default: guard scanner.number() else { return false }
    }
    let text = Bytes(start: start + from, count: scanner.at &- from)
    table.setField(key.field, to: text)
    if key.other >= 0 { table.setField(key.other, to: text) }
    return true
  }

  /// The index of the name that comes next; -1 for one more than are kept; nothing where there is none.
  @inline(never)
  private mutating func takeKey(
    _ scanner: inout JSONScanner, _ keys: inout JSONKeys, after previous: Int, _ unfit: inout (RowFault.Kind, Int)?
  ) -> Int? {
    let from = scanner.at
    var isEscaped = false
    guard scanner.string(&isEscaped) else { return nil }
    var name = Bytes(start: start + from, count: scanner.at - from - 1)
    if isEscaped { name = unescapeJSON(name, at: from, &unfit) }
    return keys.index(of: name, after: previous) ?? -1
  }

  /// Takes the escapes out of what stands in quotes at `offset`; they are well-formed.
  @inline(never)
  mutating func unescapeJSON(_ text: Bytes, at offset: Int, _ unfit: inout (RowFault.Kind, Int)?) -> Bytes {
    let first = unescaped.count
    var from = 0
    while from < text.count {
      guard text[from] == UInt8(ascii: "\\") else {
        unescaped.append(text[from])
        from += 1
        continue
      }
      let place = from
      from += 2
      switch text[place + 1] {
      case UInt8(ascii: "b"): unescaped.append(0x08)
      case UInt8(ascii: "f"): unescaped.append(0x0C)
      case UInt8(ascii: "n"): unescaped.append(0x0A)
      case UInt8(ascii: "r"): unescaped.append(0x0D)
      case UInt8(ascii: "t"): unescaped.append(0x09)
      case UInt8(ascii: "u"):
        let unit = Self.unit(text, from)
        from += 4
        var scalar = unit
        if (0xD800...0xDBFF).contains(unit), from + 6 <= text.count, text[from] == UInt8(ascii: "\\"),
          text[from + 1] == UInt8(ascii: "u"), case let low = Self.unit(text, from + 2), (0xDC00...0xDFFF).contains(low)
        {
          scalar = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
          from += 6
        }
        guard let valid = Unicode.Scalar(scalar), scalar != 0 else {
          unfit = unfit ?? (scalar == 0 ? .nulByte : .loneSurrogate, offset + place)
          continue
        }
        for byte in UTF8.encode(valid) ?? UTF8.encodedReplacementCharacter { unescaped.append(byte) }
      case let byte: unescaped.append(byte)
      }
    }
    return unescaped.bytes(first..<unescaped.count)
  }

  private static func unit(_ text: Bytes, _ index: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 << 4 | (JSONScanner.hex(text[index + $1]) ?? 0) }
  }
}
