internal import Catalog
public import Connecting
internal import Diagnostics
public import Manifests
public import Planning
internal import Postgres

extension AuthorizerCheck {
  /// Connects to each of `authorizers`, side by side, and asks the server who it is.
  ///
  /// - Parameters:
  ///   - writers: the names of those that destinations use, so that their servers have to take writes.
  /// - Returns: a check for each, in their order.
  /// - Throws: `CancellationError`.
  public static func all(
    _ authorizers: [Resource<Authorizer>], writers: Set<String> = [], through connector: some Connector
  ) async throws -> [AuthorizerCheck] {
    let checks = await SideBySide.map(authorizers) {
      await one($0, isWritten: writers.contains($0.name), through: connector)
    }
    try Task.checkCancellation()
    return checks
  }

  private static func one(
    _ authorizer: Resource<Authorizer>, isWritten: Bool, through connector: some Connector
  ) async -> AuthorizerCheck {
    let trace = ConnectionTrace()
    let start = ContinuousClock.now
    let observation = await ConnectionTrace.$current.withValue(trace) {
      await Observation.look(
        at: authorizer, DatabaseObserver(authorizer: authorizer.spec, project: "", questions: Questions()),
        through: connector)
    }
    var steps = CheckSteps(trace: trace, elapsed: start.duration(to: .now), spec: authorizer.spec)
    var check = AuthorizerCheck(
      name: authorizer.name, server: nil, host: authorizer.spec.whereabouts ?? trace.target?.host,
      milliseconds: steps.elapsed.milliseconds)
    switch observation {
    case .reached(let live):
      check.server = live.server
      if live.server.isPlainForWantOfTLS { check.diagnostics.append(.tlsFallback(of: authorizer)) }
      check.diagnostics += steps.reached(live.server, authorizer, isWritten: isWritten)
    case .unreachable(let diagnostic):
      check.diagnostics = [diagnostic]
      steps.failed(diagnostic)
    }
    check.steps = steps.steps
    return check
  }
}

extension Duration {
  /// The whole of it in milliseconds.
  var milliseconds: Double { Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15 }
}
