extension ConnectFailure {
  /// Tells a failure by the server's code, and by words where one code stands for several.
  ///
  /// - Parameter routine: the function of the server's source that reported it, which no language changes.
  init(sqlState: String, message: String, routine: String?) {
    let message = message.lowercased()
    func says(_ words: String...) -> Bool { words.contains { message.contains($0) } }
    // Poolers and hosted servers have words of their own for it.
    if says("ssl required", "ssl connection is required", "connection is insecure", "tls required") {
      self = .tlsRequired
      return
    }
    self =
      switch sqlState {
      case "28P01": .wrongPassword
      case "28000": Self.refusedLogin(says, routine: routine)
      case "3D000": .unknownDatabase
      case "42501": .noConnectPrivilege
      case "55000": .databaseClosed
      case "53300": Self.limit(says, routine: routine)
      case "57P01", "57P02": .shuttingDown
      case "57P03":
        if says("shutting down") {
          .shuttingDown
        } else if says("not accepting connections") {
          .inRecovery
        } else {
          .startingUp
        }
      default:
        if says("no such user") {
          .unknownRole
        } else if says("no such database") {
          .unknownDatabase
        } else if says("no more connections allowed") {
          .tooManyConnections
        } else {
          sqlState.hasPrefix("28") ? .notLetIn : .other
        }
      }
  }

  private static func refusedLogin(_ says: (String...) -> Bool, routine: String?) -> ConnectFailure {
    // The file's name stays the same in every language.
    if says("pg_hba.conf") { return .noHBAEntry }
    if says("valid client certificate") { return .clientCertificateRequired }
    if says("certificate authentication failed") { return .clientCertificateRefused }
    if says("ldap authentication failed", "pam authentication failed", "radius authentication failed") {
      return .wrongPassword
    }
    if says("log in") { return .roleCannotLogin }
    if says("does not exist") || routine == "InitializeSessionUserId" { return .unknownRole }
    return .notLetIn
  }

  private static func limit(_ says: (String...) -> Bool, routine: String?) -> ConnectFailure {
    if says("for role") || routine == "InitializeSessionUserId" { return .tooManyConnectionsOfRole }
    if says("for database") || routine == "CheckMyDatabase" { return .tooManyConnectionsOfDatabase }
    return .tooManyConnections
  }

  /// Tells a failure by libpq's words.
  ///
  /// libpq has no codes for its own failures. Its words are English here, as the program never calls `setlocale`; they
  /// are matched loosely, and what is not known is `other`.
  init(libpq message: String) {
    let message = message.lowercased()
    self = Self.byWords.first { _, words in words.contains { message.contains($0) } }?.0 ?? .other
  }

  /// What libpq 12 to 18 says; the first that fits counts.
  private static let byWords: [(ConnectFailure, [String])] = [
    (.tlsUnavailable, ["does not support ssl", "ssl support is not compiled"]),
    (.notPostgres, ["invalid response to ssl negotiation", "expected authentication request from server"]),
    (
      .tlsVersion, ["alert protocol version", "unsupported protocol", "no protocols available", "wrong version number"]
    ),
    (.certificateWrongName, ["does not match host name", "certificate's name"]),
    (.clientCertificateRequired, ["alert certificate required", "alert no certificate"]),
    (
      .clientCertificateRefused,
      ["alert unknown ca", "alert certificate", "alert bad certificate", "alert decrypt error"]
    ),
    (.clientKeyPermissions, ["has group or world access", "must be owned by"]),
    (
      .certificateFile,
      [
        "certificate file", "private key file", "certificate present", "locate root certificate", "could not load",
        "key values mismatch", "does not match certificate",
      ]
    ),
    (.certificateUnknownCA, ["certificate verify failed"]),
    (.tlsFailed, ["ssl error", "ssl syscall error", "certificate", "no ssl error reported"]),
    (.noPassword, ["no password supplied"]),
    (.notLetIn, ["authentication failed", "authentication method", "channel binding", "scram"]),
    (.hostNotFound, ["could not translate host name", "name or service not known", "could not parse network address"]),
    (.timedOut, ["timeout expired", "timed out"]),
    (.socketMissing, ["no such file or directory", "permission denied", "unix-domain socket path"]),
    (.refused, ["connection refused"]),
    (.unreachable, ["no route to host", "network is unreachable", "host is unreachable", "host is down"]),
    (.inRecovery, ["server is in hot standby mode", "server is not in hot standby mode"]),
    (.readOnly, ["session is read-only", "session is not read-only"]),
    (.connectionClosed, ["server closed the connection unexpectedly", "connection reset by peer", "broken pipe"]),
    (
      .parameters,
      [
        "invalid connection option", "invalid uri", "definition of service", "service file", "missing \"=\"",
        "invalid port number", "invalid value", "invalid integer value", "unexpected character", "could not match",
        "invalid sslmode", "weak sslmode", "percent-encoded", "key/value separator", "in ipv6 host address", "sslmode",
        "unterminated quoted string",
      ]
    ),
  ]
}
