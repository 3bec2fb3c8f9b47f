extension PostgresError {
  /// How long looking into a failure may take, beside the time that connecting has had.
  private static let patience = Duration.seconds(5)

  /// The same failure to connect, looked into where libpq's words leave open what it was.
  ///
  /// - Parameters:
  ///   - parameters: those of the try.
  ///   - timeout: what the try had.
  public func examined(_ parameters: ConnectionParameters, timeout: Duration) async -> PostgresError {
    guard kind == .connect, !Task.isCancelled else { return self }
    var error = self
    let time = min(timeout, Self.patience)
    switch connectFailure {
    case .certificateUnknownCA, .certificateWrongName:
      error.certificates = await CertificateProbe.certificates(of: parameters, within: time)
      if connectFailure == .certificateUnknownCA {
        if error.certificates.contains(where: \.isExpired) { error.connectFailure = .certificateExpired }
        if error.certificates.contains(where: \.isNotYetValid) { error.connectFailure = .certificateNotYetValid }
      }
    case .noHBAEntry where target?.tlsMode == "disable" && target?.isSocket == false:
      if await Self.isLetIn(parameters, within: time) { error.connectFailure = .tlsRequired }
    case .timedOut, .unreachable, .noHBAEntry:
      if let target, let address = target.address {
        error.target?.localAddress = LocalAddress.towards(address, port: target.port)
      }
    default: break
    }
    return error
  }

  /// Whether the server would have the role in, or ask it for a password, with TLS.
  private static func isLetIn(_ parameters: ConnectionParameters, within timeout: Duration) async -> Bool {
    var parameters = parameters
    parameters["sslmode"] = "require"
    parameters["sslrootcert"] = "/dev/null/none"
    do {
      // It is no part of the try that is being looked into.
      try await ConnectionTrace.$current.withValue(nil) {
        try await Connection.open(parameters, timeout: timeout).close()
      }
      return true
    } catch let error as PostgresError {
      return error.connectFailure != .noHBAEntry && error.connectFailure?.phase == .login
    } catch { return false }
  }
}
