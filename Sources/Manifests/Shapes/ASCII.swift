/// Letters and digits of ASCII, by their bytes.
enum ASCII {
  static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

  static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }

  static func isLetterOrDigit(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }
}

extension StringProtocol {
  /// Whether the text is of ASCII letters, digits and characters of `others`, one or more of them.
  func isPlain(and others: String) -> Bool {
    !utf8.isEmpty && utf8.allSatisfy { byte in ASCII.isLetterOrDigit(byte) || others.utf8.contains(byte) }
  }
}
