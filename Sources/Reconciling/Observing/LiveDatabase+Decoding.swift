internal import Catalog
internal import Planning
internal import Postgres

extension Server {
  /// Reads the row of `CatalogQueries.server`.
  init(_ row: borrowing Row, tls: String?, host: String) {
    let version = row.text(1) ?? ""
    let database = row.text(4) ?? ""
    let system = row.text(11) ?? "unknown"
    self.init(
      versionNumber: row.int(0) ?? 0, version: version.split(separator: " ").first.map(String.init) ?? version,
      tls: tls, role: Identifier(row.text(2) ?? ""), isSuperuser: row.bool(3) ?? false, database: database,
      databaseOwner: Identifier(row.text(5) ?? ""),
      privileges: Set(
        [row.bool(6) == true ? Privilege.create : nil, row.bool(7) == true ? .temporary : nil].compactMap { $0 }),
      isInRecovery: row.bool(8) ?? false, isReadOnly: row.text(9) == "on",
      identity: "\(system)/\(row.text(10) ?? "")/\(database)@\(host.hasPrefix("/") ? "local" : host)",
      login: Identifier(row.text(12) ?? ""),
      memberships: Set((row.textArray(13) ?? []).map { Identifier($0) }))
  }
}

extension Schema {
  /// Reads a row of `CatalogQueries.schemas`.
  init(_ row: borrowing Row) {
    self.init(
      name: Identifier(row.text(0) ?? ""), owner: Identifier(row.text(1) ?? ""),
      privileges: Set(
        [row.bool(2) == true ? Privilege.usage : nil, row.bool(3) == true ? .create : nil].compactMap { $0 }))
    for (maker, privilege) in zip(row.textArray(4) ?? [], row.textArray(5) ?? []) {
      guard let privilege = Privilege(rawValue: privilege) else { continue }
      defaultPrivileges[Identifier(maker), default: []].insert(privilege)
    }
  }
}

/// A row of `CatalogQueries.readers`.
struct ReaderAnswer {
  var question: ReaderQuestion
  var maySchema: Bool
  var mayTable: Bool

  init(_ row: borrowing Row) {
    question = ReaderQuestion(table: QualifiedName(row), role: Identifier(row.text(2) ?? ""))
    maySchema = row.bool(3) ?? false
    mayTable = row.bool(4) ?? false
  }
}

extension LiveDatabase {
  /// Takes an answer in.
  mutating func add(_ answer: ReaderAnswer) {
    let (table, role) = (answer.question.table, answer.question.role)
    if answer.maySchema { schemas[table.schema]?.readers.insert(role) }
    if answer.mayTable { tables[table]?.readers.insert(role) }
  }
}

extension QualifiedName {
  /// Reads a schema's and a relation's name from a row's first two columns.
  init(_ row: borrowing Row) {
    self.init(schema: Identifier(row.text(0) ?? ""), name: Identifier(row.text(1) ?? ""))
  }
}

extension Table {
  /// Reads a row of `CatalogQueries.relations`; columns and indexes come by rows of their own.
  init?(_ row: borrowing Row) {
    guard let kind = row.text(2).flatMap(RelationKind.init) else { return nil }
    self.init(
      name: QualifiedName(row), kind: kind, oid: row.int(9) ?? 0, owner: Identifier(row.text(3) ?? ""),
      isOwned: row.bool(4) ?? false,
      columns: [], partitionColumns: (row.textArray(7) ?? []).map { Identifier($0) },
      hasRowSecurity: row.bool(5) ?? false, privileges: Set((row.textArray(6) ?? []).compactMap(Privilege.init)),
      maySelectBeGranted: row.bool(8), estimatedRows: row.int(10).flatMap { $0 < 0 ? nil : $0 })
  }
}

/// The columns of many tables, in the order in which the tables were asked for.
struct ColumnsByTable {
  private(set) var columns: [[Column]]
  /// Many columns have one type, whose name is long: each is kept once.
  private var types: [String: String] = [:]

  init(tables: Int) { columns = Array(repeating: [], count: tables) }

  /// Takes the rows of `CatalogQueries.columns` in.
  mutating func add(_ rows: Rows) {
    rows.forEach { row in
      guard let position = row.int(0), columns.indices.contains(position - 1) else { return }
      columns[position - 1].append(Column(row, type: kept(row.text(2) ?? "")))
    }
  }

  private mutating func kept(_ type: String) -> String {
    if let known = types[type] { return known }
    types[type] = type
    return type
  }
}

extension [QualifiedName: Table] {
  /// Reads the rows of `CatalogQueries.relations`, asked of the tables `names`.
  init(tables rows: Rows, _ names: [QualifiedName], _ columns: ColumnsByTable) {
    self.init(minimumCapacity: rows.count)
    rows.forEach { row in
      guard let table = Table(row) else { return }
      self[table.name] = table
    }
    for (name, columns) in zip(names, columns.columns) where !columns.isEmpty { self[name]?.columns = columns }
  }
}

extension Column {
  /// Reads a row of `CatalogQueries.columns`, whose type is read already.
  init(_ row: borrowing Row, type: String) {
    let isGenerated = row.text(6) == "s"
    self.init(
      name: Identifier(row.text(1) ?? ""), type: type, isNotNull: row.bool(3) ?? false,
      defaultExpression: isGenerated ? nil : row.text(4), identity: row.text(5).flatMap(Identity.init),
      isGenerated: isGenerated, privileges: row.textArray(7).map { Set($0.compactMap(Privilege.init)) } ?? [])
  }
}

extension UniqueIndex {
  /// Reads a row of `CatalogQueries.uniqueIndexes`; its name stands in `column`, and what it is behind that.
  init(_ row: borrowing Row, from column: Int = 2) {
    self.init(
      name: Identifier(row.text(column) ?? ""), columns: (row.textArray(column + 1) ?? []).map { Identifier($0) },
      isPrimary: row.bool(column + 2) ?? false, isValid: row.bool(column + 3) ?? false,
      isImmediate: row.bool(column + 4) ?? false, isPartial: row.bool(column + 5) ?? false,
      hasExpressions: row.bool(column + 6) ?? false, isAttached: row.bool(column + 7) ?? false)
  }
}

extension Partition {
  /// Reads a row of `CatalogQueries.partitions`, with one of its indexes.
  init(_ row: borrowing Row) {
    self.init(
      name: QualifiedName(schema: Identifier(row.text(2) ?? ""), name: Identifier(row.text(3) ?? "")),
      parent: QualifiedName(schema: Identifier(row.text(4) ?? ""), name: Identifier(row.text(5) ?? "")),
      kind: row.text(6).flatMap(RelationKind.init) ?? .foreignTable, isOwned: row.bool(15) ?? false,
      uniqueIndexes: row.text(7) == nil ? [] : [UniqueIndex(row, from: 7)])
  }
}

extension Table {
  /// Takes a partition with one of its indexes; those of one partition come one after the other.
  mutating func add(_ partition: Partition) {
    if let last = partitions.indices.last, partitions[last].name == partition.name {
      partitions[last].uniqueIndexes += partition.uniqueIndexes
    } else {
      partitions.append(partition)
    }
  }
}
