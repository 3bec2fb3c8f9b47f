internal import Catalog
internal import Connecting
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres
internal import State

/// The last load of a flow, as its ledger has it.
struct LastLoad: Sendable {
  var hasFailed: Bool
  /// Seconds since 1970, by the server's clock.
  var finished: Double
}

/// Which of the flows `after` (each with those that it comes after) a run of all of them would have to repeat: those
/// whose last load failed, and those that were skipped for one, which is to say that they come after it, directly or by
/// others between them, and that none of their own loads is newer than its failure.
func failedFlows(_ after: [String: [String]], last: [String: LastLoad]) -> Set<String> {
  var failures: [String: Double] = [:]
  var successors: [String: [String]] = [:]
  for (name, predecessors) in after {
    if let load = last[name], load.hasFailed { failures[name] = load.finished }
    for predecessor in predecessors { successors[predecessor, default: []].append(name) }
  }
  var chosen = Set(failures.keys)
  // The newest failure first: who comes after several was skipped for that one, if for any.
  var reached: Set<String> = []
  for (failed, time) in failures.sorted(by: { ($0.value, $0.key) > ($1.value, $1.key) }) {
    var open = [failed]
    while let cause = open.popLast() {
      for name in successors[cause, default: []] where after[name] != nil && reached.insert(name).inserted {
        if (last[name]?.finished ?? -.infinity) < time { chosen.insert(name) }
        open.append(name)
      }
    }
  }
  return chosen
}

extension FlowRunner {
  /// Those of the flows called `names` whose last load failed, and those that were skipped for one of them.
  ///
  /// Only the ledgers are asked, all of an authorizer's at once, so that every machine gets the same answer.
  /// - Throws: `Failure` where one cannot be read; `CancellationError`.
  public func failed(among names: [String]) async throws -> [String] {
    let asked = names.compactMap { flows[$0] }
    let last = try await withThrowingTaskGroup(of: [(String, LastLoad)].self) { group in
      for flows in Dictionary(grouping: asked, by: \.design.authorizer).values {
        group.addTask { try await lastLoads(of: flows) }
      }
      var last: [String: LastLoad] = [:]
      for try await loads in group {
        // A flow that was renamed has loads under each of its names.
        for (name, load) in loads where load.finished > last[name]?.finished ?? -.infinity { last[name] = load }
      }
      return last
    }
    let after = Dictionary(asked.map { ($0.name, $0.design.spec.after) }, uniquingKeysWith: { first, _ in first })
    let failed = failedFlows(after, last: last)
    return names.filter { failed.contains($0) }
  }

  /// The last loads of flows of one authorizer.
  private func lastLoads(of flows: [AppliedFlow]) async throws -> [(String, LastLoad)] {
    guard let authorizer = flows.first?.authorizer else { return [] }
    let statements = Dictionary(grouping: flows, by: \.design.ledger).sorted { $0.key < $1.key }
      .map { lastLoads(of: $0.value, in: $0.key) }
    let connection = try await connector.open(authorizer)
    let result: Result<[Rows], any Error>
    do {
      result = .success(
        try await connection.perform { database in
          try database.transaction(prelude: authorizer.spec.sessionSettings(), running: statements)
        })
    } catch { result = .failure(error) }
    await connection.close()
    do {
      return try result.get().flatMap { rows in
        rows.map { row in
          (
            row.text(0) ?? "",
            LastLoad(hasFailed: row.text(1) == "failed", finished: row.text(2).flatMap(Double.init) ?? 0)
          )
        }
      }
    } catch let error as PostgresError {
      throw Failure.ledgers(of: authorizer, error)
    }
  }

  /// Asks the index of each flow for its newest row, however many there are.
  private func lastLoads(of flows: [AppliedFlow], in ledger: QualifiedName) -> SQL {
    let pairs = flows.flatMap { flow in ([flow.name] + flow.recorded.formerNames).map { (flow.name, $0) } }
    let names: SQL = "\(value: pairs.map(\.0))::text[], \(value: pairs.map(\.1))::text[]"
    return """
      SELECT f.flow, l.status, extract(epoch FROM l.finished)
      FROM unnest(\(sql: names)) AS f (flow, name), LATERAL (
        SELECT status, finished FROM \(name: ledger)
        WHERE project = \(value: project.name) AND flow = f.name AND lineage = \(value: state.lineage)
        ORDER BY finished DESC LIMIT 1) l
      """
  }
}
