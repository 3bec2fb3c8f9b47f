extension Converter {
  /// An optional minus sign and 1 to 18 digits (19 where they fit).
  @inline(__always)
  static func integer(_ value: Bytes) -> Int64? {
    guard value.count > 0 else { return nil }
    let isNegative = value[0] == UInt8(ascii: "-")
    var index = isNegative ? 1 : 0
    let digits = value.count - index
    guard digits > 0, digits <= 19 else { return nil }
    var number: UInt64 = 0
    while index < value.count {
      let digit = digit(value[index])
      guard digit <= 9 else { return nil }
      number = number &* 10 &+ UInt64(digit)
      index &+= 1
    }
    if isNegative {
      guard number <= UInt64(Int64.max) + 1 else { return nil }
      return Int64(truncatingIfNeeded: 0 &- number)
    }
    return Int64(exactly: number)
  }

  /// `true`, `false`, their first letters, `1` and `0`.
  @inline(__always)
  static func appendBoolean(_ value: Bytes, to out: inout ByteBuffer) -> Bool {
    let isTrue: Bool
    switch value.count {
    case 1:
      switch value[0] {
      case UInt8(ascii: "t"), UInt8(ascii: "1"), UInt8(ascii: "T"): isTrue = true
      case UInt8(ascii: "f"), UInt8(ascii: "0"), UInt8(ascii: "F"): isTrue = false
      default: return false
      }
    case 4:
      guard value.equals("true") || value.equals("TRUE") || value.equals("True") else { return false }
      isTrue = true
    case 5:
      guard value.equals("false") || value.equals("FALSE") || value.equals("False") else { return false }
      isTrue = false
    default: return false
    }
    out.append(bigEndian: Int32(1))
    out.append(isTrue ? 1 : 0)
    return true
  }

  /// The significant digits of a decimal as a whole number, and how many of them stand behind the point.
  ///
  /// Nothing for more than `limit` digits, and for a zero with a minus sign.
  private static func scaled(_ value: Bytes, limit: Int) -> (number: Int64, scale: Int)? {
    var index = 0
    let isNegative = value.count > 0 && value[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    var (number, digits, scale, point): (Int64, Int, Int, Int?) = (0, 0, 0, nil)
    let first = index
    while index < value.count {
      if value[index] == UInt8(ascii: "."), point == nil, index > first {
        point = index
      } else {
        let digit = digit(value[index])
        guard digit <= 9 else { return nil }
        if digits > 0 || digit > 0 { digits += 1 }
        guard digits <= limit else { return nil }
        number = number * 10 + Int64(digit)
        if point != nil { scale += 1 }
      }
      index += 1
    }
    guard index > first, value[index - 1] != UInt8(ascii: "."), !(isNegative && number == 0) else { return nil }
    return (isNegative ? -number : number, scale)
  }

  /// Up to 15 digits, at most 22 of them behind the point: then number and power of ten are exact, and so one division
  /// rounds as `strtod` does.
  static func appendDouble(_ value: Bytes, to out: inout ByteBuffer) -> Bool {
    guard let (number, scale) = scaled(value, limit: 15), scale <= 22 else { return false }
    var power = 1.0
    for _ in 0..<scale { power *= 10 }
    out.append(bigEndian: Int32(8))
    out.append(bigEndian: (Double(number) / power).bitPattern)
    return true
  }

  /// Up to 7 digits, at most 10 of them behind the point, for the same reason.
  static func appendFloat(_ value: Bytes, to out: inout ByteBuffer) -> Bool {
    guard let (number, scale) = scaled(value, limit: 7), scale <= 10 else { return false }
    var power: Float = 1
    for _ in 0..<scale { power *= 10 }
    out.append(bigEndian: Int32(4))
    out.append(bigEndian: (Float(number) / power).bitPattern)
    return true
  }
}
