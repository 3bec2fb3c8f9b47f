internal import Catalog
internal import Connecting
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres
internal import State

/// Runs one step on connections of its authorizer.
struct StepRunner: Sendable {
  let step: Step
  let authorizer: Resource<Authorizer>
  let project: Project
  let pool: ConnectionPool
  let report: @Sendable (Event) async -> Void

  /// Runs the step's transaction, and then what no transaction can hold.
  ///
  /// - Returns: what the state records of it, with what the server made of it.
  /// - Throws: `Failure`, after which nothing is done that its diagnostic does not tell; `CrowdedServer` where no
  ///   connection could be opened; `CancellationError`.
  func run() async throws -> AppliedResource? {
    var record = step.record
    let readBack = try await runTransaction()
    if let readBack, var complete = record {
      readBack.complete(&complete, declared: Set(step.columns.filter { $0.defaultSQL != nil }.map(\.name.name)))
      record = complete
    }
    for build in step.operations.compactMap(\.build) {
      try await IndexBuilder(build: build, address: step.address, runner: self).run()
    }
    return record
  }

  /// The table that is read back: a flow's.
  private var table: QualifiedName? {
    guard step.readsBack, let address = Address(step.address), address.kind == .flow,
      let flow = project.flows[address.name]
    else { return nil }
    return project.design(of: flow)?.table
  }

  private func runTransaction() async throws -> ReadBack? {
    let operations = step.operations.filter { $0.build == nil }
    let settings = authorizer.spec.sessionSettings(), table = table
    if operations.isEmpty, table == nil { return nil }
    let columns = step.record?.columns?.map(\.name) ?? []
    let locks = operations.isEmpty ? [] : CatalogLock.locks(on: Set(operations.map(\.table)))
    let question = table.map { ReadBack.query(of: $0, columns: columns) }
    let altersTable = operations.contains { $0.altersTable }
    return try await retrying(on: operations.map(\.table), exclusively: altersTable) { connection in
      try await connection.perform { database in
        let statements = operations.flatMap(\.statements).map { SQL(raw: $0) }
        if case .createLedger(let ledger)? = operations.first {
          try database.transaction(prelude: settings + locks) { database in
            if try Self.isMissing(ledger, on: database) { for statement in statements { try database.run(statement) } }
          }
          return nil
        }
        let rows = try database.transaction(
          prelude: settings + locks, running: statements + (question.map { [$0] } ?? []))
        return question == nil ? nil : rows.last.map { ReadBack($0) }
      }
    }
  }

  /// Whether no other apply has made the ledger since the plan looked: CREATE TABLE IF NOT EXISTS would want the privilege
  /// even then.
  private static func isMissing(_ ledger: QualifiedName, on database: borrowing Database) throws -> Bool {
    try database.rows("SELECT to_regclass(\(value: ledger.sql)::text) IS NULL") { $0.bool(0) } == [true]
  }

  // MARK: Tries

  /// How long to wait before each further try when somebody else holds a lock: meanwhile nobody queues behind this one.
  private static let delays: [Duration] = [.milliseconds(200), .milliseconds(500), .seconds(1)]

  /// Runs `work` on a connection, and again where it did not get a lock in time.
  ///
  /// - Parameters:
  ///   - tables: what is locked.
  ///   - exclusively: whether those who only read are in the way, too.
  func retrying<T: Sendable>(
    on tables: [QualifiedName], exclusively: Bool, _ work: @Sendable (Connection) async throws -> T
  ) async throws -> T {
    var delays = Self.delays[...]
    while true {
      let connection: Connection
      do {
        connection = try await pool.take(authorizer)
      } catch {
        if Task.isCancelled { throw CancellationError() }
        throw CrowdedServer(failure: error)
      }
      do {
        let value = try await work(connection)
        await pool.giveBack(connection, of: authorizer.name)
        return value
      } catch let error as PostgresError {
        guard error.isLockConflict else {
          await pool.discard(connection, of: authorizer.name)
          throw Failure(diagnostic(error))
        }
        let holders = await LockHolder.all(of: tables, exclusively: exclusively, by: connection)
        await pool.giveBack(connection, of: authorizer.name)
        guard let delay = delays.popFirst() else {
          throw Failure(
            .lockTimeout(step.address, error, holders, tries: Self.delays.count + 1, authorizer.spec, at: place))
        }
        await report(.stepWaiting(address: step.address, message: "did not get a lock\(holders.words); trying again"))
        try await Task.sleep(for: delay)
      } catch {
        await pool.discard(connection, of: authorizer.name)
        throw error
      }
    }
  }

  /// Where the manifest has the step's resource.
  var place: Place? { Address(step.address).flatMap { project.places(of: $0) }?.resource }

  func diagnostic(_ error: PostgresError) -> Diagnostic { .step(step.address, error, at: place) }
}

extension PostgresError {
  /// Whether it failed because somebody else held a lock, so that it may well succeed a little later.
  var isLockConflict: Bool { sqlState == "55P03" || sqlState == "40P01" }
}
