public import Catalog

/// How a unique index comes to be on a table that others go on reading and writing: one statement after the other, each
/// for itself, as no transaction can hold CREATE INDEX CONCURRENTLY.
public struct IndexBuild: Hashable, Sendable {
  /// One statement of a build.
  public enum Part: Hashable, Sendable {
    /// Drops what a build that was stopped has left: an invalid index, known by the name that apply gives.
    case dropLeftOver(QualifiedName)
    /// Builds the index of a table, or of a partition that has none of its own.
    case build(Identifier, on: QualifiedName)
    /// Makes the index of a partitioned table alone; it is invalid until those of all partitions are attached.
    case declare(Identifier, on: QualifiedName)
    /// Makes a partition's index a part of that of its parent.
    case attach(QualifiedName, to: QualifiedName)
  }

  /// The table.
  public var table: QualifiedName
  /// The columns of the index.
  public var key: [Identifier]
  /// What is left to do, in order.
  public var parts: [Part]
  /// The index.
  public var index: QualifiedName
  /// Whether an earlier apply has begun it.
  public var takesUpWork = false

  /// Works out what is left to do for an index on `key` of `table`, which has none that is of use.
  public init(on table: Table, key: [Identifier]) {
    self.table = table.name
    self.key = key
    index = QualifiedName(schema: table.name.schema, name: .uniqueIndex(on: table.name, key: key))
    parts = []
    let children = Dictionary(grouping: table.partitions) { $0.parent }
    add(table.name, kind: table.kind, indexes: table.uniqueIndexes, children: children)
  }

  /// The schemas in which it makes an index.
  var schemas: Set<Identifier> {
    Set(
      parts.compactMap { part in
        switch part {
        case .build(_, let table), .declare(_, let table): table.schema
        case .dropLeftOver, .attach: nil
        }
      })
  }

  /// The SQL that apply runs for it, one statement each, with its semicolon.
  public var statements: [String] { parts.map { $0.statement(key: key) } }

  private mutating func add(
    _ table: QualifiedName, kind: RelationKind, indexes: [UniqueIndex], children: [QualifiedName: [Partition]]
  ) {
    let name = Identifier.uniqueIndex(on: table, key: key)
    let own = indexes.first { $0.name == name && $0.columns == key }
    if own != nil { takesUpWork = true }
    guard kind == .partitionedTable else {
      if own?.isValid == true { return }
      if own != nil { parts.append(.dropLeftOver(QualifiedName(schema: table.schema, name: name))) }
      parts.append(.build(name, on: table))
      return
    }
    if own == nil { parts.append(.declare(name, on: table)) }
    for child in children[table] ?? [] {
      // A partition that was made since the index of its parent was has one already, by a name of the server's.
      let attached = own == nil ? nil : child.uniqueIndexes.first { $0.columns == key && $0.isAttached }
      if attached?.isValid == true { continue }
      add(child.name, kind: child.kind, indexes: child.uniqueIndexes, children: children)
      if attached != nil { continue }
      let childName = Identifier.uniqueIndex(on: child.name, key: key)
      parts.append(
        .attach(
          QualifiedName(schema: child.name.schema, name: childName),
          to: QualifiedName(schema: table.schema, name: name)))
    }
  }
}

extension IndexBuild.Part {
  /// Its SQL, with its semicolon.
  ///
  /// - Parameter key: the columns of the index.
  public func statement(key: [Identifier]) -> String {
    switch self {
    case .dropLeftOver(let index): "DROP INDEX CONCURRENTLY \(index.sql);"
    case .build(let name, let table):
      "CREATE UNIQUE INDEX CONCURRENTLY \(name.sql) ON \(table.sql) (\(key.sqlList));"
    case .declare(let name, let table): "CREATE UNIQUE INDEX \(name.sql) ON ONLY \(table.sql) (\(key.sqlList));"
    case .attach(let index, let parent): "ALTER INDEX \(parent.sql) ATTACH PARTITION \(index.sql);"
    }
  }
}
