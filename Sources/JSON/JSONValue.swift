public import OrderedCollections

/// A JSON value. Numbers keep their text, so that no digit is lost; objects keep their order.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A number, as it is written in JSON.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(OrderedDictionary<String, JSONValue>)

  /// A whole number.
  public static func int(_ value: Int) -> JSONValue { .number(String(value)) }

  /// `value` as a string, or null.
  public static func string(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  /// The object's member called `key`; nothing for any other value.
  public subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The text of a string; nothing for any other value.
  public var stringValue: String? { if case .string(let value) = self { value } else { nil } }

  /// The value of a whole number that fits; nothing for any other value.
  public var intValue: Int? { if case .number(let text) = self { Int(text) } else { nil } }

  /// The value of a boolean; nothing for any other value.
  public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The elements of an array; nothing for any other value.
  public var arrayValue: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

  /// The members of an object; nothing for any other value.
  public var objectValue: OrderedDictionary<String, JSONValue>? {
    if case .object(let members) = self { members } else { nil }
  }
}

extension JSONValue {
  /// Whether the values are the same JSON; the order of an object's members means nothing.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)), (.string(let left), .string(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)):
      // In one order, as the canonical form has it, nothing needs to be looked up.
      left.keys == right.keys
        ? left.values.elementsEqual(right.values)
        : left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    default: false
    }
  }

  /// Equal values hash alike.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .number(let text), .string(let text): hasher.combine(text)
    case .array(let values): hasher.combine(values)
    case .object(let members): hasher.combine(Set(members.keys))
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .int(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(OrderedDictionary(uniqueKeysWithValues: elements))
  }
  public init(nilLiteral: ()) { self = .null }
}
