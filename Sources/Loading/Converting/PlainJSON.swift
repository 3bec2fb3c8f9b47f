extension Bytes {
  /// Whether they are JSON that the server surely takes, as `json` and as `jsonb`.
  ///
  /// What is right but seldom (`\u` escapes, exponents, very long numbers, deep nesting) is not: the server may have
  /// limits there.
  var isPlainJSON: Bool {
    var scanner = PlainJSON(bytes: self)
    return scanner.isPlain()
  }
}

/// A pass over JSON (RFC 8259) that builds nothing.
private struct PlainJSON {
  let bytes: Bytes
  private var at = 0
  /// For each level that is open, whether it is an object.
  private var levels: UInt64 = 0
  private var depth = 0

  private static let deepest = 64
  private static let longestNumber = 1000

  init(bytes: Bytes) { self.bytes = bytes }

  mutating func isPlain() -> Bool {
    while true {
      guard value() else { return false }
      // Behind a value: as many ends as there are, then a comma, or the end of all.
      while true {
        skipSpace()
        guard depth > 0 else { return at == bytes.count }
        guard at < bytes.count else { return false }
        let byte = bytes[at]
        at += 1
        if byte == UInt8(ascii: ",") {
          if isObject, !key() { return false }
          break
        }
        guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else { return false }
        close()
      }
    }
  }

  private var isObject: Bool { levels & 1 == 1 }

  private mutating func open(isObject: Bool) -> Bool {
    guard depth < Self.deepest else { return false }
    levels = levels << 1 | (isObject ? 1 : 0)
    depth += 1
    return true
  }

  private mutating func close() {
    levels >>= 1
    depth -= 1
  }

  /// Passes over a scalar, or over the beginnings of arrays and objects up to one, or to an empty one.
  private mutating func value() -> Bool {
    while true {
      skipSpace()
      guard at < bytes.count else { return false }
      switch bytes[at] {
      case UInt8(ascii: "\""): return string()
      case UInt8(ascii: "{"):
        at += 1
        guard open(isObject: true) else { return false }
        if takes(UInt8(ascii: "}")) {
          close()
          return true
        }
        guard key() else { return false }
      case UInt8(ascii: "["):
        at += 1
        guard open(isObject: false) else { return false }
        if takes(UInt8(ascii: "]")) {
          close()
          return true
        }
      case UInt8(ascii: "t"): return word("true")
      case UInt8(ascii: "f"): return word("false")
      case UInt8(ascii: "n"): return word("null")
      default: return number()
      }
    }
  }

  private mutating func key() -> Bool {
    skipSpace()
    return string() && takes(UInt8(ascii: ":"))
  }

  private mutating func takes(_ byte: UInt8) -> Bool {
    skipSpace()
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  private mutating func skipSpace() {
    while at < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[at]) { at += 1 }
  }

  private mutating func word(_ text: StaticString) -> Bool {
    let end = at + text.utf8CodeUnitCount
    guard end <= bytes.count, bytes[at..<end].equals(text) else { return false }
    at = end
    return true
  }

  private mutating func string() -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return false }
    at += 1
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "\"") { return true }
      if byte < 0x20 { return false }
      if byte == UInt8(ascii: "\\") {
        guard at < bytes.count else { return false }
        switch bytes[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
          UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
          at += 1
        default: return false
        }
      }
    }
    return false
  }

  private mutating func number() -> Bool {
    let start = at
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    let whole = digits()
    guard whole > 0 else { return false }
    if whole > 1, bytes[at - whole] == UInt8(ascii: "0") { return false }
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      guard digits() > 0 else { return false }
    }
    return at - start <= Self.longestNumber
  }

  private mutating func digits() -> Int {
    let start = at
    while at < bytes.count, digit(bytes[at]) <= 9 { at += 1 }
    return at - start
  }
}
