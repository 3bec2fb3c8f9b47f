internal import Catalog
public import Diagnostics
public import Manifests
public import Postgres

extension Diagnostic {
  /// Why `authorizer` cannot be connected to, where that is written in the manifest, and what to do.
  public static func connection(_ error: PostgresError, to authorizer: Resource<Authorizer>) -> Diagnostic {
    let spec = authorizer.spec
    if let role = spec.role, error.statement?.hasPrefix("SET LOCAL ROLE") == true {
      return .role(Identifier(role), refused: error, to: authorizer)
    }
    let address = spec.host.map { $0.hasPrefix("/") ? $0 : "\($0):\(spec.port)" } ?? "the server"
    let user = spec.username.map { "role \"\($0)\"" } ?? "the role"
    let database = spec.database.map { "database \"\($0)\"" } ?? "the database"
    let (what, fields, help) = explanation(error, address: address, user: user, database: database)
    let places = authorizer.places
    let place = fields.compactMap { places.fields[$0] }.first ?? places.place(of: "url", "service", "host")
    return Diagnostic(
      .error, "connection", "authorizer \(authorizer.name): \(what)", at: place,
      help: help + ["the server or libpq says: \(error.message.replacing("\n\t", with: " "))"]
        + (error.hint.map { ["hint: \($0)"] } ?? []))
  }

  /// The role that connects may not become the one that statements are to run as, or there is none of that name.
  private static func role(
    _ role: Identifier, refused error: PostgresError, to authorizer: Resource<Authorizer>
  ) -> Diagnostic {
    let login = authorizer.spec.username.map { Identifier($0).sql }
    let help =
      error.sqlState == "42501"
      ? login.map { "GRANT \(role.sql) TO \($0);" }
        ?? "the role that connects must be a member: GRANT \(role.sql) TO it"
      : "check `role:` for a typing mistake"
    return Diagnostic(
      .error, "connection",
      "authorizer \(authorizer.name): statements cannot run as role \(role.sql): \(error.message)",
      at: authorizer.places.place(of: "role"), help: [help])
  }

  private static func explanation(
    _ error: PostgresError, address: String, user: String, database: String
  ) -> (what: String, fields: [String], help: [String]) {
    switch error.connectFailure ?? .other {
    case .hostNotFound:
      ("the host's name has no address (\(address))", ["host"], ["check `host:` for a typing mistake"])
    case .refused:
      (
        "nothing answers at \(address): the connection was refused", ["host", "port"],
        ["check `host:` and `port:`, and that the server runs and listens there"]
      )
    case .socketMissing:
      (
        "there is no server's socket at \(address)", ["host", "port"],
        ["check the folder in `host:` and the `port:`, which is a part of the socket's name"]
      )
    case .timedOut:
      (
        "no answer from \(address) in time", ["host", "connectTimeout"],
        ["a firewall may drop the packets: this machine must be allowed to reach \(address)"]
      )
    case .unreachable:
      ("\(address) cannot be reached", ["host"], ["check the network, and `host:`"])
    case .tlsRefused:
      (
        "the server and `tls:` do not agree on encryption", ["tls.mode", "tls", "host"],
        ["`tls: prefer` takes what the server can; `tls: require` wants a server with TLS"]
      )
    case .certificate:
      (
        "a certificate is not accepted", ["tls.rootCertificate", "tls", "host"],
        ["check `tls.rootCertificate`, and that `host:` is the name in the server's certificate"]
      )
    case .authentication:
      (
        "\(user) was not let in", ["password", "username", "url"],
        ["check the role's name and its password, and that the role may log in"]
      )
    case .notAllowed:
      (
        "no line of the server's pg_hba.conf lets \(user) into \(database) from here", ["username", "host"],
        ["the server's administrator adds a line for this role, database and address (and TLS or none)"]
      )
    case .unknownDatabase:
      (
        "\(database) does not exist at \(address)", ["database"],
        ["check `database:`, or have the server's administrator create it"]
      )
    case .tooManyConnections:
      ("the server has no connection left", ["host"], ["try again later, or raise max_connections there"])
    case .notReady:
      ("the server is starting up, shutting down or recovering", ["host"], ["try again in a moment"])
    case .parameters:
      ("libpq does not take the connection's parameters", ["url", "service"], [])
    case .other: ("the connection failed", ["host"], [])
    }
  }
}
