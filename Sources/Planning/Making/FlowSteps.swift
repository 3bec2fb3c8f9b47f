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
    let alone = designs.concurrentMap { design in shared.contains(design.table) ? nil : maker.step(for: design) }
    return zip(designs, alone).map { design, known in
      let flow = known ?? step(for: design)
      take(flow, of: design)
      return flow.step
    }
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

extension Array where Element: Sendable {
  /// What `transform` makes of each element, in their order, worked out on all cores.
  fileprivate func concurrentMap<Result: Sendable>(_ transform: @Sendable (Element) -> Result) -> [Result] {
    let size = 64
    let parts = stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    let results = Mutex([[Result]](repeating: [], count: parts.count))
    DispatchQueue.concurrentPerform(iterations: parts.count) { index in
      let part = parts[index].map(transform)
      results.withLock { $0[index] = part }
    }
    return results.withLock { $0.flatMap { $0 } }
  }
}
