/// Why no connection could be made. The raw values are stable.
public enum ConnectFailure: String, Sendable, Hashable, CaseIterable {
  // MARK: The way there

  /// The host's name has no address.
  case hostNotFound = "host-not-found"
  /// Nothing listens at the address.
  case refused
  /// The socket's file does not exist, or may not be opened.
  case socketMissing = "socket-missing"
  /// No answer in time: a firewall, a wrong address, a server that accepts and says nothing.
  case timedOut = "timed-out"
  /// The host or its network cannot be reached.
  case unreachable
  /// The server ended the connection without saying why.
  case connectionClosed = "connection-closed"
  /// What answers does not speak PostgreSQL's protocol.
  case notPostgres = "not-postgresql"

  // MARK: TLS

  /// The server wants TLS, and `tls` rules it out.
  case tlsRequired = "tls-required"
  /// TLS is wanted, and the server has none.
  case tlsUnavailable = "tls-unavailable"
  /// Server and client have no version of TLS in common.
  case tlsVersion = "tls-version"
  /// TLS could not be set up for another reason.
  case tlsFailed = "tls-failed"
  /// A certificate of the server's is past its end.
  case certificateExpired = "certificate-expired"
  /// A certificate of the server's is not valid yet; as often as not this machine's clock is wrong.
  case certificateNotYetValid = "certificate-not-yet-valid"
  /// No authority that is trusted has signed the server's certificate.
  case certificateUnknownCA = "certificate-unknown-ca"
  /// The server's certificate is for other names.
  case certificateWrongName = "certificate-wrong-name"
  /// A file of certificates or a key is missing, cannot be read or does not fit.
  case certificateFile = "certificate-file"
  /// Others than its owner may read the client's key.
  case clientKeyPermissions = "client-key-permissions"
  /// The server wants a certificate of the client's, and there is none.
  case clientCertificateRequired = "client-certificate-required"
  /// The server does not accept the client's certificate.
  case clientCertificateRefused = "client-certificate-refused"

  // MARK: Logging in

  /// No line of pg_hba.conf lets this user, database and address in, or one keeps them out.
  case noHBAEntry = "no-hba-entry"
  /// A password is wanted and there is none.
  case noPassword = "no-password"
  /// The password is not accepted.
  case wrongPassword = "wrong-password"
  /// Another way to log in (peer, ident, Kerberos) did not work.
  case notLetIn = "not-let-in"
  /// There is no role of that name.
  case unknownRole = "unknown-role"
  /// The role has no LOGIN.
  case roleCannotLogin = "role-cannot-login"

  // MARK: The database

  /// The database does not exist.
  case unknownDatabase = "unknown-database"
  /// The database takes no connections (ALLOW_CONNECTIONS false).
  case databaseClosed = "database-closed"
  /// The role lacks CONNECT on the database.
  case noConnectPrivilege = "no-connect-privilege"
  /// The server has no connection left.
  case tooManyConnections = "too-many-connections"
  /// The role has no connection left (CONNECTION LIMIT).
  case tooManyConnectionsOfRole = "too-many-connections-of-role"
  /// The database has no connection left (CONNECTION LIMIT).
  case tooManyConnectionsOfDatabase = "too-many-connections-of-database"

  // MARK: The server

  /// The server is starting, or recovers from a crash.
  case startingUp = "starting-up"
  /// The server is stopping.
  case shuttingDown = "shutting-down"
  /// A standby that takes no connections, or not those that want to write.
  case inRecovery = "in-recovery"
  /// The session would be read-only, and one that writes is wanted.
  case readOnly = "read-only"

  /// The parameters themselves are wrong: an unknown keyword, an unknown service.
  case parameters = "invalid-parameters"
  /// Something else; the message says what.
  case other

  /// The stable name for programs: one for all limits of connections, and nothing where it is not known.
  public var reason: String? {
    switch self {
    case .tooManyConnectionsOfRole, .tooManyConnectionsOfDatabase: Self.tooManyConnections.rawValue
    case .other: nil
    default: rawValue
    }
  }

  /// Whether the same may well succeed a little later.
  public var isTransient: Bool {
    switch self {
    case .hostNotFound, .refused, .timedOut, .unreachable, .connectionClosed, .tooManyConnections,
      .tooManyConnectionsOfRole, .tooManyConnectionsOfDatabase, .startingUp, .shuttingDown, .inRecovery, .readOnly:
      true
    default: false
    }
  }

  /// The stretch of connecting that it belongs to, whatever libpq's state was when it came to light.
  public var phase: ConnectionTrace.Phase? {
    switch self {
    case .hostNotFound: .name
    case .refused, .socketMissing, .unreachable: .port
    case .tlsRequired, .tlsUnavailable, .tlsVersion, .tlsFailed, .certificateExpired, .certificateNotYetValid,
      .certificateUnknownCA, .certificateWrongName, .certificateFile, .clientKeyPermissions,
      .clientCertificateRequired, .clientCertificateRefused:
      .tls
    case .noHBAEntry, .noPassword, .wrongPassword, .notLetIn, .unknownRole, .roleCannotLogin, .tooManyConnections,
      .tooManyConnectionsOfRole, .startingUp, .shuttingDown, .inRecovery:
      .login
    case .unknownDatabase, .databaseClosed, .noConnectPrivilege, .tooManyConnectionsOfDatabase, .readOnly: .database
    case .timedOut, .connectionClosed, .notPostgres, .parameters, .other: nil
    }
  }
}
