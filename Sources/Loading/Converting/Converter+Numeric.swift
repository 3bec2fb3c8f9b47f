extension Converter {
  /// Digits, optionally with a minus sign before them and a point among them, as `numeric_send` writes them: groups of
  /// four decimal digits, counted from the point, without zero groups at either end.
  ///
  /// With a precision, a value is rounded half away from zero to `scale` digits, as `numeric(p,s)` does; one that
  /// rounding would make a group longer, or that has too many digits, is doubtful.
  static func appendNumeric(_ value: Bytes, precision: Int?, scale: Int, to out: inout ByteBuffer) -> Bool {
    guard let shape = NumericShape(value) else { return false }
    var fraction = shape.fraction
    var roundsUp = false
    if let precision {
      guard shape.integer.count <= precision - scale else { return false }
      if fraction.count > scale {
        roundsUp = digit(value[fraction.lowerBound + scale]) >= 5
        fraction = fraction.lowerBound..<fraction.lowerBound + scale
      }
    }
    let displayScale = precision == nil ? fraction.count : scale
    guard displayScale <= 0x3FFF, shape.integer.count <= 0x7FFF else { return false }

    let header = out.count
    out.append(bigEndian: Int32(0))
    out.append(bigEndian: Int64(0))
    let groups = out.count
    appendGroups(value, integer: shape.integer, fraction: fraction, to: &out)
    let weight = (shape.integer.count + 3) / 4 - 1
    if roundsUp, !roundUp(&out, from: groups, weight: weight, scale: scale, precision: precision ?? 0) { return false }
    finishNumeric(&out, header: header, weight: weight, isNegative: shape.isNegative, displayScale: displayScale)
    return true
  }

  /// Appends all groups, zero ones at the ends included.
  private static func appendGroups(
    _ value: Bytes, integer: Range<Int>, fraction: Range<Int>, to out: inout ByteBuffer
  ) {
    var index = integer.lowerBound
    while index < integer.upperBound {
      let length = (integer.upperBound - index - 1) % 4 + 1
      var group: Int16 = 0
      for at in index..<index + length { group = group &* 10 &+ Int16(digit(value[at])) }
      out.append(bigEndian: group)
      index += length
    }
    index = fraction.lowerBound
    while index < fraction.upperBound {
      var group: Int16 = 0
      for at in index..<index + 4 {
        group = group &* 10 &+ (at < fraction.upperBound ? Int16(digit(value[at])) : 0)
      }
      out.append(bigEndian: group)
      index += 4
    }
  }

  /// Adds one in the last place of `scale`; false where that carries out of the first group, or may pass the precision.
  private static func roundUp(
    _ out: inout ByteBuffer, from start: Int, weight: Int, scale: Int, precision: Int
  ) -> Bool {
    // Where the last place lies: in a group behind the point, or at the end of the whole part.
    let group = scale == 0 ? weight : weight + (scale + 3) / 4
    guard group >= 0 else { return false }
    let place = scale % 4
    var step: Int16 = place == 1 ? 1000 : place == 2 ? 100 : place == 3 ? 10 : 1
    var at = group
    while at >= 0 {
      let offset = start + at * 2
      guard offset + 2 <= out.count else { return false }
      let sum = out.integer(Int16.self, at: offset) + step
      // The first group may become longer: 999.99 has five digits, 1000.0 may have one too many.
      if at == 0, weight >= 0, [10, 100, 1000, 10000].contains(sum) { return false }
      if sum < 10000 {
        out.put(bigEndian: sum, at: offset)
        return true
      }
      out.put(bigEndian: sum - 10000, at: offset)
      step = 1
      at -= 1
    }
    return false
  }

  /// Cuts zero groups off both ends and writes the header.
  private static func finishNumeric(
    _ out: inout ByteBuffer, header: Int, weight: Int, isNegative: Bool, displayScale: Int
  ) {
    let start = header + 12
    var count = (out.count - start) / 2
    while count > 0, out.integer(Int16.self, at: start + (count - 1) * 2) == 0 { count -= 1 }
    var leading = 0
    while leading < count, out.integer(Int16.self, at: start + leading * 2) == 0 { leading += 1 }
    if leading > 0 {
      for index in leading..<max(count, leading) {
        out.put(bigEndian: out.integer(Int16.self, at: start + index * 2), at: start + (index - leading) * 2)
      }
      count -= leading
    }
    out.truncate(to: start + count * 2)
    out.put(bigEndian: Int32(8 + count * 2), at: header)
    out.put(bigEndian: Int16(count), at: header + 4)
    out.put(bigEndian: Int16(count == 0 ? 0 : weight - leading), at: header + 6)
    out.put(bigEndian: UInt16(isNegative && count > 0 ? 0x4000 : 0), at: header + 8)
    out.put(bigEndian: Int16(displayScale), at: header + 10)
  }
}

/// Where the digits of a plain decimal stand: `-00012.50`.
private struct NumericShape {
  var isNegative: Bool
  /// Without leading zeros; empty for a number below one.
  var integer: Range<Int>
  var fraction: Range<Int>

  @inline(__always)
  init?(_ value: Bytes) {
    var index = 0
    isNegative = value.count > 0 && value[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    var start = index
    while index < value.count, digit(value[index]) <= 9 { index &+= 1 }
    guard index > start else { return nil }
    let end = index
    while start < end, value[start] == UInt8(ascii: "0") { start &+= 1 }
    integer = start..<end
    guard index < value.count else {
      fraction = index..<index
      return
    }
    guard value[index] == UInt8(ascii: ".") else { return nil }
    index &+= 1
    let first = index
    while index < value.count, digit(value[index]) <= 9 { index &+= 1 }
    guard index == value.count, index > first else { return nil }
    fraction = first..<index
  }
}
