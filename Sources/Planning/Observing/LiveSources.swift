public import Catalog

/// What a database said about the sources that flows read from it, besides what its catalog says of tables.
public struct LiveSources: Sendable {
  /// By the query's text.
  public var queries: [String: QueryObservation] = [:]
  /// The server's words for why rows cannot be put in the order of a cursor; nothing where they can.
  public var unorderable: [CursorQuestion: String] = [:]
  /// All tables, views and the like that flows may read, where one that was asked for is missing.
  public var readable: [QualifiedName] = []

  /// Nothing was asked.
  public init() {}
}

/// What the server said about a source's query.
public struct QueryObservation: Hashable, Sendable {
  /// A column of its rows.
  public struct Column: Hashable, Sendable {
    public var name: String
    /// As `format_type` writes it; the base type of a domain, and `text` for what is no type of a table's column.
    public var type: String

    /// Makes a column.
    public init(name: String, type: String) {
      self.name = name
      self.type = type
    }
  }

  public var columns: [Column]
  /// Why rows cannot be read by it; nothing where they can.
  public var problem: QueryProblem?

  /// Makes an observation.
  public init(columns: [Column] = [], problem: QueryProblem? = nil) {
    self.columns = columns
    self.problem = problem
  }
}

/// Why rows cannot be read by a query.
public enum QueryProblem: Hashable, Sendable {
  /// The server's error.
  case refused(ServerRefusal)
  /// It has parameters (`$1`), for which there are no values.
  case takesParameters
  /// It gives no columns: it is no query.
  case givesNothing
  /// It would write, or lock rows.
  case changes
  /// It took too long, or a table was locked: the server's words.
  case notFoundOut(String)
}

/// What the server said when it refused a statement.
public struct ServerRefusal: Hashable, Sendable {
  public var sqlState: String
  public var message: String
  public var detail: String?
  public var hint: String?
  /// Where in the statement, in characters from 1.
  public var position: Int?

  /// Makes one.
  public init(sqlState: String, message: String, detail: String? = nil, hint: String? = nil, position: Int? = nil) {
    self.sqlState = sqlState
    self.message = message
    self.detail = detail
    self.hint = hint
    self.position = position
  }

  /// A privilege is missing (42501).
  var isOfPrivilege: Bool { sqlState == "42501" }
  /// A table or a schema does not exist (42P01, 3F000).
  public var isOfMissingTable: Bool { sqlState == "42P01" || sqlState == "3F000" }
}
