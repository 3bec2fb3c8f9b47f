internal import Catalog
internal import Dispatch
internal import Synchronization

/// What the look at one flow brings: its step, and what the rest of the plan takes from it.
struct FlowStep {
  var step: Step
  /// What the checks have to say to the user.
  var findings: [Finding] = []
  /// The ledger that it needs and that is not there.
  var ledger: Step?
  var needs: FlowNeeds?
}

extension PlanMaker {
  /// The steps of all flows, in their order.
  ///
  /// Flows that have a table to themselves are worked out on all cores, as nothing that other flows' steps do is of any
  /// concern to them; those that share one come one after the other.
  mutating func flowSteps() -> [Step] {
    let shared = Set(
      Dictionary(designs.map { ($0.table, 1) }, uniquingKeysWith: +).lazy.filter { $0.value > 1 }.map(\.key))
    let maker = self
    var alone = concurrentMap(designs.count) { index in
      let design = maker.designs[index]
      return shared.contains(design.table) ? nil : maker.step(for: design)
    }
    var steps: [Step] = []
    steps.reserveCapacity(alone.count)
    for index in alone.indices {
      let flow = alone[index].take() ?? step(for: designs[index])
      take(flow, of: designs[index])
      steps.append(flow.step)
    }
    return steps
  }

  /// Notes what the steps that follow have to know of `flow`.
  private mutating func take(_ flow: FlowStep, of design: FlowDesign) {
    let step = flow.step
    note(flow.findings, of: step)
    if let ledger = flow.ledger, ledgers[ledger.address] == nil { ledgers[ledger.address] = ledger }
    flow.needs.map { needs?.append($0) }
    // What is blocked for want of grants is made once they are there.
    let isMade = step.action.isChange || (needs != nil && step.action == .blocked)
    if isMade, let observed = observation.live(design.authorizer) {
      tablesMade.add(step, on: design.table, in: observed)
    }
  }
}

/// What `transform` makes of each number below `count`, in their order, worked out on all cores.
private func concurrentMap<Result: Sendable>(
  _ count: Int, _ transform: @Sendable (Int) -> Result?
) -> [Result?] {
  // So many at a time that the lock is no matter, and so few that all cores are busy to the end.
  let size = 64
  let results = Mutex([Result?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: (count + size - 1) / size) { part in
    let range = part * size..<min((part + 1) * size, count)
    let made = range.map(transform)
    results.withLock { results in for (index, result) in zip(range, made) { results[index] = result } }
  }
  return results.withLock { $0 }
}
