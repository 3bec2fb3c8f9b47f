internal import Catalog
internal import Connecting
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres

/// Builds a unique index beside those who write, in a session of its own.
struct IndexBuilder: Sendable {
  let build: IndexBuild
  let address: String
  let runner: StepRunner

  private var authorizer: Resource<Authorizer> { runner.authorizer }
  private var pool: ConnectionPool { runner.pool }

  /// How long a build may take before the user is told how far it is, and how long between that.
  private static let patience = Duration.seconds(3), interval = Duration.seconds(10)

  /// Runs what is left of the build.
  ///
  /// - Throws: `Failure`, after the index that was under way is dropped again; `CancellationError`, likewise.
  func run() async throws {
    let connection: Connection
    do {
      connection = try await pool.take(authorizer)
    } catch { throw CrowdedServer(failure: error) }
    do {
      let pid = try await open(connection)
      for part in build.parts { try await run(part, on: connection, pid: pid) }
      try await check(on: connection)
      // The session has settings and a lock of its own: it ends here.
      await pool.discard(connection, of: authorizer.name)
    } catch {
      await pool.discard(connection, of: authorizer.name)
      if let error = error as? PostgresError { throw Failure(runner.diagnostic(error)) }
      throw error
    }
  }

  // MARK: The session

  /// What the session runs as and with; the same as SET LOCAL gives a transaction, but that nobody queues behind a build
  /// that waits, so that it may wait as long as it must.
  private var settings: [SQL] {
    var settings: [SQL] = []
    if let role = authorizer.spec.role { settings.append("SET ROLE \(identifier: Identifier(role))") }
    settings += ["SET search_path = pg_catalog", "SET lock_timeout = 0", "SET idle_session_timeout = 0"]
    return settings
  }

  /// Sets the session up, and takes the lock of those who build on this table; it goes with the session.
  ///
  /// - Returns: the process that serves it.
  private func open(_ connection: Connection) async throws -> Int {
    let number = CatalogLock.buildNumber(of: build.table), settings = settings
    let (pid, server) = try await connection.perform { database in
      (database.backendPID, try database.rows("SELECT pg_backend_pid()") { $0.int(0) ?? 0 })
    }
    // A pooler makes up the number that it gives its clients, and hands each transaction to whichever session is free.
    if server != [pid] { throw Failure(.pooled(address, build.statements, authorizer.name, at: runner.place)) }
    let isFree = try await connection.perform { database in
      // idle_session_timeout is newer than the oldest server: one that does not know it does without.
      for setting in settings where !(setting.text.contains("idle_session") && database.serverVersion < 140_000) {
        try database.run(setting)
      }
      return try database.rows("SELECT pg_try_advisory_lock(\(value: number)::bigint)") { $0.bool(0) } == [true]
    }
    if !isFree { throw Failure(.indexBeingBuilt(address, build.table.sql, at: runner.place)) }
    return pid
  }

  // MARK: Parts

  private func run(_ part: IndexBuild.Part, on connection: Connection, pid: Int) async throws {
    let statement = part.statement(key: build.key)
    switch part {
    case .dropLeftOver(let index):
      let isThere = try await connection.perform { database in
        try database.rows(Self.validity(of: index)) { $0.bool(0) ?? false }
      }
      if isThere.isEmpty { return }
      guard isThere == [false] else { throw Failure(changed("index \(index.sql) is in use by now")) }
      try await connection.perform { _ = try $0.run(SQL(raw: statement)) }
    case .build(let name, let table):
      try await buildIndex(QualifiedName(schema: table.schema, name: name), statement, on: connection, pid: pid)
    case .declare(_, let table), .attach(_, let table):
      let settings = authorizer.spec.sessionSettings() + CatalogLock.locks(on: [build.table])
      try await runner.retrying(on: [build.table, table], exclusively: false) { connection in
        try await connection.perform { _ = try $0.transaction(prelude: settings, running: [SQL(raw: statement)]) }
      }
    }
  }

  /// Others may be in its way just as it is in theirs; who loses begins anew.
  private static let tries = 3

  private func buildIndex(
    _ index: QualifiedName, _ statement: String, on connection: Connection, pid: Int
  ) async throws {
    for attempt in 1... {
      do {
        return try await run(statement, building: index, on: connection, pid: pid)
      } catch {
        let failure = error as? PostgresError
        // Somebody else's, as this session makes an index of this name only where there is none.
        if failure?.sqlState == "42P07" { throw error }
        let isDropped = await dropLeftOver(index, ownerIsGone: failure?.isConnectionLost ?? false)
        guard let failure else { throw error }
        if failure.isLockConflict, isDropped, attempt < Self.tries { continue }
        throw Failure(failed(failure, index, isDropped: isDropped))
      }
    }
  }

  private func run(
    _ statement: String, building index: QualifiedName, on connection: Connection, pid: Int
  ) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await connection.perform { _ = try $0.run(SQL(raw: statement)) }
        return true
      }
      group.addTask {
        await tellProgress(of: index, pid: pid)
        return false
      }
      defer { group.cancelAll() }
      while let isBuilt = try await group.next() { if isBuilt { return } }
    }
  }

  /// Whether the index is what the flow needs, now that all is done: a partition may have come since the plan.
  private func check(on connection: Connection) async throws {
    let index = build.index
    let found = try await connection.perform { database in
      try database.rows(Self.validity(of: index)) { $0.bool(0) ?? false }
    }
    if found != [true] { throw Failure(changed("index \(index.sql) is not valid: partitions have come or gone")) }
  }

  private static func validity(of index: QualifiedName) -> SQL {
    "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(\(value: index.sql)::text)"
  }

  // MARK: When it fails

  /// Drops what the build has left; it is no part of the caller's cancelling.
  ///
  /// - Parameter ownerIsGone: whether the building session was lost, so that the server may be at it still.
  /// - Returns: whether nothing of it is left.
  private func dropLeftOver(_ index: QualifiedName, ownerIsGone: Bool) async -> Bool {
    let number = CatalogLock.buildNumber(of: build.table), settings = settings
    return await Task { [pool, authorizer] in
      guard let connection = try? await pool.take(authorizer) else { return false }
      let isDropped = try? await connection.perform { database in
        for setting in settings where !setting.text.contains("idle_session") { try database.run(setting) }
        try database.run("SET statement_timeout = '10s'")
        if ownerIsGone {
          let isFree: SQL = "SELECT pg_try_advisory_lock(\(value: number)::bigint)"
          guard try database.rows(isFree, { $0.bool(0) }) == [true] else { return false }
        }
        if try database.rows(Self.validity(of: index), { $0.bool(0) }) == [false] {
          try database.run("DROP INDEX CONCURRENTLY \(name: index)")
        }
        return true
      }
      await pool.discard(connection, of: authorizer.name)
      return isDropped ?? false
    }.value
  }

  private func failed(_ error: PostgresError, _ index: QualifiedName, isDropped: Bool) -> Diagnostic {
    var diagnostic = runner.diagnostic(error)
    if error.sqlState == "23505" {
      let key = build.key.map(\.sql).joined(separator: ", ")
      diagnostic.help += [
        "rows of \(build.table.sql) have the same key; to see them all, run:",
        "SELECT \(key), count(*) FROM \(build.table.sql) GROUP BY \(key) HAVING count(*) > 1;",
      ]
    }
    diagnostic.help.append(
      isDropped
        ? "the index that was begun is dropped again"
        : "the invalid index \(index.sql) is left: the next apply drops it")
    return diagnostic
  }

  private func changed(_ what: String) -> Diagnostic {
    Diagnostic(
      .error, "changed-since-plan", "\(address): the database has changed since the plan was made: \(what)",
      at: runner.place, help: ["plan again, and apply that"])
  }

  // MARK: Progress

  /// Tells how far a build is that takes long, until it is cancelled.
  private func tellProgress(of index: QualifiedName, pid: Int) async {
    guard (try? await Task.sleep(for: Self.patience)) != nil, let connection = try? await pool.take(authorizer) else {
      return
    }
    while !Task.isCancelled {
      let words = try? await connection.perform { database in
        try database.rows(Self.progress(of: pid)) { Self.words($0) }.first
      }
      let message = "building unique index \(index.name.sql) on \(build.table.sql)" + (words.map { ": \($0)" } ?? "")
      if !Task.isCancelled { await runner.report(.stepWaiting(address: address, message: message)) }
      try? await Task.sleep(for: Self.interval)
    }
    await pool.discard(connection, of: authorizer.name)
  }

  private static func progress(of pid: Int) -> SQL {
    """
    SELECT phase, CASE WHEN tuples_total > 0 THEN tuples_done * 100 / tuples_total
        WHEN blocks_total > 0 THEN blocks_done * 100 / blocks_total END,
      nullif(current_locker_pid, 0)
    FROM pg_stat_progress_create_index WHERE pid = \(value: pid)
    """
  }

  private static func words(_ row: borrowing Row) -> String {
    var words = row.text(0) ?? ""
    if let percent = row.int(1) { words += ", \(percent) %" }
    if let locker = row.int(2) { words += ", waiting for process \(locker)" }
    return words
  }
}
