/// A name of a PostgreSQL object, and the one way in which a name enters SQL text.
public struct Identifier: Hashable, Sendable, Codable {
  /// The name itself, unquoted.
  public let name: String

  /// Wraps `name`, which may hold any characters but NUL.
  public init(_ name: String) { self.name = name }

  /// The most bytes of UTF-8 that PostgreSQL keeps of a name (`NAMEDATALEN` - 1).
  public static let maximumBytes = 63

  /// The name as it stands in SQL: quoted where it must be, as `quote_ident` does.
  public var sql: String {
    if isPlain { return name }
    return "\"" + name.replacing("\"", with: "\"\"") + "\""
  }

  private var isPlain: Bool {
    guard let first = name.utf8.first, first == UInt8(ascii: "_") || Self.isLower(first) else { return false }
    let allPlain = name.utf8.allSatisfy {
      Self.isLower($0) || $0 == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
    }
    return allPlain && !Keywords.needQuotes.contains(name)
  }

  private static func isLower(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  public init(from decoder: any Decoder) throws { name = try decoder.singleValueContainer().decode(String.self) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

extension Identifier {
  /// Whether the names are the same to PostgreSQL: byte for byte, whatever Unicode holds equal.
  public static func == (left: Identifier, right: Identifier) -> Bool {
    // What Unicode holds to differ is not the same bytes either, and is found out much faster.
    guard left.name == right.name else { return false }
    var (left, right) = (left.name, right.name)
    return left.withUTF8 { left in right.withUTF8 { right in unsafe left.elementsEqual(right) } }
  }

  /// By the same bytes.
  public func hash(into hasher: inout Hasher) {
    var name = name
    name.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xff as UInt8)
  }
}

extension Identifier: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self.init(value) }
}

extension Identifier: Comparable {
  public static func < (left: Identifier, right: Identifier) -> Bool {
    var (left, right) = (left.name, right.name)
    return left.withUTF8 { left in right.withUTF8 { right in unsafe left.lexicographicallyPrecedes(right) } }
  }
}

extension Identifier: CustomStringConvertible {
  public var description: String { sql }
}

/// A text value as SQL: the one way in which a value that cannot be a parameter (DDL takes none) enters SQL text.
public struct Literal: Hashable, Sendable {
  /// The value itself.
  public let value: String

  /// Wraps `value`, which may hold any characters but NUL.
  public init(_ value: String) { self.value = value }

  /// The value as a string constant that means the same whatever `standard_conforming_strings` is, as `quote_literal` does.
  public var sql: String {
    let quoted = "'" + value.replacing("'", with: "''") + "'"
    return value.contains("\\") ? "E" + quoted.replacing("\\", with: "\\\\") : quoted
  }
}
