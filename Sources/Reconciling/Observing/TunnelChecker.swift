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

/// Says of each tunnel that this version cannot open it.
public struct NoTunnels: TunnelChecker {
  /// Makes one.
  public init() {}

  public func check(_ tunnel: Resource<Tunnel>) async -> TunnelCheck {
    TunnelCheck(
      name: tunnel.name, status: .failed, milliseconds: 0,
      diagnostics: [
        Diagnostic(
          .error, "not-supported", "this version of Sluice cannot open tunnel \(tunnel.name) yet",
          at: tunnel.places.resource)
      ])
  }
}
