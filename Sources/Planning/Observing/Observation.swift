public import Catalog
public import Diagnostics
public import Manifests

/// What the live databases and the sources said, read at plan time.
public struct Observation: Sendable {
  /// By authorizer.
  public var databases: [String: DatabaseObservation] = [:]
  /// By flow: what those of its sources hold that are in no database, where a plan needs to know.
  public var sources: [String: SourceObservation] = [:]
  /// By flow with steps, and by what those call its sources: the fields of those that are in no database, where a plan
  /// looked at them.
  public var inputFields: [String: [String: [SourceField]]] = [:]
  /// By flow: what its destination's server said of its steps and rules.
  public var transforms: [String: TransformObservation] = [:]
  /// The flows of which it was seen already that they are declared just as they were recorded.
  public var asRecorded: Set<String> = []
  /// Whether nothing was to be looked at: the plan compares what is declared with what was recorded alone.
  public private(set) var isOffline = false

  /// An observation of nothing.
  public init() {}

  /// What a plan has that may look at nothing.
  public static let offline: Observation = {
    var observation = Observation()
    observation.isOffline = true
    return observation
  }()

  /// The database of `authorizer`, where it was reached.
  func live(_ authorizer: String) -> LiveDatabase? {
    if case .reached(let live)? = databases[authorizer] { live } else { nil }
  }
}

/// What connecting to one authorizer brought.
public enum DatabaseObservation: Sendable {
  case reached(LiveDatabase)
  /// The connection failed; the diagnostic says why, and what to do.
  case unreachable(Diagnostic)
}

/// One live database, as far as a plan asked about it.
public struct LiveDatabase: Sendable {
  public var server: Server
  /// Every schema but the system's own, by name.
  public var schemas: [Identifier: Schema]
  /// The relations asked for that exist.
  public var tables: LiveTables
  /// The declared types asked for.
  public var types: [String: TypeResolution]
  /// The lineages in each ledger asked for that exists, by flow of this project.
  public var lineages: [QualifiedName: [String: Set<String>]]
  /// The roles asked for that exist, PUBLIC as `public`; where one does not, all others too, for a name that is near.
  public var roles: Set<Identifier>
  /// Whether rows of a table have the same key, for the keys asked for.
  public var duplicates: [KeyQuestion: DuplicateAnswer]
  /// What defaults written as SQL are, for those asked for.
  public var defaults: [String: DefaultNature]
  /// Those of the declared types, as `format_type` spells them, that check the values of a column when it is added: domains
  /// with constraints.
  public var checkedTypes: Set<String>
  /// How many rows the tables asked for hold, where that could be found out.
  public var rowCounts: [QualifiedName: RowCount]
  /// Which day it is in the time zones asked for, by the server's clock; those that it does not know are missing.
  public var today: [String: CivilDate] = [:]
  /// What was said about the sources that flows read from it.
  public var sources = LiveSources()
  /// How often the client waited for the server.
  public var roundTrips: Int

  /// Makes a database of which only the server is known.
  public init(server: Server) {
    self.server = server
    schemas = [:]
    tables = LiveTables()
    types = [:]
    lineages = [:]
    roles = []
    duplicates = [:]
    defaults = [:]
    checkedTypes = []
    rowCounts = [:]
    roundTrips = 0
  }
}

/// What the server makes of a type as it is written in a manifest.
public enum TypeResolution: Hashable, Sendable {
  /// `format_type`'s spelling of it.
  case known(String)
  /// The server's words for why it takes it as none.
  case unknown(String)
}

/// Whether a table's rows would violate a key.
public struct KeyQuestion: Hashable, Sendable {
  public var table: QualifiedName
  public var key: [Identifier]

  /// Makes a question.
  public init(table: QualifiedName, key: [Identifier]) {
    self.table = table
    self.key = key
  }
}

/// Whether a role exists, and may read a table.
public struct ReaderQuestion: Hashable, Sendable {
  public var table: QualifiedName
  public var role: Identifier

  /// Makes a question.
  public init(table: QualifiedName, role: Identifier) {
    self.table = table
    self.role = role
  }
}

/// A default, written as SQL, of a column that a flow declares.
public struct DefaultQuestion: Hashable, Sendable {
  public var table: QualifiedName
  public var column: Identifier
  public var expression: String

  /// Makes a question.
  public init(table: QualifiedName, column: Identifier, expression: String) {
    self.table = table
    self.column = column
    self.expression = expression
  }
}

/// What an expression means as the default of a column that is added to a table with rows.
public enum DefaultNature: Hashable, Sendable {
  /// One value for all rows that are there: the server keeps it beside the table.
  case sameForAllRows
  /// A volatile one, as `random()`: the server would write every row anew.
  case differsByRow
  /// The server's words for why it takes it for no expression.
  case refused(String)
}

/// The answer to a `KeyQuestion`.
public enum DuplicateAnswer: Hashable, Sendable {
  case none
  /// Some keys that stand in more than one row, as text, with the number of rows.
  case found([String])
  /// It was not found out: the reason (it took too long, the role may not read).
  case unknown(String)
}

/// How many rows a table holds.
public enum RowCount: Hashable, Sendable {
  case exactly(Int)
  /// As the last ANALYZE or VACUUM left it in `pg_class.reltuples`.
  case about(Int)
}

/// What a flow's source holds.
public enum SourceObservation: Sendable {
  case fields([SourceField])
  /// It cannot be read; the diagnostics say why.
  case unreadable([Diagnostic])
}
