import TestSupport

/// Texts that are values of a type, nearly so, or not at all: what people, programs and spreadsheets write.
///
/// Bytes are put together by hand, as there are to be hundreds of thousands in a test that is not optimised.
struct Spellings {
  private(set) var bytes: [UInt8] = []
  private var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// Replaces `bytes` by the next text of `kind`.
  mutating func next(_ kind: Kind) {
    bytes.removeAll(keepingCapacity: true)
    switch kind {
    case .integer: integer()
    case .decimal: decimal()
    case .float: float()
    case .boolean: boolean()
    case .date: date()
    case .time: time()
    case .timestamp: timestamp()
    case .uuid: uuid()
    case .bytea: bytea()
    case .text(let length): text(length)
    case .json: json(depth: 3)
    }
    // What is around a value, and in it.
    switch below(64) {
    case 0: bytes.insert(0x20, at: 0)
    case 1: bytes.append(0x20)
    case 2: if !bytes.isEmpty { bytes.remove(at: below(bytes.count)) }
    case 3: bytes.insert(one(of: Self.foreign), at: below(bytes.count + 1))
    default: break
    }
  }

  enum Kind {
    case integer, decimal, float, boolean, date, time, timestamp, uuid, bytea, json
    /// About so many characters.
    case text(Int)
  }

  private static let foreign = Array(" _-+.,:eET0x'()/\t".utf8)

  // MARK: Pieces

  mutating func below(_ limit: Int) -> Int { Int(truncatingIfNeeded: random.next() >> 33) % limit }
  private mutating func one<T>(of choices: [T]) -> T { choices[below(choices.count)] }
  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }
  private mutating func put(oneOf choices: [String]) { put(one(of: choices)) }

  private mutating func digits(_ count: Int) {
    for _ in 0..<count { bytes.append(0x30 + UInt8(below(10))) }
  }

  private mutating func repeated(_ character: String, _ count: Int) { for _ in 0..<count { put(character) } }

  /// Two digits of a number up to `most`, now and then one or three.
  private mutating func two(_ most: Int) {
    let number = below(most + 1)
    if number < 10, below(50) > 0 { put("0") }
    put(String(number))
  }

  // MARK: Numbers

  private mutating func sign() { put(oneOf: ["", "", "", "-", "-", "+"]) }

  private mutating func integer() {
    sign()
    switch below(8) {
    case 0:
      repeated("0", below(24))
      digits(below(4))
    case 1:
      let border = one(of: [UInt64(1) << 15, 1 << 31, 1 << 32, 1 << 63])
      put(String(border &+ UInt64(below(5)) &- 2))
    case 2: digits(17 + below(5))
    case 3:
      digits(1)
      put(oneOf: ["e3", "E1", ".0", ".", "_000", ",000", " 000", "x1F", "L"])
    default: digits(1 + below(10))
    }
  }

  private mutating func decimal() {
    sign()
    switch below(12) {
    case 0: repeated("0", below(9))
    // Where rounding carries.
    case 1, 2:
      repeated("9", below(13))
      put(".")
      repeated("9", below(24))
      put(oneOf: ["4", "5", "49", "50", "51", "449999999", "5000000000000000001"])
      return
    case 3: put(oneOf: ["NaN", "nan", "Infinity", "-inf", "infinity", "1e5", "1E-3", "1e+2", "1e131071", "0e9"])
    case 4: digits(below(200))
    case 5:
      digits(1 + below(5))
      put(oneOf: [".", "..", ".5.5", ",5", "e", "e5.5", "_1", "%", "$"])
      return
    default: digits(below(14))
    }
    if below(3) > 0 {
      put(".")
      switch below(6) {
      case 0: repeated("0", below(9))
      case 1: digits(below(60))
      default: digits(below(9))
      }
      if below(4) == 0 { repeated("0", below(6)) }
    }
  }

  private mutating func float() {
    switch below(6) {
    case 0: put(Double(bitPattern: random.next()).description)
    case 1: put(Float(bitPattern: UInt32(truncatingIfNeeded: random.next())).description)
    case 2:
      // Near the border of subnormal numbers, the least one and the largest.
      put(
        oneOf: [
          "4.9406564584124654e-324", "2.2250738585072014e-308", "2.2250738585072011e-308", "1e-323", "2e-324",
          "1.7976931348623157e308", "1.7976931348623159e308", "3.4028235e38", "3.4028236e38", "1.1754944e-38",
          "1e-45", "7e-46", "1.4e-45", "-0", "-0.0", "0.0000000", "-0e5", "0.000000000000000000000000000000000001",
        ])
    case 3:
      // Halfway between two floats, or nearly.
      put(String((1 << (20 + below(34))) + below(4)))
      put(oneOf: ["", ".5", ".25", ".50000000000000000000001", ".4999999999999999999999"])
    case 4:
      sign()
      digits(1 + below(18))
      put(".")
      digits(1 + below(18))
    default: decimal()
    }
  }

  private mutating func boolean() {
    let word = Array(one(of: ["true", "false", "yes", "no", "on", "off", "1", "0", "t", "f", "y", "n"]).utf8)
    let length = below(4) == 0 ? 1 + below(word.count) : word.count
    let style = below(4)
    for (index, byte) in word.prefix(length).enumerated() {
      let isUpper = style == 1 || (style == 2 && index == 0) || (style == 3 && below(2) == 0)
      bytes.append(isUpper && byte >= 0x61 ? byte - 0x20 : byte)
    }
    if below(12) == 0 { put(oneOf: ["x", " ", "1", "e", "\t"]) }
  }

  // MARK: Days and times

  private mutating func date() {
    if below(16) == 0 {
      put(
        oneOf: [
          "infinity", "-infinity", "epoch", "J2451187", "2024-W05-1", "2024.060", "20240229", "240229", "Jan 5 2024",
          "5 January 2024", "January 5, 2024 BC", "2024-Feb-29", "29-Feb-2024", "Thu 2024-02-29", "4714-11-24 BC",
          "4714-11-23 BC", "5874897-12-31", "5874898-01-01", "10000-01-01", "99999-12-31", "024-01-01", "24-01-01",
          "2024-1-1", "2024/01/31", "2024.01.31", "2024 01 31", "-0001-01-01",
        ])
      return
    }
    put(oneOf: ["0001", "0000", "0004", "0100", "1582", "1600", "1752", "1900", "1970", "1999", "2000", "2001", "9999"])
    if below(2) == 0 {
      bytes.removeLast(4)
      digits(4)
    }
    put("-")
    if below(6) == 0 {
      put(oneOf: ["02-28", "02-29", "02-30", "12-31", "01-01", "04-31", "03-01", "11-30"])
    } else {
      two(13)
      put("-")
      two(32)
    }
    if below(40) == 0 { put(oneOf: [" BC", " AD", "T", " bc", "BC"]) }
  }

  private mutating func time() {
    switch below(10) {
    case 0:
      put(oneOf: ["24:00", "24:00:00", "24:00:00.000000", "24:00:00.0000001", "24:00:01", "23:59:60", "23:59:60.0"])
    case 1: put(oneOf: ["23:59:59.9999999", "23:59:59.9999994", "23:59:59.995", "00:00:00.0000005", "23:59:60.9"])
    case 2:
      put(oneOf: ["1000", "100000", "T10:00", "10:00 AM", "12:00 PM", "12:00 am", "1:00", "10", "10:0", "10:00:"])
    default:
      two(24)
      put(":")
      two(60)
      if below(3) > 0 {
        put(":")
        two(60)
        if below(2) == 0 {
          put(".")
          digits(below(9))
        }
      }
    }
  }

  private mutating func timestamp() {
    date()
    guard below(12) > 0 else { return }
    put(oneOf: [" ", " ", " ", "T", "T", "t", "  ", "", "_"])
    time()
    switch below(6) {
    case 0, 1: put(oneOf: ["Z", "+00", "-00", "+02", "-0330", "+05:45", "+15:59", "-15:59", "-15:59:59"])
    case 2:
      put(oneOf: ["+", "-"])
      two(17)
      put(oneOf: ["", "", ":"])
      if below(2) == 0 { two(60) }
    case 3:
      put(oneOf: ["z", " UTC", " Z", " +02", "Europe/Prague", " Europe/Prague", " CET", " BC", "+2", "+016", ":00"])
    default: break
    }
  }

  // MARK: Bytes

  private mutating func hex(_ count: Int) {
    let letters = below(2) == 0 ? Array("0123456789abcdef".utf8) : Array("0123456789ABCDEF".utf8)
    for _ in 0..<count { bytes.append(letters[below(16)]) }
  }

  private mutating func uuid() {
    let isBraced = below(12) == 0
    if isBraced { put("{") }
    let hyphens = below(8)
    for group in 0..<8 {
      hex(4)
      if group == 7 { break }
      switch hyphens {
      case 0: break
      case 1: put("-")
      case 2: if below(2) == 0 { put("-") }
      default: if (1...4).contains(group) { put("-") }
      }
    }
    if isBraced, below(8) > 0 { put("}") }
    if below(20) == 0 { bytes[below(bytes.count)] = one(of: Array("gG-{} ".utf8)) }
  }

  private mutating func bytea() {
    switch below(4) {
    case 0:
      put(oneOf: ["abc", "", "a\\001b", "\\\\", "\\377\\000", "a\\", "\\400", "\\0", "ž", "\\X00", "x00", "\\\\x00"])
    case 1:
      put("\\x")
      for _ in 0..<below(5) {
        hex(below(5))
        put(oneOf: ["", "", " ", "\n", "\t"])
      }
    default:
      put("\\x")
      hex(2 * below(40))
    }
  }

  private mutating func text(_ length: Int) {
    let pieces = [
      "a", "B", "1", " ", " ", "ž", "😀", "日", "e\u{301}", "\\", "\\N", "\t", "\n", "\r", "\"", "'", ",", "\u{A0}",
      "\u{1}",
      "\u{7F}", "\u{FEFF}", "\u{10FFFF}",
    ]
    var count = max(length - 2 + below(5), 0)
    if below(4) == 0 { count = below(length + 1) }
    for _ in 0..<count { put(oneOf: pieces) }
    if below(3) == 0 { repeated(" ", below(4)) }
  }

  private mutating func json(depth: Int) {
    func space(_ spellings: inout Spellings) { spellings.put(oneOf: ["", "", "", " ", "\n", "\t"]) }
    switch below(depth > 0 ? 10 : 6) {
    case 0: put(oneOf: ["null", "true", "false"])
    case 1: put(oneOf: ["0", "-0", "1.10", "1e3", "-1E-7", "1e400", "12345678901234567890.5", "01", ".5", "NaN", "1."])
    case 2, 3: digits(1 + below(6))
    case 4, 5:
      put(
        oneOf: [
          "\"\"", "\"a\"", "\"ž😀\"", "\"q\\\"\"", "\"\\n\\t\\\\\\/\"", "\"\\u017e\"", "\"\\ud83d\\ude00\"",
          "\"\\u0000\"", "\"\\ud83d\"", "\"\\x\"", "\"\t\"", "'a'",
        ])
    case 6, 7:
      put("[")
      for index in 0..<below(4) {
        if index > 0 { put(",") }
        space(&self)
        json(depth: depth - 1)
      }
      put("]")
    default:
      put("{")
      for index in 0..<below(4) {
        if index > 0 { put(", ") }
        put(oneOf: ["\"a\"", "\"b\"", "\"aa\"", "\"\"", "\"ž\""])
        put(oneOf: [":", " : ", ": "])
        json(depth: depth - 1)
      }
      put("}")
      space(&self)
    }
  }
}
