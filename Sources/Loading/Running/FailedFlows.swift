internal import Manifests
internal import Planning
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
    let last = try await LedgerReader(
      asked, project: project.name, lineage: state.lineage, connector: connector
    ).lastLoads()
    let after = Dictionary(asked.map { ($0.name, $0.design.spec.after) }, uniquingKeysWith: { first, _ in first })
    let failed = failedFlows(after, last: last)
    return names.filter { failed.contains($0) }
  }
}
