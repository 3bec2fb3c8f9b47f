public import Connecting
internal import Diagnostics
public import Manifests
public import Planning
public import State

/// Makes a plan so: its steps side by side as far as one does not need another, each recorded as soon as it is done.
public struct Applier: Sendable {
  /// How many steps are under way at once with one authorizer. A server of two cores beside the client makes 1,000 tables
  /// no faster from two connections on; two more are for servers that are further away.
  static let limitPerAuthorizer = 4
  /// How many steps are under way at once in all.
  static let limit = 8
  /// How many steps that change nothing but the state are recorded in one go.
  private static let recordsAtOnce = 200

  private let project: Project
  private let session: any StateSession
  private let now: @Sendable () -> String
  private let report: @Sendable (Event) async -> Void
  private let pool: ConnectionPool

  /// Makes an applier.
  ///
  /// - Parameters:
  ///   - session: the state, locked.
  ///   - now: the time as RFC 3339 in UTC.
  ///   - report: is told of each step when it ends, and of steps that wait, from whichever task that happens in.
  public init(
    project: Project, connector: some Connector, session: any StateSession, now: @escaping @Sendable () -> String,
    report: @escaping @Sendable (Event) async -> Void
  ) {
    self.project = project
    self.session = session
    self.now = now
    self.report = report
    pool = ConnectionPool(connector: connector)
  }

  /// How a step that was begun ended.
  private enum StepEnd: Sendable {
    case done
    case failed(Failure)
    case interrupted
    /// The authorizer takes no further connection, but has some.
    case crowded
  }

  /// Runs the steps of `plan` that change something and need no blocked one.
  ///
  /// The first step that fails keeps others from beginning, and so does cancelling; those that are under way come to
  /// their end, but for statements that cancelling stops: what they did is rolled back.
  ///
  /// - Returns: what became of the steps. Each one that counts as done is recorded.
  public func apply(_ plan: Plan) async -> ApplyOutcome {
    var schedule = StepSchedule(plan)
    var outcome = ApplyOutcome()
    outcome.leftOut = schedule.leftOut
    await withTaskGroup(of: (Step, StepEnd).self) { group in
      var running: [String: Int] = [:]
      var limits: [String: Int] = [:]
      while true {
        if outcome.failed.isEmpty, !Task.isCancelled {
          await recordReady(&schedule, &outcome, lineage: plan.lineage)
        }
        while outcome.failed.isEmpty, !Task.isCancelled, running.values.reduce(0, +) < Self.limit {
          let step = schedule.takeStep { running[$0, default: 0] < limits[$0] ?? Self.limitPerAuthorizer }
          guard let step, let authorizer = step.connection else { break }
          running[authorizer, default: 0] += 1
          await report(.stepStarted(address: step.address, action: step.action))
          group.addTask { (step, await run(step, lineage: plan.lineage)) }
        }
        guard let (step, end) = await group.next() else { break }
        let authorizer = step.connection ?? ""
        running[authorizer, default: 1] -= 1
        if case .crowded = end {
          limits[authorizer] = max(1, await pool.count(of: authorizer))
          schedule.giveBack(step)
        } else {
          await take(end, of: step, &outcome)
        }
        if case .done = end { schedule.finish(step) }
      }
    }
    await pool.close()
    outcome.notBegun = schedule.notBegun
    outcome.isInterrupted = Task.isCancelled
    if outcome.isComplete { await report(.applied(outcome.done)) }
    return outcome
  }

  private func take(_ end: StepEnd, of step: Step, _ outcome: inout ApplyOutcome) async {
    switch end {
    case .done:
      outcome.done[step.action, default: 0] += 1
      await report(.stepFinished(address: step.address, action: step.action))
    case .failed(let failure):
      outcome.failed.append(ApplyOutcome.FailedStep(address: step.address, diagnostics: failure.diagnostics))
      await report(.stepFailed(address: step.address, action: step.action, failure.diagnostics[0]))
    case .interrupted: outcome.rolledBack.append(step.address)
    case .crowded: break
    }
  }

  /// Records what may begin and changes nothing but the state, as long as there is any.
  private func recordReady(
    _ schedule: inout StepSchedule, _ outcome: inout ApplyOutcome, lineage: String
  ) async {
    while outcome.failed.isEmpty {
      let steps = schedule.takeRecords(limit: Self.recordsAtOnce)
      if steps.isEmpty { return }
      var end = StepEnd.done
      do {
        try await session.record(steps.flatMap { changes(of: $0, $0.record) }, lineage: lineage)
      } catch { end = .failed(error) }
      for step in steps {
        await take(end, of: step, &outcome)
        if case .done = end { schedule.finish(step) }
      }
    }
  }

  private func run(_ step: Step, lineage: String) async -> StepEnd {
    guard let authorizer = step.authorizer.flatMap({ project.authorizers[$0] }) else {
      return .failed(Failure(.noAuthorizer(of: step.address)))
    }
    let runner = StepRunner(step: step, authorizer: authorizer, project: project, pool: pool, report: report)
    do {
      let record = try await runner.run()
      CrashPoint.afterCommit.pass()
      try await session.record(changes(of: step, record), lineage: lineage)
      return .done
    } catch let crowded as CrowdedServer {
      return await pool.count(of: authorizer.name) > 0 ? .crowded : .failed(crowded.failure)
    } catch let failure as Failure {
      return .failed(failure)
    } catch { return .interrupted }
  }

  /// What a finished step changes in the state.
  private func changes(of step: Step, _ record: AppliedResource?) -> [StateChange] {
    if step.action == .delete { return step.alsoRecords + [StateChange(address: step.address, resource: nil)] }
    guard var record else { return step.alsoRecords }
    record.appliedAt = now()
    return step.alsoRecords + [StateChange(address: step.address, resource: record)]
  }
}

/// A connection could not be opened.
struct CrowdedServer: Error {
  var failure: Failure
}
