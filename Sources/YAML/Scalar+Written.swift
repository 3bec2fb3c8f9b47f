extension Scalar {
  /// `text` as YAML takes it for just that string, whatever is in it: in a block, within `[]` and `{}`, and as a key.
  ///
  /// In double quotes, on one line, where it might be taken for anything else, by readers of YAML 1.1 too; what cannot be
  /// seen is escaped.
  public static func written(_ text: String) -> String {
    isPlain(text) ? text : "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  /// Whether it can go without quotes: it starts with a letter, is of letters, digits and a few marks with single spaces
  /// between them, and is no word that YAML has a meaning for.
  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first), text.utf8.last != UInt8(ascii: " ") else { return false }
    return text.utf8.allSatisfy { isLetter($0) || marks.contains($0) } && !text.contains("  ")
      && !words.contains(text.lowercased()) && ScalarKind(plain: text) == .string
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static let marks = Set("0123456789_.-/() ".utf8)
  private static let words: Set<String> = ["yes", "no", "on", "off", "y", "n"]

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    case _ where isHidden(scalar): hexadecimal(scalar)
    default: String(scalar)
    }
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: true
    case .spaceSeparator: scalar != " "
    default: false
    }
  }

  private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    let (letter, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x1_0000 ? ("u", 4) : ("U", 8)
    return "\\\(letter)" + String(repeating: "0", count: width - digits.count) + digits
  }
}
