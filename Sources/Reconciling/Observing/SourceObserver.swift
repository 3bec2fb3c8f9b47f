internal import Catalog
internal import JSON
internal import Planning
internal import Postgres

/// Answers the questions about sources, as parts of the two round trips of a `DatabaseObserver`.
///
/// A query is the user's own SQL: it is parsed, described and EXPLAINed, in READ ONLY transactions and by the extended
/// protocol, which takes one statement, and it is never run. Each stands behind a savepoint of its own.
struct SourceObserver {
  /// What every transaction begins with.
  private let opening: [SQL]
  private let queries: [String]
  private let cursors: [CursorQuestion]
  private let tables: Set<QualifiedName>

  private static let explain = "EXPLAIN (FORMAT JSON, COSTS OFF) "

  init(_ questions: SourceQuestions, opening: [SQL]) {
    // Nobody waits long here: neither for the planner, nor for a table that somebody alters.
    self.opening = opening + ["SET LOCAL statement_timeout = '10s'", "SET LOCAL lock_timeout = '1s'"]
    // The server takes no NUL.
    queries = questions.queries.filter { !$0.unicodeScalars.contains("\0") }.sorted()
    cursors = questions.cursors.filter { question in
      if case .query(let text) = question.object { !text.unicodeScalars.contains("\0") } else { true }
    }
    tables = questions.tables
  }

  // MARK: The first round trip

  /// Has each query described, and asks whether rows can be put in the order of each cursor.
  var descriptions: [PipelineItem] {
    if queries.isEmpty, cursors.isEmpty { return [] }
    let statements = queries.map { SQL(raw: $0) } + cursors.map(Self.order)
    return opening.map { .query($0) } + statements.flatMap { PipelineItem.apart(.describe($0, sync: true)) }
      + [.query("ROLLBACK", sync: true)]
  }

  /// Takes the answers to `descriptions` in.
  func take(descriptions results: some Sequence<PipelineResult>, into sources: inout LiveSources) -> [String: Described]
  {
    var answers = ApartAnswers(results, after: opening.count)
    var described: [String: Described] = [:]
    for query in queries {
      switch answers.next() {
      case .description(_, let parameters) where !parameters.isEmpty:
        sources.queries[query] = QueryObservation(problem: .takesParameters)
      case .description(let columns, _) where columns.isEmpty:
        sources.queries[query] = QueryObservation(problem: .givesNothing)
      case .description(let columns, _): described[query] = Described(columns: columns)
      case .failure(let error): sources.queries[query] = QueryObservation(problem: .init(error))
      case .rows, .skipped, nil: break
      }
    }
    for question in cursors {
      // Whatever else is wrong with it is said of the query or the table.
      guard case .failure(let error)? = answers.next(), error.sqlState == "42883" else { continue }
      sources.unorderable[question] = error.message
    }
    return described
  }

  /// A query that the server can parse.
  struct Described {
    fileprivate var columns: [ColumnDescription]
  }

  private static func order(by question: CursorQuestion) -> SQL {
    let rows: SQL =
      switch question.object {
      case .table(let name): "\(name: name)"
      case .query(let text): "(\(raw: text)\n)"
      }
    let column: SQL = "s.\(identifier: question.column)"
    return "SELECT FROM \(sql: rows) AS s WHERE \(sql: column) >= \(sql: column) ORDER BY \(sql: column)"
  }

  // MARK: The second round trip

  /// Asks for the names of types and, where something is missing, of tables; EXPLAINs the queries, as only that checks
  /// privileges.
  func looks(at described: [String: Described], in live: LiveDatabase) -> [PipelineItem] {
    let isMissing = isSomethingMissing(in: live)
    if described.isEmpty, !isMissing { return [] }
    let types = Self.types(of: described)
    let lookups =
      [CatalogQueries.types(types.map { ($0.type, $0.modifier) })] + (isMissing ? [CatalogQueries.readable] : [])
    return opening.map { .query($0) } + lookups.map { .query($0, sync: true) }
      + described.keys.sorted().flatMap { PipelineItem.apart(.query(SQL(raw: Self.explain + $0), sync: true)) }
      + [.query("ROLLBACK", sync: true)]
  }

  /// Takes the answers to `looks` in.
  func take(
    looks results: some Sequence<PipelineResult>, at described: [String: Described], into live: inout LiveDatabase
  ) throws {
    let isMissing = isSomethingMissing(in: live)
    if described.isEmpty, !isMissing { return }
    var rest = Array(results)[opening.count...]
    let types = Self.types(of: described)
    let names = try rest.removeFirst().rows().map { $0.text(0) ?? "text" }
    let spelled = Dictionary(zip(types, names)) { first, _ in first }
    if isMissing { live.sources.readable = try rest.removeFirst().rows().map { QualifiedName($0) } }
    var answers = ApartAnswers(rest, after: 0)
    for (query, description) in described.sorted(by: { $0.key < $1.key }) {
      let columns = description.columns.map { column in
        QueryObservation.Column(
          name: column.name, type: spelled[TypeKey(type: column.type, modifier: column.typeModifier)] ?? "text")
      }
      live.sources.queries[query] = QueryObservation(columns: columns, problem: Self.problem(answers.next()))
    }
  }

  private func isSomethingMissing(in live: LiveDatabase) -> Bool {
    tables.contains { live.tables[$0] == nil }
      || live.sources.queries.values.contains { query in
        if case .refused(let refusal) = query.problem { refusal.isOfMissingTable } else { false }
      }
  }

  private static func problem(_ answer: PipelineResult?) -> QueryProblem? {
    do {
      guard let text = try answer?.rows().map({ $0.text(0) ?? "" }).joined(separator: "\n") else { return nil }
      return try JSONValue(parsing: text).changesRows ? .changes : nil
    } catch let error as PostgresError {
      return QueryProblem(error, offset: explain.unicodeScalars.count)
    } catch { return .notFoundOut("\(error)") }
  }

  private struct TypeKey: Hashable {
    var type: UInt32
    var modifier: Int32
  }

  private static func types(of described: [String: Described]) -> [TypeKey] {
    Set(described.values.flatMap(\.columns).map { TypeKey(type: $0.type, modifier: $0.typeModifier) })
      .sorted { ($0.type, $0.modifier) < ($1.type, $1.modifier) }
  }
}

extension QueryProblem {
  /// - Parameter offset: how many characters stand before the query in the statement that failed.
  fileprivate init(_ error: PostgresError, offset: Int = 0) {
    if error.sqlState == "57014" || error.sqlState == "55P03" {
      self = .notFoundOut(error.message)
      return
    }
    self = .refused(
      ServerRefusal(
        sqlState: error.sqlState ?? "", message: error.message, detail: error.detail, hint: error.hint,
        position: error.position.map { $0 - offset }.flatMap { $0 > 0 ? $0 : nil }))
  }
}

extension JSONValue {
  /// Whether some node of an EXPLAINed plan changes rows, or locks them.
  fileprivate var changesRows: Bool {
    if let node = self["Node Type"]?.stringValue, node == "ModifyTable" || node == "LockRows" { return true }
    return arrayValue?.contains { $0.changesRows } ?? objectValue?.contains { $0.value.changesRows } ?? false
  }
}
