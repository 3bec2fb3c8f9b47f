public import Connecting
internal import Diagnostics
public import Manifests
public import Planning

/// Finds out whether a project's tunnels can be used.
public protocol TunnelChecker: Sendable {
  /// Opens `tunnel`, says how that went, and closes it.
  func check(_ tunnel: Resource<Tunnel>) async -> TunnelCheck
}

extension TunnelCheck {
  /// Opens each of `tunnels`, side by side.
  ///
  /// - Returns: a check for each, in their order.
  /// - Throws: `CancellationError`.
  public static func all(
    _ tunnels: [Resource<Tunnel>], by checker: some TunnelChecker
  ) async throws -> [TunnelCheck] {
    let checks = await SideBySide.map(tunnels) { await checker.check($0) }
    try Task.checkCancellation()
    return checks
  }
}

extension ProjectTunnels: TunnelChecker {
  public func check(_ tunnel: Resource<Tunnel>) async -> TunnelCheck {
    let start = ContinuousClock.now
    do {
      let elapsed = try await open(tunnel.name)
      let step = CheckStep(.ssh, .passed, milliseconds: elapsed.milliseconds, tunnel.spec.whereabouts)
      return TunnelCheck(name: tunnel.name, status: .passed, milliseconds: elapsed.milliseconds, steps: [step])
    } catch {
      let elapsed = start.duration(to: .now).milliseconds
      let step = CheckStep(.ssh, .failed, milliseconds: elapsed, error.diagnostics.first?.message ?? "")
      return TunnelCheck(
        name: tunnel.name, status: .failed, milliseconds: elapsed, steps: [step], diagnostics: error.diagnostics)
    }
  }
}

extension Tunnel {
  /// Where its SSH server is.
  fileprivate var whereabouts: String { "\(username.map { "\($0)@" } ?? "")\(host):\(port)" }
}
