public import JSON
public import State

/// One step of a plan: what becomes of one resource.
public struct Step: Sendable {
  /// What a step does.
  public enum Action: String, Hashable, Sendable, CaseIterable {
    case create, update, delete, adopt, rename, repair, blocked, degraded, unchanged

    /// Whether applying it changes anything.
    public var isChange: Bool {
      switch self {
      case .create, .update, .delete, .adopt, .rename, .repair: true
      case .blocked, .degraded, .unchanged: false
      }
    }
  }

  /// `kind/name`; a ledger's is `ledger/<authorizer>.<schema>`.
  public var address: String
  public var action: Action
  /// What a blocked step would do if it could.
  public var wanted: Action
  /// Why, for people: `flows/orders.yaml:4 changed`.
  public var reason: String
  /// The fields that change.
  public var changes: [FieldChange]
  public var checks: [Check]
  public var hazards: [Hazard]
  /// What is done to the database, in order, in one transaction where the server allows it.
  public var operations: [Operation]
  /// The columns of a flow, each with where it comes from; empty for other kinds.
  public var columns: [PlannedColumn]
  /// What a flow's steps make of its sources' rows: the SELECT that a load runs, its values as constants.
  public var transformation: String?
  /// The authorizer whose database the operations are run in.
  public var authorizer: String?
  /// The addresses of steps that must be done first.
  public var after: [String]
  /// What the state records when it is done; nothing for a delete and for a ledger.
  public var record: AppliedResource?
  /// What the state records besides, at other addresses: a name that is no more, flows that a new server takes along.
  public var alsoRecords: [StateChange]

  /// Makes a step that does nothing to a database.
  public init(_ action: Action, _ address: String, reason: String) {
    self.address = address
    self.action = action
    self.reason = reason
    wanted = action
    changes = []
    checks = []
    hazards = []
    operations = []
    columns = []
    after = []
    alsoRecords = []
  }

  /// The SQL that apply runs, in order.
  public var statements: [String] { operations.flatMap(\.statements) }
}

/// A field of a resource that a step changes, or that is no longer as it was applied.
public struct FieldChange: Hashable, Sendable {
  /// Which of the two sides moved since the last apply.
  public enum Side: String, Hashable, Sendable {
    /// What is declared differs from what was recorded.
    case manifest
    /// What is live differs from what was recorded: drift.
    case database
  }

  /// Its path in the canonical form: `columns.total.type`.
  public var path: String
  /// What was recorded; nothing where the field was not there.
  public var before: JSONValue?
  /// What is declared, or live; nothing where the field goes, or is gone.
  public var after: JSONValue?
  public var side: Side

  /// Makes a change.
  public init(path: String, before: JSONValue?, after: JSONValue?, side: Side = .manifest) {
    self.path = path
    self.side = side
    self.before = before
    self.after = after
  }
}
