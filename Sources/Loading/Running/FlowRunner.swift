internal import Catalog
public import Connecting
public import Diagnostics
public import Manifests
public import Planning
internal import Postgres
public import State

/// Loads flows as they were applied: each after those that it names in `after:`, a bounded number side by side.
public struct FlowRunner: Sendable {
  private let state: AppliedState
  private let project: Project
  private let flows: [String: AppliedFlow]
  private let connector: any Connector
  private let run: FlowRun
  private let report: @Sendable (Event) -> Void

  /// Makes a runner.
  ///
  /// - Parameters:
  ///   - project: the project as it was applied.
  ///   - report: is told of each load, from whichever task it runs in.
  /// - Throws: `Failure` where the state holds a flow without what the flow needs.
  public init(
    project: Project, state: AppliedState, connector: some Connector, run: FlowRun,
    report: @escaping @Sendable (Event) -> Void
  ) throws(Failure) {
    self.state = state
    self.project = project
    self.connector = connector
    self.run = run
    self.report = report
    flows = try AppliedFlow.all(of: project, in: state)
  }

  /// Loads the flows called `names`.
  ///
  /// A flow that fails does not stop the others, but for those that come after it: they are skipped.
  /// - Returns: an outcome for each, in the order of `names`.
  /// - Throws: `CancellationError`, after the loads under way were rolled back.
  public func load(_ names: [String]) async throws -> [LoadOutcome] {
    var queue = LoadQueue(
      names.compactMap { name in
        flows[name].map {
          (name, $0.design.spec.after, "\($0.recorded.server ?? $0.design.authorizer) \($0.design.table.sql)")
        }
      })
    var outcomes: [String: LoadOutcome] = [:]
    try await withThrowingTaskGroup(of: LoadOutcome.self) { group in
      var running = 0
      while true {
        while running < run.parallel, let next = queue.next() {
          guard let flow = flows[next] else { continue }
          running += 1
          group.addTask { try await load(flow) }
        }
        guard let outcome = try await group.next() else { break }
        running -= 1
        outcomes[outcome.flow] = outcome
        report(.loadFinished(outcome))
        for skipped in queue.finish(outcome.flow, failed: outcome.status == .failed) {
          guard let flow = flows[skipped.name] else { continue }
          let outcome = skippedOutcome(flow, after: skipped.cause)
          outcomes[skipped.name] = outcome
          report(.loadFinished(outcome))
        }
      }
    }
    return names.compactMap { outcomes[$0] }
  }

  /// Loads one flow, and again where it failed for a passing reason.
  private func load(_ flow: AppliedFlow) async throws -> LoadOutcome {
    var request = flow.request(run, lineage: state.lineage, project: project.name)
    let retry = flow.design.spec.retry
    report(.loadStarted(flow: flow.name, load: request.load, mode: flow.design.spec.writeMode.rawValue))
    var backoff = retry.backoff
    while true {
      var outcome = try await attempt(request, flow)
      outcome.nameFlow()
      guard let error = outcome.error, isTransient(outcome), request.attempt < retry.attempts else { return outcome }
      report(.loadRetrying(flow: flow.name, load: request.load, attempt: request.attempt, error, after: backoff))
      try await Task.sleep(for: backoff)
      backoff = backoff * 2
      request = request.retried(after: outcome)
    }
  }

  private func attempt(_ request: LoadRequest, _ flow: AppliedFlow) async throws -> LoadOutcome {
    let connection: Connection
    do {
      connection = try await connector.open(flow.authorizer)
    } catch {
      try Task.checkCancellation()
      return LoadOutcome(
        flow: flow.name, load: request.load, status: .failed, mode: request.mode, error: error.diagnostics[0],
        attempt: request.attempt)
    }
    let result: Result<LoadOutcome, any Error>
    do {
      let report = report
      result = .success(try await Loading.load(request, on: connection) { report(.loadProgress($0)) })
    } catch { result = .failure(error) }
    await connection.close()
    return try result.get()
  }

  private func skippedOutcome(_ flow: AppliedFlow, after cause: String) -> LoadOutcome {
    LoadOutcome(
      flow: flow.name, load: LoadRequest.newLoad(), status: .skipped, mode: flow.design.spec.writeMode,
      error: Diagnostic(.error, "skipped", "flow/\(flow.name) comes after flow/\(cause), which failed"))
  }

  /// The first rows of one flow, as its table would hold them.
  ///
  /// - Throws: `Failure`; `CancellationError`.
  public func preview(_ name: String, rows: Int) async throws -> Preview {
    guard let flow = flows[name] else { preconditionFailure("the caller has looked the flow up") }
    let request = flow.request(run, lineage: state.lineage, project: project.name)
    let connection = try await connector.open(flow.authorizer)
    let result: Result<Preview, any Error>
    do { result = .success(try await Loading.preview(request, rows: rows, on: connection)) } catch {
      result = .failure(error)
    }
    await connection.close()
    return try result.get()
  }
}
