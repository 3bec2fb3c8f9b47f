import JSON
import OrderedCollections
import TestSupport

/// Makes random JSON values: the same for the same seed.
struct RandomDocuments: RandomNumberGenerator {
  private var numbers: SeededGenerator

  init(seed: UInt64) { numbers = SeededGenerator(seed: seed) }

  mutating func next() -> UInt64 { numbers.next() }

  mutating func value(depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth < 4 ? 8 : 5), using: &self) {
    case 0: .null
    case 1: .bool(Bool.random(using: &self))
    case 2, 3: .number(number())
    case 4: .string(string())
    case 5: .array(values(depth))
    default: .object(members(depth))
    }
  }

  private mutating func values(_ depth: Int) -> [JSONValue] {
    var values: [JSONValue] = []
    for _ in 0..<Int.random(in: 0..<5, using: &self) { values.append(value(depth: depth + 1)) }
    return values
  }

  private mutating func members(_ depth: Int) -> OrderedDictionary<String, JSONValue> {
    var members: OrderedDictionary<String, JSONValue> = [:]
    for _ in 0..<Int.random(in: 0..<12, using: &self) { members[string()] = value(depth: depth + 1) }
    return members
  }

  private mutating func number() -> String {
    let whole = Int.random(in: -1_000_000...1_000_000, using: &self)
    return switch Int.random(in: 0..<4, using: &self) {
    case 0: "\(whole).\(next())"
    case 1: "\(whole)e\(Int.random(in: -20...20, using: &self))"
    case 2: "\(whole)\(next())"
    default: "\(whole)"
    }
  }

  private mutating func string() -> String {
    let alphabet = Array("abc \"\\/\n\t\r\u{0}\u{1b}\u{7f}é€😀\u{2028}ß漢".unicodeScalars)
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0..<20, using: &self) {
      if let scalar = alphabet.randomElement(using: &self) { text.append(scalar) }
    }
    return String(text)
  }
}
