/// What YAML 1.2's core schema (section 10.3.2) takes a plain scalar for.
public enum ScalarKind: Hashable, Sendable {
  case null, bool, int, float, string
}

extension Scalar {
  /// What the scalar is: a string where it is quoted, else what its text looks like.
  public var kind: ScalarKind { style == .quoted ? .string : ScalarKind(plain: text) }

  /// The value of `true` and `false` (`True`, `TRUE`, ...); nothing for anything else.
  public var boolValue: Bool? {
    guard kind == .bool else { return nil }
    return text.utf8.first == UInt8(ascii: "t") || text.utf8.first == UInt8(ascii: "T")
  }

  /// The value of a whole number (`12`, `-3`, `0o17`, `0x1F`) that fits; nothing for anything else.
  public var intValue: Int? {
    guard kind == .int else { return nil }
    if text.hasPrefix("0o") { return Int(text.dropFirst(2), radix: 8) }
    if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16) }
    return Int(text)
  }
}

extension ScalarKind {
  /// Takes `text`, written without quotes, for what it looks like.
  public init(plain text: String) {
    guard let first = text.utf8.first else {
      self = .null
      return
    }
    switch first {
    case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"):
      self = Self.nulls.contains(text) ? .null : .string
    case UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"):
      self = Self.bools.contains(text) ? .bool : .string
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      self = Self.number(text)
    default: self = .string
    }
  }

  private static let nulls: Set<String> = ["~", "null", "Null", "NULL"]
  private static let bools: Set<String> = ["true", "True", "TRUE", "false", "False", "FALSE"]
  private static let words: Set<String> = [".inf", ".Inf", ".INF"]
  private static let notNumbers: Set<String> = [".nan", ".NaN", ".NAN"]

  /// `[-+]? [0-9]+`, `0o [0-7]+`, `0x [0-9a-fA-F]+`, and the floats of section 10.3.2.
  private static func number(_ text: String) -> ScalarKind {
    if text.hasPrefix("0o") {
      let digits = text.utf8.dropFirst(2)
      return !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
        ? .int : .string
    }
    if text.hasPrefix("0x") {
      let digits = text.unicodeScalars.dropFirst(2)
      return !digits.isEmpty && digits.allSatisfy { $0.properties.isASCIIHexDigit } ? .int : .string
    }
    if notNumbers.contains(text) { return .float }
    var rest = text.utf8[...]
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    if rest.first == UInt8(ascii: "."), let word = String(rest), words.contains(word) { return .float }

    let whole = dropDigits(&rest)
    if rest.isEmpty { return whole > 0 ? .int : .string }
    var fraction = 0
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      fraction = dropDigits(&rest)
    }
    guard whole + fraction > 0 else { return .string }
    if rest.isEmpty { return .float }
    guard rest.removeFirst() | 0x20 == UInt8(ascii: "e") else { return .string }
    if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    return dropDigits(&rest) > 0 && rest.isEmpty ? .float : .string
  }

  private static func dropDigits(_ rest: inout Substring.UTF8View) -> Int {
    var count = 0
    while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      rest.removeFirst()
      count += 1
    }
    return count
  }
}
