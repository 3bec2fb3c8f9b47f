internal import Manifests

/// Writes the current row of a feed as COPY takes it, binary or text.
struct TupleEncoder {
  private struct Step {
    /// Nothing where only the server's input function can read the type.
    var converter: Converter?
    var isDate: Bool
  }

  private let steps: [Step]
  private let hasOrdinal: Bool

  /// An encoder of `columns`; with an ordinal, that is a column before them.
  init(_ columns: [TargetColumn], hasOrdinal: Bool) {
    steps = columns.map { Step(converter: Converter(type: $0.base), isDate: Converter.isDate($0.base)) }
    self.hasOrdinal = hasOrdinal
  }

  /// Whether every type has a converter.
  var convertsAll: Bool { steps.allSatisfy { $0.converter != nil } }

  /// What a binary COPY begins with (manual, COPY, binary format).
  static let header: [UInt8] = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00] + [0, 0, 0, 0] + [0, 0, 0, 0]
  /// What it ends with.
  static let trailer: [UInt8] = [0xFF, 0xFF]

  /// Appends the row as a binary tuple; false, and nothing appended, where a value is doubtful.
  @inline(__always)
  func appendBinary(_ feed: borrowing RowFeed, to out: inout ByteBuffer, zonelessIsUTC: Bool) -> Bool {
    let start = out.count
    out.append(bigEndian: Int16(truncatingIfNeeded: steps.count &+ (hasOrdinal ? 1 : 0)))
    if hasOrdinal {
      out.append(bigEndian: Int32(8))
      out.append(bigEndian: Int64(feed.ordinal))
    }
    for index in steps.indices {
      guard let value = feed.value(index) else {
        out.append(bigEndian: Int32(-1))
        continue
      }
      guard let converter = steps[index].converter,
        converter.append(value, to: &out, zonelessIsUTC: zonelessIsUTC)
      else {
        out.truncate(to: start)
        return false
      }
    }
    return true
  }

  /// Appends the row as a line of COPY's text format.
  ///
  /// - Throws: `RowFault` for a date that the server would have to guess.
  func appendText(_ feed: borrowing RowFeed, to out: inout ByteBuffer, dateOrder: DateOrder?) throws {
    if hasOrdinal { out.append(decimal: feed.ordinal) }
    for index in steps.indices {
      if index > 0 || hasOrdinal { out.append(UInt8(ascii: "\t")) }
      guard let value = feed.value(index) else {
        out.append(UInt8(ascii: "\\"))
        out.append(UInt8(ascii: "N"))
        continue
      }
      if steps[index].isDate, dateOrder == nil, isAmbiguousDate(value) {
        throw feed.ambiguousDate(column: index, value: value)
      }
      Self.appendEscaped(value, to: &out)
    }
    out.append(UInt8(ascii: "\n"))
  }

  private static func appendEscaped(_ value: Bytes, to out: inout ByteBuffer) {
    var start = 0
    for index in 0..<value.count {
      let escape: UInt8
      switch value[index] {
      case UInt8(ascii: "\\"): escape = UInt8(ascii: "\\")
      case UInt8(ascii: "\n"): escape = UInt8(ascii: "n")
      case UInt8(ascii: "\r"): escape = UInt8(ascii: "r")
      case UInt8(ascii: "\t"): escape = UInt8(ascii: "t")
      default: continue
      }
      out.append(value[start..<index])
      out.append(UInt8(ascii: "\\"))
      out.append(escape)
      start = index + 1
    }
    out.append(value[start..<value.count])
  }
}
