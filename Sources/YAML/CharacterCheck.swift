internal import Diagnostics

/// Looks through a file's bytes for what no YAML may hold, before libyaml sees them.
///
/// libyaml would stop at most of these too, but with a byte's offset for a place. It also takes NEL, LS and PS for line
/// breaks, as YAML 1.1 did: every line after one would be miscounted, and a value that holds one would be folded.
struct CharacterCheck {
  /// What is wrong with the character, or the bytes, at an offset.
  enum Problem {
    case invalidUTF8
    case control(UInt32)
    case lineSeparator(UInt32)
  }

  /// The first problem in `bytes`, with its offset.
  static func firstProblem(in bytes: UnsafeBufferPointer<UInt8>) -> (offset: Int, problem: Problem)? {
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        let isPlain = byte >= 0x20 && byte != 0x7f || byte == 0x0a || byte == 0x0d || byte == 0x09
        if !isPlain { return (index, .control(UInt32(byte))) }
        index += 1
        continue
      }
      guard let (scalar, length) = decode(bytes, at: index) else { return (index, .invalidUTF8) }
      switch scalar {
      case 0x85, 0x2028, 0x2029: return (index, .lineSeparator(scalar))
      case 0x80..<0xa0, 0xfffe, 0xffff: return (index, .control(scalar))
      default: index += length
      }
    }
    return nil
  }

  /// The scalar that starts at `index`, with the number of its bytes; nothing where the bytes are not UTF-8 (RFC 3629).
  private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (UInt32, Int)? {
    let first = UInt32(bytes[index])
    let (length, bits): (Int, UInt32)
    switch first {
    case 0xc2...0xdf: (length, bits) = (2, first & 0x1f)
    case 0xe0...0xef: (length, bits) = (3, first & 0x0f)
    case 0xf0...0xf4: (length, bits) = (4, first & 0x07)
    default: return nil
    }
    guard index + length <= bytes.count else { return nil }
    var scalar = bits
    for offset in 1..<length {
      let byte = UInt32(bytes[index + offset])
      guard byte & 0xc0 == 0x80 else { return nil }
      scalar = scalar << 6 | byte & 0x3f
    }
    // Too long a form, a surrogate, beyond Unicode.
    let isShortest = scalar >= [0, 0, 0x80, 0x800, 0x1_0000][length]
    guard isShortest, Unicode.Scalar(scalar) != nil else { return nil }
    return (scalar, length)
  }

  /// The place of the character at `offset`; everything before it is valid UTF-8.
  static func place(of offset: Int, in bytes: UnsafeBufferPointer<UInt8>, file: String) -> Place {
    var line = 1
    var start = 0
    for index in 0..<offset {
      let endsLine =
        bytes[index] == 0x0a || bytes[index] == 0x0d && !(index + 1 < bytes.count && bytes[index + 1] == 0x0a)
      if endsLine {
        line += 1
        start = index + 1
      }
    }
    let column = bytes[start..<max(start, offset)].count { $0 & 0xc0 != 0x80 }
    return Place(file: file, line: line, column: column + 1)
  }

  static func diagnostic(of problem: Problem, at place: Place) -> Diagnostic {
    switch problem {
    case .invalidUTF8:
      Diagnostic(
        .error, "invalid-utf8", "the file is not valid UTF-8", at: place, help: ["save the file as UTF-8"])
    case .control(let scalar):
      Diagnostic(
        .error, "invalid-character", "the control character \(name(scalar)) may not stand in YAML", at: place,
        help: ["remove it, or write it as an escape in double quotes: \"\\x\(hexadecimal(scalar, digits: 2))\""])
    case .lineSeparator(let scalar):
      Diagnostic(
        .error, "invalid-character", "the line separator \(name(scalar)) may not stand in a manifest", at: place,
        help: ["remove it, or write it as an escape in double quotes: \"\\u\(hexadecimal(scalar, digits: 4))\""])
    }
  }

  private static func name(_ scalar: UInt32) -> String { "U+" + hexadecimal(scalar, digits: 4) }

  private static func hexadecimal(_ scalar: UInt32, digits: Int) -> String {
    let text = String(scalar, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
