import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import Postgres
import SystemPackage
import TestSupport

/// A project, a database with a ledger, and loads between them.
struct LoadingWorld {
  let project: TemporaryProject
  let database: TestDatabase
  static let target = QualifiedName(schema: "public", name: "t")
  static let ledger = QualifiedName(schema: "public", name: LedgerLayout.tableName)

  /// Makes the ledger and runs `sql`, which makes the target `t`.
  init(_ sql: String, files: [String: String] = [:]) async throws {
    project = try TemporaryProject(files)
    database = TestDatabase.current
    try await database.execute(LedgerLayout.statements(for: Self.ledger).joined(separator: "\n"))
    try await database.execute(sql)
  }

  /// A request to load `path` into `t`; columns are `name type` pairs, taken from the field of the same name.
  func request(
    _ path: String, _ mode: Flow.WriteMode, _ columns: [(String, String)], key: [Identifier] = [],
    change: (inout FileSource) -> Void = { _ in }
  ) -> LoadRequest {
    var source = FileSource()
    source.path = path
    change(&source)
    return request(.files(source), mode, columns, key: key)
  }

  /// A request to load `in.csv` into `t`.
  func request(
    _ mode: Flow.WriteMode, _ columns: [(String, String)], key: [Identifier] = [],
    change: (inout FileSource) -> Void = { _ in }
  ) -> LoadRequest { request("in.csv", mode, columns, key: key, change: change) }

  /// A request to load `source` into `t`.
  func request(
    _ source: Source, _ mode: Flow.WriteMode, _ columns: [(String, String)], key: [Identifier] = []
  ) -> LoadRequest {
    LoadRequest(
      project: "test", flow: "flow", lineage: "lineage", root: project.path, sources: [(nil, source)],
      target: Self.target, ledger: Self.ledger, mode: mode, key: key,
      columns: columns.map { TargetColumn(name: Identifier($0.0), type: $0.1, from: ColumnInput($0.0)) },
      host: "here", sluiceVersion: "0")
  }

  /// Loads on a connection of its own.
  func load(_ request: LoadRequest, as user: String? = nil) async throws -> LoadOutcome {
    let connection = try await database.connect(as: user)
    let outcome = try await Loading.load(request, on: connection)
    await connection.close()
    return outcome
  }

  /// The rows of `t`, each value as text, in the order of `order`.
  func rows(_ columns: String = "*", order: String = "1") async throws -> [[String?]] {
    try await database.rows("SELECT \(raw: columns) FROM t ORDER BY \(raw: order)")
  }

  /// Loads besides another writer, who has done `statement` and commits it once the load waits for that.
  ///
  /// - Parameter query: what the load's statement begins with that waits.
  func load(_ request: LoadRequest, besides statement: String, waiting query: String = "") async throws -> LoadOutcome {
    let other = try await database.connect()
    try await other.perform { try $0.script("BEGIN; " + statement) }
    var request = request
    request.lockTimeout = .seconds(60)
    let patient = request
    async let loading = load(patient)
    // Who waits for the other's row waits for its transaction; locks of other tests' databases are theirs.
    try await database.wait(
      until: """
        EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '\(query)%'
          AND wait_event_type = 'Lock' AND wait_event = 'transactionid')
        """)
    try await other.perform { try $0.script("COMMIT") }
    await other.close()
    return try await loading
  }

  /// The ledger's rows in the order in which they were written, without what differs from run to run.
  func ledgerRows() async throws -> [[String?]] {
    try await database.rows(
      """
      SELECT status, rows_read, rows_inserted, rows_updated, rows_deleted, rows_unchanged, rows_superseded,
        rows_rejected, sql_state, message FROM _sluice_loads ORDER BY finished
      """)
  }
}

extension LoadCounts {
  /// What is not zero: `read 3, inserted 3`.
  var words: String {
    let all = [
      ("read", read), ("inserted", inserted), ("updated", updated), ("deleted", deleted), ("unchanged", unchanged),
      ("superseded", superseded), ("rejected", rejected),
    ]
    return all.filter { $0.1 != 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }
}
