/// Source(s) → one table of one destination.
public struct Flow: Equatable, Sendable {
  /// What a load does with its rows.
  public enum WriteMode: String, Hashable, Sendable, CaseIterable {
    case insert
    case insertIgnore = "insert_ignore"
    case truncateInsert = "truncate_insert"
    case upsert
    case delete

    /// Whether rows are matched by a key.
    public var needsKey: Bool { self == .upsert || self == .delete }
  }

  /// What apply may do to a table that exists.
  public enum TableChanges: String, Hashable, Sendable, CaseIterable { case additive, none }

  /// What a load does when the source has moved since apply.
  public enum SourceChanges: String, Hashable, Sendable, CaseIterable { case adapt, fail }

  /// What readers of the table see while truncate_insert loads.
  public enum Readers: String, Hashable, Sendable, CaseIterable { case wait, keep }

  /// Where the rows come from.
  public enum Input: Equatable, Sendable {
    /// The name of a source.
    case named(String)
    case inline(Source)
  }

  /// `source:` is one input without a name; `sources:` is one or more with names, in the order written.
  public struct NamedInput: Equatable, Sendable {
    public var name: String?
    public var input: Input

    /// Makes an input.
    public init(name: String?, input: Input) {
      self.name = name
      self.input = input
    }
  }

  public var inputs: [NamedInput] = []
  /// The name of a destination.
  public var destination: String = ""
  /// As written, `schema.table` or `table`; nothing is written: the flow's name.
  public var table: String?
  public var writeMode: WriteMode = .insert
  /// Nothing is written: the table's primary key, else the source table's.
  public var key: [String]?
  /// Nothing is written: recorded, live or inferred.
  public var columns: ColumnList?
  public var tableChanges: TableChanges = .additive
  public var sourceChanges: SourceChanges = .adapt
  public var readers: Readers = .wait
  public var deleteMissing: Bool = false
  /// Nothing is written: 10 %.
  public var maxDeletes: Bound?
  /// Nothing is written: no limit.
  public var maxRejects: Bound?
  /// What is made of the sources' rows, step by step; the last step's rows are loaded. Nothing is written: the sources'
  /// rows are, one source after the other.
  public var transform: [TransformStep] = []
  /// What must hold of the rows.
  public var quality: [QualityRule] = []
  /// Statements that run in the load's transaction when its rows are in the table.
  public var afterLoad: [String] = []
  /// Roles; a set, kept sorted.
  public var grantSelect: [String] = []
  /// Names of flows; a set, kept sorted.
  public var after: [String] = []
  public var schedule: String?
  /// Of which days queries with `{{start}}` and `{{end}}` give rows.
  public var range: RelativeRange?
  public var timezone: String = "UTC"
  public var enabled: Bool = true
  public var retry = Retry()

  /// A flow with the defaults.
  public init() {}
}

/// A number of rows, or a share of them.
public enum Bound: Hashable, Sendable {
  case count(Int)
  /// In hundredths: `1%` is 1.
  case percent(Double)
}

/// How a load that failed for a passing reason is tried again.
public struct Retry: Hashable, Sendable {
  /// In all, the first one included.
  public var attempts: Int = 3
  /// Before the second one; doubled each time.
  public var backoff: Duration = .seconds(30)

  /// The defaults.
  public init() {}
}

/// `columns:` of a flow.
public struct ColumnList: Equatable, Sendable {
  /// In the table's order.
  public var columns: [DeclaredColumn]
  /// Whether `"*": inferred` takes all other fields of the source; else the list is exact.
  public var takesRest: Bool

  /// Makes a list.
  public init(columns: [DeclaredColumn], takesRest: Bool = false) {
    self.columns = columns
    self.takesRest = takesRest
  }
}

/// A column as a flow declares it.
public struct DeclaredColumn: Equatable, Sendable {
  /// A column's default.
  public enum Default: Hashable, Sendable {
    /// A value, as text that the server reads by the column's type.
    case value(String)
    /// A SQL expression.
    case sql(String)
  }

  /// Its name in the table.
  public var name: String
  /// As written; whatever the server takes as a type.
  public var type: String
  /// The source's field, or `$loadedAt`, `$loadId`, `$file`, `$line`; nothing is written: the column's name.
  public var from: String?
  public var nullable: Bool = true
  public var `default`: Default?

  /// Makes a column.
  public init(name: String, type: String, from: String? = nil, nullable: Bool = true, default: Default? = nil) {
    self.name = name
    self.type = type
    self.from = from
    self.nullable = nullable
    self.default = `default`
  }

  /// The source's field that fills it.
  public var field: String { from ?? name }
}
