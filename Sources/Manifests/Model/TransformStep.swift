/// One step of a flow's `transform:`: what it makes of the rows of sources, or of steps before it, under a name of its own.
///
/// One of the operations is given.
public struct TransformStep: Equatable, Sendable {
  /// What later steps call its rows.
  public var name: String = ""
  /// The rows of several inputs, one after the other, by column name; what one lacks is NULL.
  public var union: [String]?
  public var join: Join?
  public var filter: Filter?
  public var select: Choice?
  /// One SELECT that reads nothing but sources and steps before it, by name.
  public var sql: String?

  /// A step without an operation.
  public init() {}

  /// The rows of two inputs side by side.
  public struct Join: Equatable, Sendable {
    /// Which rows of the left input stay.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      /// All; without a partner, the columns of the right input are NULL.
      case left
      /// Those that have a partner.
      case inner
    }

    public var left: String = ""
    public var right: String = ""
    public var type: Kind = .inner
    /// Columns that must be equal, by pairs: the left input's, the right one's.
    public var on: [ColumnPair] = []
    /// The columns that the right input adds: what they are called, and what they are there. Nothing is written: all but
    /// those of `on`.
    public var take: [ColumnPair]?

    /// A join of nothing.
    public init() {}
  }

  /// Two columns: in `on:` the left input's and the right one's, in `take:` the new name and the right input's.
  public struct ColumnPair: Hashable, Sendable {
    public var name: String
    public var other: String

    /// Makes a pair.
    public init(name: String, other: String) {
      self.name = name
      self.other = other
    }
  }

  /// The rows of one input for which all conditions hold.
  public struct Filter: Equatable, Sendable {
    public var from: String = ""
    public var conditions: [Condition] = []

    /// A filter that lets all pass.
    public init() {}
  }

  /// Some columns of one input.
  public struct Choice: Equatable, Sendable {
    public var from: String = ""
    /// Those that stay, in this order; this or `discard` is given.
    public var keep: [String]?
    /// Those that go.
    public var discard: [String]?

    /// A choice of nothing.
    public init() {}
  }
}

/// What a column's value is compared with.
public struct Condition: Equatable, Sendable {
  /// How values are compared. NULL fulfils none of them but `is null`.
  public enum Comparator: String, Hashable, Sendable, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case oneOf = "in"
    case isNull = "is null"
    case isNotNull = "is not null"
    /// A regular expression, as PostgreSQL has them.
    case matches

    /// Whether it compares with a value at all.
    public var takesValue: Bool { self != .isNull && self != .isNotNull }
  }

  public var column: String = ""
  public var comparator: Comparator = .equal
  /// One value; for `in`, one or more; none for the comparators that take none.
  public var values: [InlineValue] = []

  /// A condition on no column.
  public init() {}
}
