internal import Diagnostics
internal import Manifests
internal import Postgres
internal import Tunnels

extension DirectConnector {
  /// Connects through the tunnel called `name`, within the authorizer's `connectTimeout`.
  ///
  /// libpq connects to a port of this machine, and goes on to check certificates and look up passwords by the host that
  /// the manifest names.
  ///
  /// - Throws: `Failure`; `PostgresError`, which speaks of the manifest's port; `CancellationError`.
  func open(
    _ authorizer: Resource<Authorizer>, through name: String, _ parameters: ConnectionParameters
  ) async throws -> Connection {
    let limit = authorizer.spec.connectTimeout
    let start = ContinuousClock.now
    let (target, port) = try target(of: parameters, authorizer)
    ConnectionTrace.current?.begin(.ssh)
    let forward = try await tunnels.forward(through: name, to: target, within: limit)
    var forwarded = parameters
    forwarded["hostaddr"] = "127.0.0.1"
    forwarded["port"] = String(forward.port)
    if !parameters.hasPassword, let login = parameters.login, let host = parameters.server.host,
      let password = PasswordFile(parameters["passfile"])?.password(
        host: host, port: port, database: login.database, user: login.role)
    {
      forwarded.setPassword(password)
    }
    do {
      return try await Connection.open(forwarded, timeout: max(limit - (.now - start), .zero)) {
        forward.ending().map { "tunnel \(name) ended\($0.ending.map { ": \($0)" } ?? "")\(Self.words($0))" }
      }
    } catch var error as PostgresError {
      // The server did not get to say anything: it may be the tunnel that did not lead to it.
      if error.sqlState == nil, let failure = await forward.failure() {
        throw tunnels.failure(failure, connecting: authorizer, to: target)
      }
      error = await error.examined(forwarded, timeout: limit)
      error.target?.port = port
      error.target?.address = nil
      // libpq names what it connected to.
      error.message = error.message
        .replacing(
          "\"127.0.0.1\", port \(forward.port)", with: "\"\(target.host)\" (through tunnel \(name)), port \(port)"
        )
        .replacing("port \(forward.port)", with: "port \(port)")
      throw error
    }
  }

  private static func words(_ error: TunnelError) -> String { error.words.last.map { ", ssh says: \($0)" } ?? "" }

  /// Where the server is, as the SSH server reaches it, and its port.
  private func target(
    of parameters: ConnectionParameters, _ authorizer: Resource<Authorizer>
  ) throws(Failure) -> (TunnelTarget, port: String) {
    let server = parameters.server
    let port = server.port ?? "5432"
    let host = server.address ?? server.host ?? ""
    guard let number = Int(port), !host.isEmpty, !host.contains(",") else {
      let places = authorizer.places
      throw Failure(
        Diagnostic(
          .error, "tunnel", "authorizer \(authorizer.name): a tunnel leads to one server, of one name",
          at: places.place(of: "url", "host", "tunnel"), help: ["name one host and one port, by `host:` or in the URL"])
      )
    }
    return (host.hasPrefix("/") ? .socket("\(host)/.s.PGSQL.\(number)") : .tcp(host: host, port: number), port)
  }
}
