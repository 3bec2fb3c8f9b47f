internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres
internal import Synchronization

/// Warnings of connections that are plain for want of TLS: one an authorizer, however many loads use it.
final class FallbackWarnings: Sendable {
  private struct State {
    var warned: Set<String> = []
    var untold: [Diagnostic] = []
  }

  private let state = Mutex(State())

  /// Takes note of `connection`.
  func look(at authorizer: Resource<Authorizer>, on connection: Connection) async {
    guard (try? await connection.perform({ $0.isPlainForWantOfTLS })) == true else { return }
    state.withLock { state in
      if state.warned.insert(authorizer.name).inserted { state.untold.append(.tlsFallback(of: authorizer)) }
    }
  }

  /// The warnings that are yet to be told.
  func take() -> [Diagnostic] {
    state.withLock { state in
      defer { state.untold = [] }
      return state.untold
    }
  }
}
