public import Diagnostics
public import Manifests
public import Tunnels

/// A project's tunnels: what its manifests say of them, and those that are open.
public struct ProjectTunnels: Sendable {
  private let tunnels: [String: Resource<Tunnel>]
  private let folder: String
  private let secrets: SecretReader
  private let opened: OpenTunnels

  /// Makes them.
  ///
  /// - Parameters:
  ///   - folder: the project's, which keys and configurations are relative to.
  ///   - opened: those of the command, which ends them.
  public init(_ tunnels: [String: Resource<Tunnel>], folder: String, secrets: SecretReader, opened: OpenTunnels) {
    self.tunnels = tunnels
    self.folder = folder
    self.secrets = secrets
    self.opened = opened
  }

  /// Opens the tunnel of this name, where it is not open yet. No authorizer is needed for that.
  ///
  /// - Returns: how long that took.
  /// - Throws: `Failure` with one diagnostic of the code `tunnel` or `secret`, which says what to do about it.
  @discardableResult
  public func open(_ name: String, within limit: Duration = .seconds(10)) async throws(Failure) -> Duration {
    let tunnel = try tunnel(name)
    let clock = ContinuousClock()
    let start = clock.now
    do { try await opened.open(name, within: limit) { try await settings(of: tunnel) } } catch {
      throw failure(error, of: tunnel)
    }
    return clock.now - start
  }

  /// A port of this machine that leads through the tunnel of this name to `target`.
  ///
  /// - Throws: `Failure`.
  func forward(through name: String, to target: TunnelTarget, within limit: Duration) async throws(Failure) -> Forward {
    let tunnel = try tunnel(name)
    do {
      return try await opened.forward(through: name, to: target, within: limit) { try await settings(of: tunnel) }
    } catch { throw failure(error, of: tunnel) }
  }

  /// Why `authorizer` cannot be connected to through its tunnel.
  func failure(_ error: TunnelError, connecting authorizer: Resource<Authorizer>, to target: TunnelTarget) -> Failure {
    guard error.failure == .forwardRefused else {
      guard let tunnel = authorizer.spec.tunnel.flatMap({ tunnels[$0] }) else { return Failure([]) }
      return failure(error, of: tunnel)
    }
    var failure = Failure(.tunnel(refused: error, connecting: authorizer, to: target))
    failure.isTransient = error.isTransient
    return failure
  }

  private func tunnel(_ name: String) throws(Failure) -> Resource<Tunnel> {
    if let tunnel = tunnels[name] { return tunnel }
    throw Failure(Diagnostic(.error, "tunnel", "tunnel/\(name) was never applied"))
  }

  private func failure(_ error: any Error, of tunnel: Resource<Tunnel>) -> Failure {
    switch error {
    case let error as Failure: return error
    case let error as TunnelError:
      var failure = Failure(.tunnel(error, tunnel))
      failure.isTransient = error.isTransient
      return failure
    case is CancellationError:
      return Failure(Diagnostic(.error, "interrupted", "opening tunnel \(tunnel.name) was interrupted"))
    default:
      return Failure(.tunnel(TunnelError(.other, words: ["\(error)"]), tunnel))
    }
  }

  private func settings(of tunnel: Resource<Tunnel>) async throws(Failure) -> TunnelSettings {
    let spec = tunnel.spec
    var settings = TunnelSettings(host: spec.host, port: spec.port, folder: folder)
    settings.username = spec.username
    settings.identityFile = spec.identityFile.map(absolute)
    settings.knownHostsFile = spec.knownHostsFile.map(absolute)
    settings.configuration = spec.sshConfig.map(absolute)
    settings.hostKey = spec.hostKey
    if let reference = spec.password {
      let what = "the password of tunnel \(tunnel.name)"
      settings.password = try await secrets.read(reference, for: what, at: tunnel.places.place(of: "password"))
    }
    return settings
  }

  private func absolute(_ path: String) -> String { "\(folder)/\(path)" }
}
