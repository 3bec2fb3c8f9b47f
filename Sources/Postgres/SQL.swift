public import Catalog

/// A statement: text in which each interpolated value became a parameter, and each name was quoted.
///
/// ```swift
/// try database.rows("SELECT name FROM \(name: table) WHERE id = \(value: id)") { $0.text(0) }
/// ```
/// sends `SELECT name FROM sales.orders WHERE id = $1`, with `id` beside it. The server infers the parameters' types;
/// write a cast (`\(value: names)::text[]`) where it cannot.
public struct SQL: Sendable, Hashable {
  private enum Piece: Sendable, Hashable {
    case text(String)
    case parameter(String?)
  }

  private var pieces: [Piece]

  /// Makes a statement of text that is trusted as it stands: written by the server, or by the user as SQL.
  public init(raw text: String) { pieces = [.text(text)] }

  /// The text as it is sent, with `$1`, `$2`, ... for the parameters.
  public var text: String {
    var text = ""
    var count = 0
    for piece in pieces {
      switch piece {
      case .text(let part): text += part
      case .parameter:
        count += 1
        text += "$\(count)"
      }
    }
    return text
  }

  /// The parameters in order, in text format; nothing stands for NULL.
  public var parameters: [String?] {
    pieces.compactMap { piece -> String?? in
      if case .parameter(let value) = piece { return .some(value) }
      return nil
    }
  }

  /// Adds `other` at the end; its parameters are numbered on.
  public mutating func append(_ other: SQL) { pieces += other.pieces }

  /// One after the other.
  public static func + (left: SQL, right: SQL) -> SQL {
    var whole = left
    whole.append(right)
    return whole
  }
}

extension SQL {
  /// Makes a statement of one that was worked out without a database; its values become parameters.
  public init(_ bound: BoundSQL) {
    pieces = bound.pieces.map { piece in
      switch piece {
      case .text(let text): .text(text)
      case .value(let value): .parameter(value)
      }
    }
  }
}

extension SQL: ExpressibleByStringInterpolation {
  /// Makes a statement of text that stands in the program.
  public init(stringLiteral value: String) { self.init(raw: value) }

  /// Makes a statement of what `stringInterpolation` gathered.
  public init(stringInterpolation: StringInterpolation) { self = stringInterpolation.sql }

  /// Gathers a statement's pieces. There is no way in without a label, so that each use says what it is.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var sql = SQL(raw: "")

    /// Starts an empty statement.
    public init(literalCapacity: Int, interpolationCount: Int) {
      sql.pieces.reserveCapacity(2 * interpolationCount + 1)
    }

    /// Adds text that stands in the program.
    public mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { sql.pieces.append(.text(literal)) }
    }

    /// Adds a name, quoted where it must be.
    public mutating func appendInterpolation(identifier: Identifier) { appendLiteral(identifier.sql) }

    /// Adds names with commas between them, quoted where they must be.
    public mutating func appendInterpolation(identifiers: some Sequence<Identifier>) {
      appendLiteral(identifiers.map(\.sql).joined(separator: ", "))
    }

    /// Adds a name with its schema, quoted where it must be.
    public mutating func appendInterpolation(name: QualifiedName) { appendLiteral(name.sql) }

    /// Adds a text parameter.
    public mutating func appendInterpolation(value: String?) { sql.pieces.append(.parameter(value)) }

    /// Adds a whole number as a parameter.
    public mutating func appendInterpolation(value: some BinaryInteger) {
      sql.pieces.append(.parameter(String(value)))
    }

    /// Adds a boolean as a parameter.
    public mutating func appendInterpolation(value: Bool) { sql.pieces.append(.parameter(value ? "t" : "f")) }

    /// Adds an array as a parameter.
    public mutating func appendInterpolation(value: [String]) {
      sql.pieces.append(.parameter(TextArray.text(of: value)))
    }

    /// Adds an array whose elements may be NULL as a parameter.
    public mutating func appendInterpolation(value: [String?]) {
      sql.pieces.append(.parameter(TextArray.text(of: value)))
    }

    /// Adds an array of whole numbers as a parameter.
    public mutating func appendInterpolation(value: [Int]) {
      sql.pieces.append(.parameter("{" + value.map(String.init).joined(separator: ",") + "}"))
    }

    /// Adds a string constant, for statements that take no parameters.
    public mutating func appendInterpolation(literal: Literal) { appendLiteral(literal.sql) }

    /// Adds SQL text that the server itself wrote (`format_type`, `pg_get_expr`), or the user as SQL.
    public mutating func appendInterpolation(raw: String) { appendLiteral(raw) }

    /// Adds another statement with its parameters.
    public mutating func appendInterpolation(sql other: SQL) { sql.append(other) }
  }
}

extension SQL: CustomStringConvertible, CustomReflectable {
  /// The text without the parameters, which may be secrets.
  public var description: String { text }

  /// Shows the text without the parameters, which may be secrets.
  public var customMirror: Mirror { Mirror(self, children: ["text": text]) }
}

extension Sequence<SQL> {
  /// One after the other, with `separator` between them.
  public func joined(separator: String) -> SQL {
    var whole = SQL(raw: "")
    for (index, part) in enumerated() {
      if index > 0 { whole.append(SQL(raw: separator)) }
      whole.append(part)
    }
    return whole
  }
}
