internal import Catalog
public import Connecting
public import Diagnostics
public import Manifests
public import Planning
internal import Postgres
public import State

/// Loads flows as they were applied: each after those that it names in `after:`, a bounded number side by side.
public struct FlowRunner: Sendable {
  let state: AppliedState
  let project: Project
  let flows: [String: AppliedFlow]
  let connector: any Connector
  var run: FlowRun
  let report: @Sendable (Event) -> Void
  private let fallbacks = FallbackWarnings()

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
  /// A flow that fails does not stop the others, but for those that come after it: they are skipped. When the task is
  /// cancelled, the loads under way are rolled back and no other is begun.
  public func load(_ names: [String]) async -> RunOutcome {
    var queue = LoadQueue(
      names.compactMap { name in
        flows[name].map {
          (name, $0.design.spec.after, "\($0.recorded.server ?? $0.design.authorizer) \($0.design.table.sql)")
        }
      })
    var ended: [String: LoadOutcome] = [:]
    var outcome = RunOutcome()
    await withTaskGroup(of: LoadJob.Turn.self) { group in
      // Those that begin, and those whose time to be tried again has come. One that pauses holds nothing up.
      var due: [LoadJob] = []
      var running = 0
      while true {
        while running < run.parallel, !Task.isCancelled {
          guard let job = due.isEmpty ? queue.next().flatMap(job) : due.removeFirst() else { break }
          running += 1
          group.addTask { await load(job) }
        }
        guard let turn = await group.next() else { break }
        switch turn {
        case .due(let job): due.append(job)
        case .later(let job, let pause):
          running -= 1
          group.addTask { await job.pausing(for: pause) }
        case .interrupted(let job, let isPausing):
          if !isPausing { running -= 1 }
          outcome.interrupted.append(job.flow.name)
          report(.loadInterrupted(flow: job.flow.name, load: job.request.load))
        case .ended(let load):
          running -= 1
          ended[load.flow] = load
          report(.loadFinished(load))
          let isPending = load.isPending
          for skipped in queue.finish(load.flow, failed: load.status == .failed || isPending) {
            guard let flow = flows[skipped.name] else { continue }
            let load =
              isPending ? pendingOutcome(flow, after: skipped.cause) : skippedOutcome(flow, after: skipped.cause)
            ended[skipped.name] = load
            report(.loadFinished(load))
          }
        }
      }
      for job in due {
        outcome.interrupted.append(job.flow.name)
        report(.loadInterrupted(flow: job.flow.name, load: job.request.load))
      }
    }
    outcome.loads = names.compactMap { ended[$0] }
    let interrupted = Set(outcome.interrupted)
    outcome.interrupted = names.filter { interrupted.contains($0) }
    outcome.notBegun = queue.waiting
    return outcome
  }

  private func job(_ name: String) -> LoadJob? {
    guard let flow = flows[name] else { return nil }
    let request = flow.request(run, lineage: state.lineage, project: project.name)
    report(.loadStarted(flow: name, load: request.load, mode: flow.design.spec.writeMode.rawValue, window: run.window))
    return LoadJob(flow: flow, request: request)
  }

  /// Tries to load one flow.
  private func load(_ job: LoadJob) async -> LoadJob.Turn {
    var job = job
    var outcome: LoadOutcome
    do { outcome = try await attempt(job.request, job.flow) } catch { return .interrupted(job, isPausing: false) }
    if run.waits, let error = outcome.error, error.code == "table-locked" {
      report(
        .loadWaiting(flow: job.flow.name, load: job.request.load, message: error.message, waited: job.waited()))
      return .later(job, .seconds(1))
    }
    outcome.nameFlow()
    if job.request.slot != nil, job.request.attempt == 1 { outcome.leaveToOther() }
    let retry = job.flow.design.spec.retry
    guard let error = outcome.error, isTransient(outcome), job.request.attempt < retry.attempts else {
      outcome.warnings += await NotifierRun(project: project, run: run).tell(outcome)
      return .ended(outcome)
    }
    let pause = job.nextBackoff(retry)
    report(
      .loadRetrying(
        flow: job.flow.name, load: job.request.load, attempt: job.request.attempt, error, after: pause))
    job.request = job.request.retried(after: outcome)
    return .later(job, pause)
  }

  /// Connects to the database of a source's authorizer.
  private var openSource: SourceOpener {
    let authorizers = project.authorizers
    let connector = connector
    let fallbacks = fallbacks
    return { name throws(Failure) in
      guard let authorizer = authorizers[name] else {
        throw Failure(Diagnostic(.error, "connection", "authorizer/\(name) was never applied"))
      }
      let connection = try await connector.open(authorizer)
      await fallbacks.look(at: authorizer, on: connection)
      return SourceConnection(connection, of: authorizer.spec)
    }
  }

  private func attempt(_ request: LoadRequest, _ flow: AppliedFlow) async throws -> LoadOutcome {
    var request = request
    request.openSource = openSource
    let connection: Connection
    do {
      connection = try await connector.open(flow.authorizer)
    } catch {
      try Task.checkCancellation()
      var outcome = LoadOutcome(
        flow: flow.name, load: request.load, status: .failed, mode: request.mode, error: error.diagnostics[0],
        attempt: request.attempt)
      outcome.range = request.readDays
      outcome.window = request.window
      outcome.isConnectionMissing = error.isTransient
      return outcome
    }
    await fallbacks.look(at: flow.authorizer, on: connection)
    var result: Result<LoadOutcome, any Error>
    do {
      let report = report
      let window = request.window
      result = .success(
        try await Loading.load(request, on: connection) { progress in
          var progress = progress
          progress.window = window
          report(.loadProgress(progress))
        })
    } catch { result = .failure(error) }
    if !project.notifiers.isEmpty, let outcome = try? result.get() {
      result = .success(await outcome.withNews(request, attempts: flow.design.spec.retry.attempts, on: connection))
    }
    await connection.close()
    var outcome = try result.get()
    outcome.warnings += fallbacks.take()
    return outcome
  }

  private func skippedOutcome(_ flow: AppliedFlow, after cause: String) -> LoadOutcome {
    LoadOutcome(
      flow: flow.name, load: LoadRequest.newLoad(), status: .skipped, mode: flow.design.spec.writeMode,
      error: Diagnostic(.error, "skipped", "flow/\(flow.name) comes after flow/\(cause), which failed"))
  }

  /// Of a flow whose rows build on those of `cause`, which are yet to come: it is not begun, and keeps its slot.
  private func pendingOutcome(_ flow: AppliedFlow, after cause: String) -> LoadOutcome {
    var outcome = LoadOutcome(
      flow: flow.name, load: LoadRequest.newLoad(), status: .skipped, mode: flow.design.spec.writeMode,
      warnings: [
        Diagnostic(
          .warning, "slot-pending", "flow/\(flow.name) comes after flow/\(cause), whose rows are yet to come",
          help: ["the next `sluice run --due` looks again"])
      ], slot: run.slots[flow.name])
    outcome.isPending = true
    return outcome
  }

  /// The first rows of one flow, as its table would hold them.
  ///
  /// - Parameter asksRules: whether the flow's rules are asked of all its rows.
  /// - Throws: `Failure`; `CancellationError`.
  public func preview(_ name: String, rows: Int, asksRules: Bool = false) async throws -> Preview {
    guard let flow = flows[name] else { preconditionFailure("the caller has looked the flow up") }
    var request = flow.request(run, lineage: state.lineage, project: project.name)
    request.openSource = openSource
    request.skipsQuality = !asksRules
    let connection = try await connector.open(flow.authorizer)
    let result: Result<Preview, any Error>
    do { result = .success(try await Loading.preview(request, rows: rows, on: connection)) } catch {
      result = .failure(error)
    }
    await connection.close()
    if asksRules, flow.design.spec.quality.isEmpty { return try result.map { $0.withoutRules }.get() }
    return try result.get()
  }
}
