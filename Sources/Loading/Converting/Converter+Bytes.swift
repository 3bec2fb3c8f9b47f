extension Converter {
  /// 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
  static func appendUUID(_ value: Bytes, to out: inout ByteBuffer) -> Bool {
    guard value.count == 36 else { return false }
    out.append(bigEndian: Int32(16))
    var index = 0
    while index < 36 {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard value[index] == UInt8(ascii: "-") else { return false }
        index += 1
        continue
      }
      guard let high = nibble(value[index]), let low = nibble(value[index + 1]) else { return false }
      out.append(high << 4 | low)
      index += 2
    }
    return true
  }

  /// `\x` and an even number of hexadecimal digits.
  static func appendHex(_ value: Bytes, to out: inout ByteBuffer) -> Bool {
    guard value.count >= 2, value.count % 2 == 0, value[0..<2].equals("\\x") else { return false }
    out.append(bigEndian: Int32(value.count / 2 - 1))
    var index = 2
    while index < value.count {
      guard let high = nibble(value[index]), let low = nibble(value[index + 1]) else { return false }
      out.append(high << 4 | low)
      index += 2
    }
    return true
  }

  private static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
