/// A rule of a flow's `quality:`: what must hold of the rows of a load before they may go to the table.
public struct QualityRule: Equatable, Sendable {
  /// What must hold.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case notNull = "not_null"
    /// 0, an empty text, the year 1's first day: what programs write where they have no value.
    case notZero = "not_zero"
    /// Not far outside of the middle half of this load's values.
    case anomaly
    case matches
    case between
    case oneOf = "in"
    case unique
    /// The value stands in a column of another table.
    case existsIn = "exists_in"
    /// The newest value is not older than that.
    case fresh
    /// How many rows there are.
    case rowCount = "row_count"
    /// A query that gives the rows that break it.
    case sql

    /// Whether it is about single rows, so that those can be kept out.
    public var isOfRows: Bool { ![.fresh, .rowCount, .sql].contains(self) }
    /// Whether it is about a column.
    public var takesColumn: Bool { self != .rowCount && self != .sql }
  }

  /// What becomes of a load where it does not hold.
  public enum Action: String, Hashable, Sendable, CaseIterable {
    /// Nothing is written, and the load fails.
    case block
    /// The rows that break it are kept out.
    case reject
    /// The rows are written, and it is told.
    case warn
  }

  public var column: String?
  public var kind: Kind = .notNull
  public var action: Action = .block
  /// For `anomaly`: how many times the middle half's width lies between that and what is odd.
  public var sensitivity: Double = 1.5
  /// For `matches`.
  public var pattern: String?
  /// For `between` and `row_count`; one of the two may be left out.
  public var min: InlineValue?
  public var max: InlineValue?
  /// For `in`.
  public var values: [InlineValue]?
  /// For `exists_in`: as written, with or without its schema.
  public var table: String?
  /// For `exists_in`: the other table's column; nothing is written: the column's own name.
  public var key: String?
  /// For `fresh`.
  public var within: Duration?
  /// What it is called; nothing is written: its column and kind.
  public var name: String?
  /// For `sql`: the rows of the load are `rows`.
  public var query: String?

  /// A rule about nothing.
  public init() {}

  /// What people call it.
  public var words: String { name ?? [column, kind.rawValue].compactMap { $0 }.joined(separator: " ") }
}
