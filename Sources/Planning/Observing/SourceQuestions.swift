public import Catalog
public import Manifests

/// What a flow reads from a database.
public enum SourceObject: Hashable, Sendable {
  case table(QualifiedName)
  /// The query's text, as a plan gives it to the server: what stands for days in it is today.
  case query(String)
}

/// Whether rows can be put in the order of a cursor.
public struct CursorQuestion: Hashable, Sendable {
  public var object: SourceObject
  public var column: Identifier

  /// Makes a question.
  public init(object: SourceObject, column: Identifier) {
    self.object = object
    self.column = column
  }
}

/// What a plan asks of one database about the sources that flows read from it.
public struct SourceQuestions: Hashable, Sendable {
  public var tables: Set<QualifiedName> = []
  public var queries: Set<String> = []
  public var cursors: Set<CursorQuestion> = []

  mutating func add(_ source: PostgresSource) {
    guard let object = source.object else { return }
    switch object {
    case .table(let name): tables.insert(name)
    case .query(let text): queries.insert(text)
    }
    if let cursor = source.cursor {
      cursors.insert(CursorQuestion(object: object, column: Identifier(cursor.column)))
    }
  }
}

extension PostgresSource {
  /// The schema of a table whose name is written without one: a source has no `defaultSchema`.
  static let defaultSchema: Identifier = "public"

  /// What it reads; nothing where its table's name is no name.
  public var object: SourceObject? {
    if let statement { return .query((try? QueryTemplate(statement).planned) ?? statement) }
    return table.flatMap { WrittenName($0) }.map { .table($0.qualified(default: Self.defaultSchema)) }
  }

  /// The relations that it names: its table, or every `schema.name` in its query that may be one.
  public var relationNames: Set<QualifiedName> {
    switch object {
    case .table(let name): [name]
    case .query(let text): QueryNames.pairs(in: text)
    case nil: []
    }
  }

  /// Its query without the semicolons and white space at its end, so that it may stand within another statement.
  public var statement: String? { query.map(SQLLexer.withoutEnd) }
}

extension FlowDesign {
  /// Those of its sources that are in a database.
  var databaseSources: [PostgresSource] {
    sources.compactMap { if case .postgres(let source) = $0.source { source } else { nil } }
  }

  /// Whether a path of its sources stands for days, which are known once the server has said which one it is.
  public var hasDayPaths: Bool {
    sources.contains { if case .files(let source) = $0.source { source.template != nil } else { false } }
  }

  /// Whether days that are counted from today have to do with its rows.
  public var countsDays: Bool { spec.range != nil || hasDayPaths }

  /// The names of all authorizers that the flow needs: its destination's, and its sources'.
  public var authorizers: Set<String> { Set([authorizer] + databaseSources.map(\.authorizer)) }
}
