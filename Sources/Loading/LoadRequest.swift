public import Catalog
public import Manifests
public import Planning
public import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Where a column of the target table gets its values.
public enum ColumnInput: Hashable, Sendable {
  /// A field of the source.
  case field(String)
  /// `$loadedAt`: when the load started.
  case loadedAt
  /// `$loadId`.
  case loadID
  /// `$file`: the file's path, relative to the project; NULL for rows that come from none.
  case file
  /// `$line`: the line on which the row starts; for inline rows their number.
  case line

  /// Reads a column's `from`.
  public init(_ from: String) {
    switch from {
    case "$loadedAt": self = .loadedAt
    case "$loadId": self = .loadID
    case "$file": self = .file
    case "$line": self = .line
    default: self = .field(from)
    }
  }

  /// Whether it is no field of the source.
  public var isMetadata: Bool { if case .field = self { false } else { true } }
}

/// A column that a load fills.
public struct TargetColumn: Hashable, Sendable {
  public var name: Identifier
  /// As `format_type` writes it with `search_path = pg_catalog`.
  public var type: String
  public var isNullable: Bool
  public var from: ColumnInput
  /// The type itself, or what it is made of where it is a domain: found out by the load.
  var base: String
  /// The operator by which the type's own indexes take two values for the same: found out by the load.
  var equality = "="

  /// Makes a column.
  public init(name: Identifier, type: String, isNullable: Bool = true, from: ColumnInput) {
    self.name = name
    self.type = type
    base = type
    self.isNullable = isNullable
    self.from = from
  }
}

/// All that one load of one flow needs to know.
public struct LoadRequest: Sendable {
  // What is loaded.
  public var project: String
  public var flow: String
  /// The names that the flow had before: its loads under those are its own.
  public var formerNames: [String] = []
  /// The state's lineage; rows of another one under the same project and flow block.
  public var lineage: String
  /// The project's folder; sources' paths are relative to it.
  public var root: FilePath
  /// One, or several that are united by column name, in this order.
  public var sources: [(name: String?, source: Source)]

  /// What is made of the sources' rows; nothing: they are loaded as they are.
  public var transform: [TransformStep] = []
  /// What the steps read, a source each, in the sources' order.
  public var inputs: [TransformInput] = []
  /// What must hold of the rows that are to be written.
  public var quality: [QualityRule] = []
  /// Statements that run when the rows are in the table.
  public var afterLoad: [String] = []
  /// The schema of tables that rules name without one.
  public var defaultSchema: Identifier = "public"

  /// Connects to the databases of sources.
  public var openSource: SourceOpener?

  // Where to, and how.
  /// The name of the authorizer by which the table is written: what a source reads by the same one is in its database.
  public var authorizer: String?
  public var target: QualifiedName
  public var ledger: QualifiedName
  public var mode: Flow.WriteMode
  /// For upsert and delete.
  public var key: [Identifier] = []
  /// The columns that are filled, in the table's order.
  public var columns: [TargetColumn]
  public var sourceChanges: Flow.SourceChanges = .adapt
  /// The source's fields as they were when the flow was applied; nothing where that is not known.
  public var knownFields: [String]?
  /// Their types as they were, of those that had one.
  public var knownTypes: [String: String] = [:]
  public var readers: Flow.Readers = .wait
  public var deleteMissing = false
  /// How many rows `deleteMissing` may delete, of those that the table has.
  public var maxDeletes = Bound.percent(10)
  /// How many rows `deleteMissing` may delete all the same, also where the source is empty.
  public var allowedDeletes = 0
  public var maxRejects: Bound?

  // The session.
  public var lockTimeout: Duration = .seconds(5)
  /// Zero leaves the server's own.
  public var statementTimeout: Duration = .zero
  /// The role that statements run as (SET LOCAL ROLE).
  public var role: String?

  // This load.
  /// A UUID, lower case; the same over retries, so that one whose COMMIT was not answered is recognised.
  public var load: String
  /// RFC 3339.
  public var slot: String?
  public var attempt: Int = 1
  /// The window of a backfill that the load stands for.
  public var window: LoadWindow?
  /// The days that the flow's queries are asked for.
  public var range: RelativeRange?
  /// The time zone that days begin and end in.
  public var timezone = "UTC"
  /// Which days these are, once that is known.
  let clock = LoadClock()
  /// The transaction of the last try.
  let transaction = LoadTransaction()
  /// How many rows insert_ignore takes at a time.
  var batchRows = 50_000
  /// How long an earlier try, whose connection was lost, is waited for before it is ended.
  var lockPatience = Duration.seconds(10)
  /// Whether files and slots that were loaded are loaded once more.
  public var again = false
  /// Whether everything is read, as if nothing was loaded before: cursors start at `initial`, all files are read.
  public var fullRefresh = false
  /// Whether the flow's rules are passed over, this once.
  public var skipsQuality = false
  public var host: String
  public var sluiceVersion: String
  /// Where rejected rows are written: `<folder>/<flow>/<load>.jsonl`.
  public var rejects: FilePath

  /// Makes a request; what has a default may be set afterwards.
  public init(
    project: String, flow: String, lineage: String, root: FilePath, sources: [(name: String?, source: Source)],
    target: QualifiedName, ledger: QualifiedName, mode: Flow.WriteMode, key: [Identifier] = [],
    columns: [TargetColumn], load: String = LoadRequest.newLoad(), host: String, sluiceVersion: String
  ) {
    self.project = project
    self.flow = flow
    self.lineage = lineage
    self.root = root
    self.sources = sources
    self.target = target
    self.ledger = ledger
    self.mode = mode
    self.key = key
    self.columns = columns
    self.load = load
    self.host = host
    self.sluiceVersion = sluiceVersion
    rejects = root.appending(".sluice").appending("rejects")
  }

  /// The rules that this load is held to.
  var rules: [QualityRule] { skipsQuality ? [] : quality }

  /// Whether what was loaded before is no reason to leave it out.
  var readsAgain: Bool { again || fullRefresh }

  /// The names under which the flow's loads stand in the ledger.
  var names: [String] { [flow] + formerNames }

  /// A new load id.
  public static func newLoad() -> String { UUID().uuidString.lowercased() }
}
