internal import Diagnostics
public import Manifests
public import Planning
internal import State

extension FlowRunner {
  /// The windows of a backfill of the flow called `name`: those that its ledger has no load of are open.
  ///
  /// - Throws: `Failure` where the flow cannot be backfilled, or its ledger not be read; `CancellationError`.
  public func windows(of name: String, _ range: DayRange, step: WindowStep) async throws -> BackfillWindows {
    guard let flow = flows[name] else { preconditionFailure("the caller has looked the flow up") }
    if let diagnostic = flow.isUnbounded { throw Failure(diagnostic) }
    let reader = LedgerReader([flow], project: project.name, lineage: state.lineage, connector: connector)
    let loaded = try await reader.loadedRanges(within: range)
    return BackfillWindows(of: range, step: step, loaded: run.again ? [] : loaded)
  }

  /// Loads the open windows of a flow, one after the other; the first that fails, and an interrupt, end it.
  public func backfill(_ name: String, _ windows: BackfillWindows) async -> RunOutcome {
    var outcome = RunOutcome()
    let mode = flows[name]?.design.spec.writeMode ?? .insert
    let open = Set(windows.open)
    for window in windows.all {
      guard open.contains(window) else {
        var skipped = LoadOutcome(flow: name, load: LoadRequest.newLoad(), status: .skipped, mode: mode)
        skipped.range = window.range
        skipped.window = window
        report(.loadFinished(skipped))
        outcome.loads.append(skipped)
        continue
      }
      let one = await loading(window).load([name])
      outcome.loads += one.loads
      outcome.interrupted += one.interrupted
      outcome.notBegun += one.notBegun
      if one.isInterrupted || !one.failed.isEmpty { break }
    }
    return outcome
  }

  /// The same runner, for one window.
  private func loading(_ window: LoadWindow) -> FlowRunner {
    var runner = self
    runner.run.window = window
    return runner
  }
}
