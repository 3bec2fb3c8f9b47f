public import Catalog
public import Manifests
public import State

/// What a plan asks of one database. Its size grows with the project; the number of round trips to answer it does not.
public struct Questions: Hashable, Sendable {
  /// Relations to look for: flows' tables and ledgers, and what flows read from.
  public var tables: Set<QualifiedName> = []
  /// Types, as written in manifests, for the server to normalise.
  public var types: Set<String> = []
  /// Those of `tables` that are ledgers.
  public var ledgers: Set<QualifiedName> = []
  /// Roles that should be able to read tables.
  public var readers: Set<ReaderQuestion> = []
  /// The declared columns of each table.
  public var columns: [QualifiedName: [Identifier]] = [:]
  /// Those of `tables` whose columns or key are not declared, or not all of them.
  public var open: Set<QualifiedName> = []
  /// Keys for which a unique index is wished.
  public var keys: Set<KeyQuestion> = []
  /// Defaults written as SQL, of columns that are wished for.
  public var defaults: Set<DefaultQuestion> = []
  /// Those of `tables` whose flows go: how many rows stay in them.
  public var counts: Set<QualifiedName> = []
  /// Time zones in which it should say which day it is.
  public var zones: Set<String> = []
  /// What flows read from this database.
  public var sources = SourceQuestions()

  /// No question.
  public init() {}

  /// What a plan of `scope` asks of each authorizer, by its name.
  public static func of(_ scope: Scope, state: AppliedState?) -> [String: Questions] {
    let project = scope.project
    var questions = project.authorizers.filter { scope.contains(Address(.authorizer, $0.key)) }
      .mapValues { _ in Questions() }
    for design in scope.designs {
      questions[design.authorizer, default: Questions()].add(design)
      for source in design.databaseSources where project.authorizers[source.authorizer] != nil {
        questions[source.authorizer, default: Questions()].add(source)
      }
    }
    for (address, resource) in scope.gone(from: state) where address.kind == .flow {
      guard let authorizer = state?.authorizer(of: address), questions[authorizer] != nil,
        let table = resource.table.flatMap({ WrittenName($0) })?.qualified(default: "public")
      else { continue }
      questions[authorizer]?.tables.insert(table)
      questions[authorizer]?.counts.insert(table)
    }
    return questions
  }

  mutating func add(_ source: PostgresSource) {
    sources.add(source)
    switch source.object {
    case .table(let name): tables.insert(name)
    case .query(let text): tables.formUnion(QueryNames.pairs(in: text))
    case nil: break
    }
  }

  private mutating func add(_ design: FlowDesign) {
    tables.insert(design.table)
    tables.insert(design.ledger)
    if design.countsDays { zones.insert(design.spec.timezone) }
    ledgers.insert(design.ledger)
    tables.formUnion(design.lookupTables.map(\.table))
    readers.formUnion(design.readers.map { ReaderQuestion(table: design.table, role: $0) })
    let declared = design.spec.columns?.columns ?? []
    columns[design.table, default: []] += declared.map { Identifier($0.name) }
    let isKeyOpen = design.spec.writeMode == .upsert && design.spec.key == nil
    if isKeyOpen || design.spec.columns?.takesRest ?? true { open.insert(design.table) }
    for column in declared {
      types.insert(column.type)
      if case .sql(let expression) = column.default {
        defaults.insert(
          DefaultQuestion(table: design.table, column: Identifier(column.name), expression: expression))
      }
    }
    if design.spec.writeMode == .upsert, let key = design.spec.key {
      keys.insert(KeyQuestion(table: design.table, key: key.map { Identifier($0) }))
    }
  }

  /// The tables that exist and lack what a flow wants, now that they are known: of those alone it matters whether they
  /// hold rows.
  public func tablesThatLack(in tables: LiveTables) -> [QualifiedName] {
    var lacking = open.filter { tables[$0]?.kind.takesLoads == true }
    for (name, columns) in columns {
      guard let table = tables[name], table.kind.takesLoads else { continue }
      let lacks = columns.enumerated().contains { table.position(of: $1, near: $0) == nil }
      if lacks { lacking.insert(name) }
    }
    for question in keys {
      guard let table = tables[question.table], table.kind.takesLoads else { continue }
      if !table.uniqueIndexes.contains(where: { $0.serves(key: question.key) }) { lacking.insert(question.table) }
    }
    return lacking.sorted()
  }

  /// The keys to look for duplicates of, now that the tables are known: only those that an index would be built for, on
  /// rows that the role may read.
  public func openKeys(in tables: LiveTables) -> [KeyQuestion] {
    keys.filter { question in
      guard let table = tables[question.table], table.kind.takesLoads else { return false }
      guard !table.uniqueIndexes.contains(where: { $0.serves(key: question.key) }) else { return false }
      return question.key.allSatisfy { table.hasColumn($0) } && table.grants(.select, on: question.key)
    }.sorted { ($0.table, $0.key.sqlList) < ($1.table, $1.key.sqlList) }
  }
}

extension Questions {
  /// The defaults to look at, now that the tables are known: those of columns that would be made.
  public func openDefaults(in tables: LiveTables) -> [String] {
    Set(
      defaults.filter { question in
        guard let table = tables[question.table] else { return true }
        return table.kind.takesLoads && !table.hasColumn(question.column)
      }.map(\.expression)
    ).sorted()
  }
}

extension Scope {
  /// The flows whose sources a plan looks into: those that are new or changed, those that go into another table now,
  /// those whose columns are not known, and those of `--reinfer`.
  public func flowsToInspect(state: AppliedState?) -> [FlowDesign] {
    designs.filter { design in
      guard let recorded = state?.resources[design.address.description], recorded.columns != nil else { return true }
      return design.isReinferred || !design.flow.isWritten(as: recorded.spec) || recorded.table != design.tableSQL
    }
  }
}

extension Observation {
  /// Which day it is for a flow, by the clock of the server that it writes to; nothing where that was not reached.
  public func today(of design: FlowDesign) -> CivilDate? { live(design.authorizer)?.today[design.spec.timezone] }

  /// Whether neither the manifest, nor the state, nor the table in the database that was looked at says which columns a
  /// flow has.
  public func leavesColumnsOpen(_ design: FlowDesign, state: AppliedState?) -> Bool {
    guard let live = live(design.authorizer) else { return false }
    let recorded = state?.resources[design.address.description]
    return ColumnResolution(design, recorded: recorded, live: live, source: nil).isOpen
  }
}
