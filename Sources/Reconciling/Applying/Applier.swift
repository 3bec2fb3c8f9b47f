public import Connecting
internal import Diagnostics
public import Manifests
public import Planning
internal import Postgres
public import State

/// Makes a plan so, step by step, and records each step as soon as it is done.
public struct Applier: Sendable {
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
  ///   - report: is told of each step.
  public init(
    project: Project, connector: some Connector, session: any StateSession, now: @escaping @Sendable () -> String,
    report: @escaping @Sendable (Event) async -> Void
  ) {
    self.project = project
    self.session = session
    self.now = now
    self.report = report
    pool = ConnectionPool(project: project, connector: connector)
  }

  /// Runs the steps of `plan` in order. A step that fails stops it; those before it are done, and recorded.
  ///
  /// - Returns: how many steps of each action were done.
  /// - Throws: `Failure` with what stopped it; `CancellationError`, after the step under way was rolled back.
  @discardableResult
  public func apply(_ plan: Plan) async throws -> [Step.Action: Int] {
    var done: [Step.Action: Int] = [:]
    do {
      for step in plan.steps where step.action.isChange {
        try Task.checkCancellation()
        await report(.stepStarted(address: step.address, action: step.action))
        do {
          try await run(step)
          CrashPoint.afterCommit.pass()
          try await record(step, lineage: plan.lineage)
        } catch let failure as Failure {
          await report(.stepFailed(address: step.address, action: step.action, failure.diagnostics[0]))
          throw failure
        }
        done[step.action, default: 0] += 1
        await report(.stepFinished(address: step.address, action: step.action))
      }
    } catch {
      await pool.close()
      throw error
    }
    await pool.close()
    await report(.applied(done))
    return done
  }

  private func record(_ step: Step, lineage: String) async throws {
    var changes = step.alsoRecords
    if step.action == .delete {
      changes.append(StateChange(address: step.address, resource: nil))
    } else if var resource = step.record {
      resource.appliedAt = now()
      changes.append(StateChange(address: step.address, resource: resource))
    }
    if !changes.isEmpty { try await session.record(changes, lineage: lineage) }
  }

  /// Runs a step's operations in one transaction.
  private func run(_ step: Step) async throws {
    guard !step.operations.isEmpty, let name = step.authorizer, let authorizer = project.authorizers[name] else {
      return
    }
    let connection = try await pool.connection(to: authorizer)
    let settings = authorizer.spec.sessionSettings()
    do {
      try await connection.perform { database in
        try database.transaction(prelude: settings) { database in
          for operation in step.operations { try operation.run(on: database) }
        }
      }
    } catch let error as PostgresError {
      await pool.drop(name)
      let place = Address(step.address).flatMap { project.places(of: $0) }?.resource
      throw Failure(.step(step.address, error, role: authorizer.spec, at: place))
    }
  }
}

/// One connection an authorizer, opened when it is first needed.
private actor ConnectionPool {
  private let project: Project
  private let connector: any Connector
  private var connections: [String: Connection] = [:]

  init(project: Project, connector: some Connector) {
    self.project = project
    self.connector = connector
  }

  func connection(to authorizer: Resource<Authorizer>) async throws(Failure) -> Connection {
    if let open = connections[authorizer.name] { return open }
    let connection = try await connector.open(authorizer)
    connections[authorizer.name] = connection
    return connection
  }

  /// Closes a connection that may be of no more use.
  func drop(_ name: String) async { await connections.removeValue(forKey: name)?.close() }

  func close() async {
    for connection in connections.values { await connection.close() }
    connections = [:]
  }
}
