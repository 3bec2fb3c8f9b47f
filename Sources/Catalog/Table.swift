/// What a relation is: `pg_class.relkind`.
public enum RelationKind: String, Hashable, Sendable, Codable {
  case table = "r"
  case partitionedTable = "p"
  case view = "v"
  case materializedView = "m"
  case foreignTable = "f"
  case sequence = "S"
  case index = "i"
  case partitionedIndex = "I"
  case compositeType = "c"
  case toastTable = "t"

  /// PostgreSQL's own words for it.
  public var words: String {
    switch self {
    case .table: "table"
    case .partitionedTable: "partitioned table"
    case .view: "view"
    case .materializedView: "materialized view"
    case .foreignTable: "foreign table"
    case .sequence: "sequence"
    case .index: "index"
    case .partitionedIndex: "partitioned index"
    case .compositeType: "composite type"
    case .toastTable: "TOAST table"
    }
  }

  /// Whether flows may load into it.
  public var takesLoads: Bool { self == .table || self == .partitionedTable }
}

/// How a column gets values of its own: `pg_attribute.attidentity`.
public enum Identity: String, Hashable, Sendable, Codable {
  case always = "a"
  case byDefault = "d"
}

/// A column of a live table.
public struct Column: Hashable, Sendable, Codable {
  /// Its name.
  public var name: Identifier
  /// Its type as `format_type` writes it with `search_path = pg_catalog`.
  public var type: String
  /// Whether it is NOT NULL.
  public var isNotNull: Bool
  /// Its default expression, as `pg_get_expr` writes it.
  public var defaultExpression: String?
  /// Whether it is an identity column, and which.
  public var identity: Identity?
  /// Whether it is GENERATED ALWAYS AS (...) STORED.
  public var isGenerated: Bool
  /// What the role may do on this very column (a privilege on the whole table included).
  public var privileges: Set<Privilege>

  /// Makes a column.
  public init(
    name: Identifier, type: String, isNotNull: Bool = false, defaultExpression: String? = nil,
    identity: Identity? = nil, isGenerated: Bool = false, privileges: Set<Privilege> = []
  ) {
    self.name = name
    self.type = type
    self.isNotNull = isNotNull
    self.defaultExpression = defaultExpression
    self.identity = identity
    self.isGenerated = isGenerated
    self.privileges = privileges
  }

  /// Whether a row may leave it out.
  public var mayBeLeftOut: Bool { !isNotNull || defaultExpression != nil || identity != nil || isGenerated }

  /// Whether the server refuses values for it.
  public var refusesValues: Bool { isGenerated || identity == .always }
}

/// A unique index of a live table.
public struct UniqueIndex: Hashable, Sendable, Codable {
  /// Its name, in the table's schema.
  public var name: Identifier
  /// Its key columns in order; columns of INCLUDE are no part of them. Empty where it has expressions.
  public var columns: [Identifier]
  /// Whether it is the primary key's.
  public var isPrimary: Bool
  /// `indisvalid`: false for the left-over of a failed CREATE INDEX CONCURRENTLY.
  public var isValid: Bool
  /// `indimmediate`: false for a deferrable constraint's.
  public var isImmediate: Bool
  /// Whether it has a WHERE.
  public var isPartial: Bool
  /// Whether a key column is an expression.
  public var hasExpressions: Bool
  /// Whether it is attached to an index of the partitioned table that its table is a partition of.
  public var isAttached: Bool

  /// Makes an index.
  public init(
    name: Identifier, columns: [Identifier], isPrimary: Bool = false, isValid: Bool = true, isImmediate: Bool = true,
    isPartial: Bool = false, hasExpressions: Bool = false, isAttached: Bool = false
  ) {
    self.name = name
    self.columns = columns
    self.isPrimary = isPrimary
    self.isValid = isValid
    self.isImmediate = isImmediate
    self.isPartial = isPartial
    self.hasExpressions = hasExpressions
    self.isAttached = isAttached
  }

  /// Whether ON CONFLICT can rely on it for `key`, in any order of columns.
  public func serves(key: [Identifier]) -> Bool {
    isValid && isImmediate && !isPartial && !hasExpressions && columns.count == key.count && Set(columns) == Set(key)
  }
}

/// A partition of a partitioned table.
public struct Partition: Hashable, Sendable, Codable {
  /// Its name.
  public var name: QualifiedName
  /// The partitioned table that it is a part of: the whole one, or another partition.
  public var parent: QualifiedName
  /// What it is.
  public var kind: RelationKind
  /// Whether the role is the owner, or a member of it: the whole table's owner need not be.
  public var isOwned: Bool
  /// Its unique indexes, by name.
  public var uniqueIndexes: [UniqueIndex]

  /// Makes a partition.
  public init(
    name: QualifiedName, parent: QualifiedName, kind: RelationKind, isOwned: Bool = true,
    uniqueIndexes: [UniqueIndex] = []
  ) {
    self.name = name
    self.parent = parent
    self.kind = kind
    self.isOwned = isOwned
    self.uniqueIndexes = uniqueIndexes
  }
}

/// A relation that exists in a database, as far as a plan looks at it.
public struct Table: Hashable, Sendable, Codable {
  /// Its name.
  public var name: QualifiedName
  /// What it is.
  public var kind: RelationKind
  /// Its `pg_class.oid`: a table that is dropped and made again has another one.
  public var oid: Int
  /// The role that owns it.
  public var owner: Identifier
  /// Whether the connected role (or the authorizer's `role`) is the owner, or a member of it.
  public var isOwned: Bool
  /// Its columns in order, dropped ones left out.
  public var columns: [Column]
  /// Its unique indexes, by name.
  public var uniqueIndexes: [UniqueIndex]
  /// The columns of a partitioned table's partition key; an expression stands as no column.
  public var partitionColumns: [Identifier]
  /// All partitions of a partitioned table, those of its partitions included: each stands behind its parent.
  public var partitions: [Partition]
  /// Whether row-level security applies to the role.
  public var hasRowSecurity: Bool
  /// What the role may do on the whole table.
  public var privileges: Set<Privilege>
  /// Whether the role may grant SELECT on it to others: as its owner, or with a grant option.
  public var maySelectBeGranted: Bool
  /// Of the roles that were asked about, those that may read it, by whatever way: a grant to them, to PUBLIC or to a role
  /// that they inherit from, as its owner, as a superuser.
  public var readers: Set<Identifier>
  /// Whether it surely holds no row; a table of which the role may read nothing is not empty.
  public var isEmpty: Bool
  /// About how many rows it holds, as the last ANALYZE or VACUUM left it; nothing where there was none.
  public var estimatedRows: Int?

  /// Makes a table.
  public init(
    name: QualifiedName, kind: RelationKind = .table, oid: Int = 0, owner: Identifier, isOwned: Bool, columns: [Column],
    uniqueIndexes: [UniqueIndex] = [], partitionColumns: [Identifier] = [], partitions: [Partition] = [],
    hasRowSecurity: Bool = false, privileges: Set<Privilege> = [], maySelectBeGranted: Bool? = nil,
    readers: Set<Identifier> = [], isEmpty: Bool = false, estimatedRows: Int? = nil
  ) {
    self.name = name
    self.kind = kind
    self.oid = oid
    self.owner = owner
    self.isOwned = isOwned
    self.columns = columns
    self.uniqueIndexes = uniqueIndexes
    self.partitionColumns = partitionColumns
    self.partitions = partitions
    self.hasRowSecurity = hasRowSecurity
    self.privileges = privileges
    self.maySelectBeGranted = maySelectBeGranted ?? isOwned
    self.readers = readers
    self.isEmpty = isEmpty
    self.estimatedRows = estimatedRows
  }

  /// The column called `name`, if there is one.
  public func column(_ name: Identifier) -> Column? { columns.firstIndex { $0.name == name }.map { columns[$0] } }

  /// The position of the column called `name`, if there is one.
  ///
  /// - Parameter expected: where it is looked for first, as a flow's columns mostly stand in the table's order.
  public func position(of name: Identifier, near expected: Int) -> Int? {
    if columns.indices.contains(expected), columns[expected].name == name { return expected }
    return columns.firstIndex { $0.name == name }
  }

  /// Whether there is a column called `name`.
  public func hasColumn(_ name: Identifier) -> Bool { columns.contains { $0.name == name } }

  /// The columns of the primary key, in its order, if there is one.
  public var primaryKey: [Identifier]? { uniqueIndexes.first { $0.isPrimary && $0.isValid }?.columns }

  /// Whether the role has `privilege` on `columns`, by the table or by each of them.
  public func grants(_ privilege: Privilege, on columns: [Identifier]) -> Bool {
    privileges.contains(privilege)
      || (!columns.isEmpty && columns.allSatisfy { column($0)?.privileges.contains(privilege) ?? false })
  }
}

/// A schema that exists in a database.
public struct Schema: Hashable, Sendable, Codable {
  /// Its name.
  public var name: Identifier
  /// The role that owns it.
  public var owner: Identifier
  /// What the role may do in it: `usage`, `create`.
  public var privileges: Set<Privilege>
  /// Of the roles that were asked about, those that have USAGE.
  public var readers: Set<Identifier>
  /// What the role may do on tables that others will make in it, by the role that makes them (ALTER DEFAULT PRIVILEGES).
  public var defaultPrivileges: [Identifier: Set<Privilege>]

  /// Makes a schema.
  public init(
    name: Identifier, owner: Identifier, privileges: Set<Privilege>, readers: Set<Identifier> = [],
    defaultPrivileges: [Identifier: Set<Privilege>] = [:]
  ) {
    self.name = name
    self.owner = owner
    self.privileges = privileges
    self.readers = readers
    self.defaultPrivileges = defaultPrivileges
  }
}
