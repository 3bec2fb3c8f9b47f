/// Finds where values of JSON text (RFC 8259, strictly) end, in memory that somebody else owns.
///
/// Up to eight bytes behind the text may be looked at, but mean nothing. Each step gives false where the text ends first
/// (`isShort`), or where it is no JSON: `expected` then says what should stand at `at`.
struct JSONScanner {
  private let start: UnsafePointer<UInt8>
  /// Where the text ends.
  let limit: Int
  /// The offset of what comes next.
  var at: Int
  private(set) var isShort = false
  private(set) var expected: StaticString = ""

  /// A scanner of the bytes from `at` to `limit`.
  @inline(__always)
  init(_ start: UnsafePointer<UInt8>, at: Int, limit: Int) {
    self.start = start
    self.at = at
    self.limit = limit
  }

  /// The next byte; a NUL, which stands in no JSON, at the end.
  @inline(__always)
  var byte: UInt8 { at < limit ? start[at] : 0 }

  @inline(never)
  private mutating func stop(_ expected: StaticString) -> Bool {
    if at >= limit { isShort = true }
    self.expected = expected
    return false
  }

  /// Notes that `expected` should stand here.
  mutating func refuse(_ expected: StaticString) { _ = stop(expected) }

  /// Passes over white space.
  @inline(__always)
  mutating func skipSpace() {
    while at < limit, start[at] <= 0x20, Self.isSpace(start[at]) { at &+= 1 }
  }

  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  /// Passes over `byte`, and white space before and behind it.
  @inline(__always)
  mutating func take(_ byte: UInt8, _ expected: StaticString) -> Bool {
    skipSpace()
    guard at < limit, start[at] == byte else { return stop(expected) }
    at &+= 1
    skipSpace()
    return true
  }

  // MARK: Scalars

  /// Goes behind the quote that closes a string, from behind the one that opens it.
  ///
  /// - Parameter isEscaped: is set where there is a backslash.
  @inline(__always)
  mutating func string(_ isEscaped: inout Bool) -> Bool {
    while at < limit {
      let word = UInt64(littleEndian: UnsafeRawPointer(start + at).loadUnaligned(as: UInt64.self))
      let found =
        Self.zeros(word ^ 0x2222_2222_2222_2222) | Self.zeros(word ^ 0x5C5C_5C5C_5C5C_5C5C)
        | ((word &- 0x2020_2020_2020_2020) & ~word & 0x8080_8080_8080_8080)
      guard found != 0 else {
        at &+= 8
        continue
      }
      at &+= found.trailingZeroBitCount &>> 3
      guard at < limit else { break }
      if start[at] == UInt8(ascii: "\"") {
        at &+= 1
        return true
      }
      guard start[at] == UInt8(ascii: "\\") else { return stop("no control character within a string") }
      isEscaped = true
      guard escape() else { return false }
    }
    at = limit
    return stop("the end of a string")
  }

  /// The high bit of the lowest byte that is zero (bits above it may lie).
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
  }

  private mutating func escape() -> Bool {
    at += 1
    guard at < limit else { return stop("the end of a string") }
    switch start[at] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      at += 1
      return true
    case UInt8(ascii: "u"):
      at += 1
      for _ in 0..<4 {
        guard at < limit, Self.hex(start[at]) != nil else { return stop("four hexadecimal digits behind \\u") }
        at += 1
      }
      return true
    default: return stop("one of \" \\ / b f n r t u behind a backslash")
    }
  }

  /// What the byte is as a hexadecimal digit.
  static func hex(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }

  /// Goes behind a number.
  @inline(__always)
  mutating func number() -> Bool {
    if byte == UInt8(ascii: "-") { at &+= 1 }
    let first = at
    guard digits() else { return stop("a value") }
    if start[first] == UInt8(ascii: "0"), at > first &+ 1 {
      at = first
      return stop("a number without leading zeros")
    }
    if byte == UInt8(ascii: ".") {
      at &+= 1
      guard digits() else { return stop("a digit") }
    }
    if byte | 0x20 == UInt8(ascii: "e") {
      at &+= 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { at &+= 1 }
      guard digits() else { return stop("a digit") }
    }
    return true
  }

  @inline(__always)
  private mutating func digits() -> Bool {
    let first = at
    while at < limit, digit(start[at]) <= 9 { at &+= 1 }
    return at > first
  }

  /// Goes behind `true`, `false` or `null`.
  @inline(__always)
  mutating func word(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    let text = Bytes(start: start + at, count: min(count, limit - at))
    guard text.equals(word) else {
      let isBeginning = text.count < count && text.equals(Bytes(start: word.utf8Start, count: text.count))
      if isBeginning { at = limit }
      return stop("a value")
    }
    at &+= count
    return true
  }

  /// Goes behind a string, a number or a word.
  @inline(__always)
  mutating func scalar() -> Bool {
    switch byte {
    case UInt8(ascii: "\""):
      at &+= 1
      var isEscaped = false
      return string(&isEscaped)
    case UInt8(ascii: "t"): return word("true")
    case UInt8(ascii: "f"): return word("false")
    case UInt8(ascii: "n"): return word("null")
    default: return number()
    }
  }

  // MARK: Objects and arrays

  /// Goes behind an object or an array, however deep; `open` is memory for what is open.
  mutating func nested(_ open: inout ByteBuffer) -> Bool {
    open.truncate(to: 0)
    repeat {
      // A value stands here.
      let byte = byte
      if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
        open.append(byte)
        at += 1
        skipSpace()
        if self.byte != byte + 2 {
          if byte == UInt8(ascii: "{"), !key() { return false }
          continue
        }
      } else if !scalar() {
        return false
      }
      // A value, or the inside of one, ends here.
      while open.count > 0 {
        skipSpace()
        let top = open.all()[open.count - 1]
        if self.byte == UInt8(ascii: ",") {
          at += 1
          skipSpace()
          if top == UInt8(ascii: "{"), !key() { return false }
          break
        }
        guard self.byte == top + 2 else {
          return stop(top == UInt8(ascii: "{") ? "a comma or }" : "a comma or ]")
        }
        at += 1
        open.truncate(to: open.count - 1)
      }
    } while open.count > 0
    return true
  }

  private mutating func key() -> Bool {
    guard byte == UInt8(ascii: "\"") else { return stop("a name in quotes") }
    at += 1
    var isEscaped = false
    return string(&isEscaped) && take(UInt8(ascii: ":"), "a colon")
  }
}
