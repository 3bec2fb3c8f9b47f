internal import Catalog
public import Connecting
public import Diagnostics
public import Manifests
public import Planning
internal import Postgres
public import State

/// Reads what the ledgers tell of flows; each authorizer is asked once.
public struct LedgerReader: Sendable {
  private let flows: [AppliedFlow]
  let project: String
  let lineage: String
  private let connector: any Connector

  /// Makes a reader.
  ///
  /// - Parameters:
  ///   - flows: what was applied, of which is asked.
  ///   - project: the project's name.
  ///   - lineage: the state's: loads of another one are not these flows'.
  init(_ flows: [AppliedFlow], project: String, lineage: String, connector: some Connector) {
    self.flows = flows
    self.project = project
    self.lineage = lineage
    self.connector = connector
  }

  /// Makes a reader of flows as they were applied.
  ///
  /// - Parameters:
  ///   - project: the project as it was applied.
  ///   - names: of which of its flows is asked; nothing for all.
  /// - Throws: `Failure` where the state holds a flow without what the flow needs.
  public init(
    _ project: Project, _ state: AppliedState, names: [String]? = nil, connector: some Connector
  ) throws(Failure) {
    let all = try AppliedFlow.all(of: project, in: state)
    let flows = names.map { $0.compactMap { all[$0] } } ?? all.values.sorted { $0.name < $1.name }
    self.init(flows, project: project.name, lineage: state.lineage, connector: connector)
  }

  /// How each flow stands, by name, and why that is not known of others.
  ///
  /// - Throws: `CancellationError`.
  public func statuses() async throws -> (statuses: [FlowStatus], diagnostics: [Diagnostic]) {
    let (found, diagnostics) = try await asking { database, flows, settings in
      try database.transaction(readOnly: true, prelude: settings) { database in
        try statuses(of: flows, on: database)
      }
    }
    return (found.flatMap { $0 }.sorted { $0.flow < $1.flow }, diagnostics)
  }

  /// The slots that are due, by flow, and of the flows that have one those that are passed over: as they are broken, and a
  /// run by hand has to load them first, or as somebody has paused them.
  ///
  /// - Throws: `Failure` where a ledger cannot be read; `CancellationError`.
  public func dueSlots() async throws -> (slots: [String: String], broken: [String], paused: [String: RecordedLoad]) {
    let (statuses, diagnostics) = try await statuses()
    if !diagnostics.isEmpty { throw Failure(diagnostics) }
    var slots: [String: String] = [:]
    var paused: [String: RecordedLoad] = [:]
    for status in statuses where status.dueSlot != nil {
      if status.isDue { slots[status.flow] = status.dueSlot }
      if status.isEnabled { paused[status.flow] = status.paused }
    }
    let broken = statuses.filter { $0.isEnabled && $0.isBroken && $0.paused == nil && $0.dueSlot != nil }
    return (slots, broken.map(\.flow), paused)
  }

  /// The flows that somebody has paused, each with who did.
  ///
  /// A flow whose ledger cannot be read is none of them: its load will say what is wrong.
  /// - Throws: `CancellationError`.
  public func paused() async throws -> [String: RecordedLoad] {
    let (found, _) = try await asking { database, flows, settings in
      try database.transaction(readOnly: true, prelude: settings) { database in
        try byLedger(flows).flatMap { ledger, flows in try marks(of: flows, in: ledger, on: database) }
      }
    }
    return found.joined().reduce(into: [:]) { paused, mark in
      paused[mark.flow] = mark.load.status == .paused ? mark.load : nil
    }
  }

  /// The last loads of each flow, and who paused and resumed it, the newest first.
  ///
  /// - Parameter limit: how many of each.
  /// - Throws: `Failure`; `CancellationError`.
  public func history(limit: Int) async throws -> [String: [RecordedLoad]] {
    let (found, diagnostics) = try await asking { database, flows, settings in
      try database.transaction(readOnly: true, prelude: settings) { database in
        try byLedger(flows).flatMap { ledger, flows in
          try database.rows(loads(of: flows, in: ledger, limit: limit)) { row in
            (flow: row.text(0) ?? "", load: RecordedLoad(row, from: 1))
          }
        }
      }
    }
    if !diagnostics.isEmpty { throw Failure(diagnostics) }
    return Dictionary(grouping: found.flatMap { $0 }, by: \.flow).mapValues { loads in
      Array(loads.map(\.load).sorted { $0.age < $1.age }.prefix(limit))
    }
  }

  /// The last load of each flow.
  ///
  /// - Throws: `Failure` where a ledger cannot be read; `CancellationError`.
  func lastLoads() async throws -> [String: LastLoad] {
    let (found, diagnostics) = try await asking { database, flows, settings in
      let statements = byLedger(flows).map { ledger, flows -> SQL in
        """
        SELECT f.flow, l.status, extract(epoch FROM l.finished)
        FROM \(sql: newest(of: flows, in: ledger, limit: 1, where: "status IN ('loaded', 'empty', 'failed')"))
        """
      }
      return try database.transaction(prelude: settings, running: statements).flatMap { rows in
        rows.map { row in
          let finished = row.text(2).flatMap(Double.init) ?? 0
          return (flow: row.text(0) ?? "", load: LastLoad(hasFailed: row.text(1) == "failed", finished: finished))
        }
      }
    }
    if !diagnostics.isEmpty { throw Failure(diagnostics) }
    // A flow that was renamed has loads under each of its names.
    return Dictionary(found.joined().map { ($0.flow, $0.load) }) { $0.finished > $1.finished ? $0 : $1 }
  }

  /// Asks each authorizer, side by side.
  func asking<T: Sendable>(
    _ question: @escaping @Sendable (borrowing Database, [AppliedFlow], [SQL]) throws -> T
  ) async throws -> (found: [T], diagnostics: [Diagnostic]) {
    try await withThrowingTaskGroup(of: Result<T, Failure>.self) { group in
      for flows in Dictionary(grouping: flows, by: \.design.authorizer).values {
        group.addTask { try await ask(flows, question) }
      }
      var found: [T] = []
      var diagnostics: [Diagnostic] = []
      for try await result in group {
        switch result {
        case .success(let value): found.append(value)
        case .failure(let failure): diagnostics += failure.diagnostics
        }
      }
      return (found, diagnostics.sorted())
    }
  }

  private func ask<T: Sendable>(
    _ flows: [AppliedFlow], _ question: @escaping @Sendable (borrowing Database, [AppliedFlow], [SQL]) throws -> T
  ) async throws -> Result<T, Failure> {
    let authorizer = flows[0].authorizer
    let connection: Connection
    do {
      connection = try await connector.open(authorizer)
    } catch {
      try Task.checkCancellation()
      return .failure(error)
    }
    let result: Result<T, any Error>
    do {
      result = .success(
        try await connection.perform { database in
          try question(database, flows, authorizer.spec.sessionSettings())
        })
    } catch { result = .failure(error) }
    await connection.close()
    do {
      return .success(try result.get())
    } catch let error as PostgresError {
      return .failure(.ledgers(of: authorizer, error))
    }
  }

  // MARK: Statements

  func byLedger(_ flows: [AppliedFlow]) -> [(QualifiedName, [AppliedFlow])] {
    Dictionary(grouping: flows, by: \.design.ledger).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The rows of `flows`, each under each of its names.
  private func loads(of flows: [AppliedFlow], in ledger: QualifiedName, limit: Int, where condition: SQL = "true")
    -> SQL
  {
    """
    SELECT f.flow, \(sql: RecordedLoad.columns)
    FROM \(sql: newest(of: flows, in: ledger, limit: limit, where: condition))
    """
  }

  /// The flows as `f`, with their newest rows as `l`: by the index, however many there are.
  private func newest(
    of flows: [AppliedFlow], in ledger: QualifiedName, limit: Int, where condition: SQL = "true"
  ) -> SQL {
    """
    unnest(\(sql: names(of: flows))) AS f (flow, name), LATERAL (
      SELECT * FROM \(name: ledger)
      WHERE project = \(value: project) AND flow = f.name AND lineage = \(value: lineage) AND \(sql: condition)
      ORDER BY finished DESC LIMIT \(value: limit)::bigint) l
    """
  }

  private func names(of flows: [AppliedFlow]) -> SQL {
    let pairs = flows.flatMap { flow in ([flow.name] + flow.recorded.formerNames).map { (flow.name, $0) } }
    return "\(value: pairs.map(\.0))::text[], \(value: pairs.map(\.1))::text[]"
  }

  func statuses(of flows: [AppliedFlow], on database: borrowing Database) throws -> [FlowStatus] {
    var statuses: [String: FlowStatus] = [:]
    for flow in flows {
      let spec = flow.design.spec
      statuses[flow.name] = FlowStatus(flow: flow.name, attempts: spec.retry.attempts, isEnabled: spec.enabled)
    }
    for (ledger, flows) in byLedger(flows) {
      for row in try newest(of: flows, in: ledger, "status IN ('loaded', 'empty')", on: database) {
        statuses[row.flow]?.lastSuccess = row.load
      }
      for row in try newest(of: flows, in: ledger, "status = 'failed'", on: database) {
        statuses[row.flow]?.lastFailure = row.load
      }
      for row in try newest(of: flows, in: ledger, "status = 'waiting'", on: database) {
        statuses[row.flow]?.waiting = row.load
      }
      for row in try marks(of: flows, in: ledger, on: database) {
        statuses[row.flow]?.paused = row.load.status == .paused ? row.load : nil
      }
      for row in try failures(of: flows, in: ledger, on: database) { statuses[row.flow]?.failures = row.count }
    }
    for (name, status) in statuses {
      let both = [status.lastSuccess, status.lastFailure].compactMap { $0 }
      statuses[name]?.last = both.min { $0.age < $1.age }
    }
    for (flow, load) in try running(flows, on: database) { statuses[flow]?.running = load }
    try addSlots(of: flows, to: &statuses, on: database)
    for (name, status) in statuses {
      guard let waiting = status.waiting else { continue }
      // A load by hand was not for the slot, and yet brought what there was to bring.
      let isOver = status.dueSlot == nil || status.last.map { $0.age <= waiting.age } ?? false
      if isOver { statuses[name]?.waiting = nil }
    }
    return Array(statuses.values)
  }

  /// Of each flow the newest row that says that somebody has paused or resumed it.
  private func marks(
    of flows: [AppliedFlow], in ledger: QualifiedName, on database: borrowing Database
  ) throws -> [(flow: String, load: RecordedLoad)] {
    try newest(of: flows, in: ledger, "status IN ('paused', 'resumed')", on: database)
  }

  /// Of each flow the newest row for which `condition` holds; of one that was renamed, that of each name, the newest last.
  private func newest(
    of flows: [AppliedFlow], in ledger: QualifiedName, _ condition: SQL, on database: borrowing Database
  ) throws -> [(flow: String, load: RecordedLoad)] {
    let rows = try database.rows(loads(of: flows, in: ledger, limit: 1, where: condition)) { row in
      (flow: row.text(0) ?? "", load: RecordedLoad(row, from: 1))
    }
    return rows.sorted { $0.load.age > $1.load.age }
  }

  /// How many loads of each flow have failed since the last one that did not, or since somebody resumed it.
  ///
  /// The tries of a load are numbered upwards, and count once.
  private func failures(
    of flows: [AppliedFlow], in ledger: QualifiedName, on database: borrowing Database
  ) throws -> [(flow: String, count: Int)] {
    let mine: SQL = "project = \(value: project) AND flow = f.name AND lineage = \(value: lineage)"
    return try database.rows(
      """
      WITH f AS (SELECT * FROM unnest(\(sql: names(of: flows))) AS f (flow, name)),
      good AS (
        SELECT f.flow, max(l.finished) AS finished
        FROM f, LATERAL (
          SELECT finished FROM \(name: ledger) WHERE \(sql: mine) AND status IN ('loaded', 'empty', 'resumed')
          ORDER BY finished DESC LIMIT 1) l
        GROUP BY f.flow),
      tries AS (
        SELECT f.flow, l.attempt, lag(l.attempt) OVER (PARTITION BY f.flow ORDER BY l.finished) AS before
        FROM f LEFT JOIN good ON good.flow = f.flow, LATERAL (
          SELECT attempt, finished FROM \(name: ledger)
          WHERE \(sql: mine) AND status = 'failed' AND finished > coalesce(good.finished, '-infinity')) l)
      SELECT flow, count(*) FROM tries WHERE before IS NULL OR attempt <= before GROUP BY flow
      """
    ) { (flow: $0.text(0) ?? "", count: $0.int(1) ?? 0) }
  }
}

extension Failure {
  static func ledgers(of authorizer: Resource<Authorizer>, _ error: PostgresError) -> Failure {
    Failure(
      Diagnostic(
        .error, "ledger", "the ledgers of authorizer \(authorizer.name) cannot be read: \(error.message)",
        at: authorizer.places.resource,
        help: error.sqlState.map { ["`sluice plan` shows what is missing", "SQLSTATE \($0)"] } ?? []))
  }
}
