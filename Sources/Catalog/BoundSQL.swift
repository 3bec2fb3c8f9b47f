/// A statement that is worked out without a database: text, and values that stand apart from it.
///
/// Where it is sent, each value becomes a parameter; where people read it, a constant.
public struct BoundSQL: Hashable, Sendable {
  /// A part of a statement.
  public enum Piece: Hashable, Sendable {
    case text(String)
    case value(String)
  }

  /// In order.
  public private(set) var pieces: [Piece] = []

  /// Makes a statement of text that stands in the program, of quoted names, or of what the user has written as SQL.
  public init(_ text: String = "") { append(text) }

  /// Makes a statement of one value.
  public init(value: String) { pieces = [.value(value)] }

  /// Adds text.
  public mutating func append(_ text: String) { if !text.isEmpty { pieces.append(.text(text)) } }

  /// Adds `other` at the end.
  public mutating func append(_ other: BoundSQL) { pieces += other.pieces }

  /// One after the other.
  public static func + (left: BoundSQL, right: BoundSQL) -> BoundSQL {
    var whole = left
    whole.append(right)
    return whole
  }

  /// The statement for people: values as constants.
  public var readable: String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .value(let value): Literal(value).sql
      }
    }.joined()
  }

  /// How many characters the statement has where it is sent, its values as `$1`, `$2`, ...
  public func sentLength() -> Int {
    var count = 0
    return pieces.reduce(0) { length, piece in
      switch piece {
      case .text(let text): return length + text.unicodeScalars.count
      case .value:
        count += 1
        return length + 1 + String(count).count
      }
    }
  }
}

extension BoundSQL: ExpressibleByStringInterpolation {
  /// Makes a statement of text that stands in the program.
  public init(stringLiteral value: String) { self.init(value) }

  /// Makes a statement of what `stringInterpolation` gathered.
  public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

  /// Gathers a statement's pieces. There is no way in without a label, so that each use says what it is.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var sql = BoundSQL()

    /// Starts an empty statement.
    public init(literalCapacity: Int, interpolationCount: Int) {}

    /// Adds text that stands in the program.
    public mutating func appendLiteral(_ literal: String) { sql.append(literal) }
    /// Adds a name, quoted where it must be.
    public mutating func appendInterpolation(identifier: Identifier) { sql.append(identifier.sql) }
    /// Adds a name with its schema, quoted where it must be.
    public mutating func appendInterpolation(name: QualifiedName) { sql.append(name.sql) }
    /// Adds a value.
    public mutating func appendInterpolation(value: String) { sql.append(BoundSQL(value: value)) }
    /// Adds text that the server itself wrote, or the user as SQL.
    public mutating func appendInterpolation(raw: String) { sql.append(raw) }
    /// Adds another statement with its values.
    public mutating func appendInterpolation(sql other: BoundSQL) { sql.append(other) }
  }
}

extension Sequence<BoundSQL> {
  /// One after the other, with `separator` between them.
  public func joined(separator: String) -> BoundSQL {
    var whole = BoundSQL()
    for (index, part) in enumerated() {
      if index > 0 { whole.append(separator) }
      whole.append(part)
    }
    return whole
  }
}
