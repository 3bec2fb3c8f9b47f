public import Connecting
internal import Diagnostics
public import Manifests
public import Planning
internal import Postgres

extension AuthorizerCheck {
  /// Connects to each of `authorizers`, side by side, and asks the server who it is.
  ///
  /// - Returns: a check for each, in their order.
  /// - Throws: `CancellationError`.
  public static func all(
    _ authorizers: [Resource<Authorizer>], through connector: some Connector
  ) async throws -> [AuthorizerCheck] {
    let checks = await withTaskGroup(of: AuthorizerCheck.self) { group in
      for authorizer in authorizers { group.addTask { await one(authorizer, through: connector) } }
      return await group.reduce(into: [:]) { $0[$1.name] = $1 }
    }
    try Task.checkCancellation()
    return authorizers.compactMap { checks[$0.name] }
  }

  private static func one(
    _ authorizer: Resource<Authorizer>, through connector: some Connector
  ) async -> AuthorizerCheck {
    let clock = ContinuousClock()
    let start = clock.now
    let observation = await Observation.look(
      at: authorizer, DatabaseObserver(authorizer: authorizer.spec, project: "", questions: Questions()),
      through: connector)
    let elapsed = clock.now - start
    let milliseconds = Double(elapsed.components.seconds) * 1000 + Double(elapsed.components.attoseconds) / 1e15
    return switch observation {
    case .reached(let live):
      AuthorizerCheck(
        name: authorizer.name, server: live.server, host: authorizer.spec.whereabouts, milliseconds: milliseconds)
    case .unreachable(let diagnostic):
      AuthorizerCheck(
        name: authorizer.name, server: nil, host: authorizer.spec.whereabouts, milliseconds: milliseconds,
        diagnostics: [diagnostic])
    }
  }
}
