public import JSON

/// What was applied: the content of the state file.
public struct AppliedState: Equatable, Sendable {
  /// The layout that this version of Sluice writes.
  public static var currentVersion: Int { StateLayout.current.version }

  /// Tells this state's history from any other's; made once, with the first apply.
  public var lineage: String
  /// Grows by one with each apply that changed something.
  public var serial: Int
  /// What was applied, by address.
  public var resources: [String: AppliedResource]

  /// Makes a state.
  public init(lineage: String, serial: Int = 0, resources: [String: AppliedResource] = [:]) {
    self.lineage = lineage
    self.serial = serial
    self.resources = resources
  }
}

/// One resource as it was applied.
public struct AppliedResource: Equatable, Sendable {
  /// The manifest's entry in canonical form: defaults filled in, paths relative to the project, no secret.
  public var spec: JSONValue
  /// A flow's target, as SQL writes it: `sales.orders`.
  public var table: String?
  /// A flow's columns, in the table's order.
  public var columns: [AppliedColumn]?
  /// The fields that a flow's sources had, where that is known.
  public var sourceFields: [AppliedField]?
  /// What a flow's steps read: the fields of each source, by what the steps call it; nothing where it has no steps.
  public var inputs: [String: [AppliedField]]?
  /// A flow's key, where it has one.
  public var key: [String]?
  /// The identity of the database that it was applied to.
  public var server: String?
  /// The OID of a flow's table, by which a table that was dropped and made anew is told from the one that was applied.
  public var relationOID: Int?
  /// The names that a flow had before it was renamed, the oldest first.
  public var formerNames: [String]
  /// When it was last applied with a change: RFC 3339 in UTC.
  public var appliedAt: String

  /// Makes a resource.
  public init(
    spec: JSONValue, table: String? = nil, columns: [AppliedColumn]? = nil, key: [String]? = nil,
    server: String? = nil, relationOID: Int? = nil, formerNames: [String] = [], appliedAt: String
  ) {
    self.spec = spec
    self.table = table
    self.columns = columns
    self.key = key
    self.server = server
    self.relationOID = relationOID
    self.formerNames = formerNames
    self.appliedAt = appliedAt
  }
}

/// A field of a flow's source, as it was when the flow was applied.
public struct AppliedField: Hashable, Sendable {
  public var name: String
  /// As `format_type` writes it; nothing where the source has no types.
  public var type: String?

  /// Makes a field.
  public init(name: String, type: String? = nil) {
    self.name = name
    self.type = type
  }
}

/// A column that a flow fills, as it was applied.
public struct AppliedColumn: Equatable, Sendable {
  /// Its name in the table.
  public var name: String
  /// Its type, as the server's `format_type` writes it.
  public var type: String
  /// The source's field, or `$loadedAt`, `$loadId`, `$file`, `$line`.
  public var from: String
  /// Whether it may be NULL, as far as the flow declares it.
  public var nullable: Bool
  /// Its default's expression, as the server wrote it back; nothing where it has none.
  public var `default`: String?

  /// Makes a column.
  public init(name: String, type: String, from: String, nullable: Bool, default: String? = nil) {
    self.name = name
    self.type = type
    self.from = from
    self.nullable = nullable
    self.default = `default`
  }
}
