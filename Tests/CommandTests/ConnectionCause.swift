import Testing
import TestSupport

/// A way in which connecting fails, and what is said of it.
struct ConnectionCause: CustomTestStringConvertible, Sendable {
  /// The authorizer's name.
  var name: String
  /// The server that it leads to; nothing for none of PostgreSQL's.
  var server: TLSServer.Kind?
  /// Its fields; PORT stands for the server's port.
  var fields: String
  var reason: String
  /// The step that fails; nothing where none is tried.
  var step: String?
  /// What the diagnostic points at.
  var at: String
  /// A part of its message.
  var message: String
  /// A part of its help.
  var help: String

  var testDescription: String { name }

  init(
    _ name: String, _ server: TLSServer.Kind?, _ fields: String, reason: String, step: String?, at: String,
    _ message: String, help: String
  ) {
    self.name = name
    self.server = server
    self.fields = fields
    self.reason = reason
    self.step = step
    self.at = at
    self.message = message
    self.help = help
  }

  private static func shop(_ username: String, _ more: String = "", database: String = "shop") -> String {
    "host: localhost, port: PORT, database: \(database), username: \(username)\(more.isEmpty ? "" : ", \(more)")"
  }

  private static let verified = "tls: {mode: verify-full, rootCertificate: ca.crt}"

  private static func certified(_ name: String, database: String = "certs") -> String {
    shop(
      "certified", "tls: {mode: require, clientCertificate: \(name).crt, clientKey: \(name).key}", database: database)
  }

  static let all = network + encryption + certificates + login + capacity

  static let network = [
    ConnectionCause(
      "unknown-host", nil, "host: db.invalid, database: shop, username: loader", reason: "host-not-found",
      step: "name", at: "db.invalid", #"host "db.invalid" has no address"#, help: "check `host:` for a typing mistake"),
    ConnectionCause(
      "closed-port", nil, shop("loader"), reason: "refused", step: "port", at: "localhost",
      "nothing listens at localhost:PORT (127.0.0.1)", help: "check `host:` and `port:`"),
    ConnectionCause(
      "no-socket", nil, "host: /nowhere, database: shop, username: loader", reason: "socket-missing", step: "port",
      at: "/nowhere", "there is no server's socket at /nowhere/.s.PGSQL.5432", help: "the socket's folder"),
    ConnectionCause(
      "dropped", nil, shop("loader", "connectTimeout: 1s"), reason: "timed-out", step: "port", at: "localhost",
      "no answer from localhost:PORT (127.0.0.1) within 1s",
      help: "127.0.0.1 must be allowed to reach 127.0.0.1, port PORT"),
    ConnectionCause(
      "silent", nil, shop("loader", "connectTimeout: 1s"), reason: "timed-out", step: "tls", at: "localhost",
      "localhost:PORT (127.0.0.1) took the connection, and then did not answer within 1s",
      help: "it may not be PostgreSQL"),
    ConnectionCause(
      "no-route", nil, "host: 255.255.255.255, port: 9, database: shop, username: loader", reason: "unreachable",
      step: "port", at: "255.255.255.255", "the network has no way to 255.255.255.255:9", help: "a VPN, a route"),
    ConnectionCause(
      "malformed-url", nil, "url: {env: MALFORMED_URL}", reason: "invalid-parameters", step: nil,
      at: "{env: MALFORMED_URL}", "libpq does not take the connection's parameters", help: "libpq says: "),
    ConnectionCause(
      "no-url", nil, "url: {env: NO_URL}", reason: "invalid-parameters", step: nil, at: "{env: NO_URL}",
      "is no connection URI", help: "postgresql://role@host:5432/database"),
  ]

  static let encryption = [
    ConnectionCause(
      "tls-wanted-there", .good, shop("tlsonly", "tls: disable"), reason: "tls-required", step: "tls", at: "disable",
      "localhost:PORT (127.0.0.1) wants TLS, and `tls: disable` rules it out", help: "write `tls: require`"),
    ConnectionCause(
      "tls-wanted-here", .plain, shop("loader", "tls: require"), reason: "tls-unavailable", step: "tls", at: "require",
      "localhost:PORT (127.0.0.1) has no TLS, and `tls: require` wants it", help: "ssl = on"),
    ConnectionCause(
      "old-tls", .tls11, shop("loader", "tls: require"), reason: "tls-version", step: "tls", at: "require",
      "have no version of TLS in common", help: "the server must speak TLS 1.2 or 1.3"),
    ConnectionCause(
      "newer-tls-wanted", .tls12, "url: {env: TLS13_URL}", reason: "tls-version", step: "tls", at: "{env: TLS13_URL}",
      "localhost:PORT (127.0.0.1) and this machine have no version of TLS in common",
      help: "between TLSv1.3 and TLSv1.3"),
  ]

  static let certificates = [
    ConnectionCause(
      "expired", .expired, shop("loader", verified), reason: "certificate-expired", step: "tls", at: "verify-full",
      "the certificate of localhost:PORT (127.0.0.1) expired on 2021-01-01",
      help: "the server's administrator renews it"),
    ConnectionCause(
      "not-yet-valid", .early, shop("loader", verified), reason: "certificate-not-yet-valid", step: "tls",
      at: "verify-full", "is not valid before 2098-01-01", help: "check this machine's clock"),
    ConnectionCause(
      "wrong-name", .wrong, shop("loader", verified), reason: "certificate-wrong-name", step: "tls", at: "localhost",
      #"is for db.example.com, replica.example.com, not for "localhost""#, help: "write one of its names as `host:`"),
    ConnectionCause(
      "unknown-authority", .good, shop("loader", "tls: {mode: verify-ca, rootCertificate: other-ca.crt}"),
      reason: "certificate-unknown-ca", step: "tls", at: "other-ca.crt", "is signed by no authority of other-ca.crt",
      help: #"the authority that signed it ("Sluice test ca")"#),
    ConnectionCause(
      "public-authorities", .good, shop("loader", "tls: {mode: verify-full, rootCertificate: system}"),
      reason: "certificate-unknown-ca", step: "tls", at: "system",
      "is signed by no authority of those that this machine trusts", help: "as `rootCertificate:`"),
    ConnectionCause(
      "missing-authority", .good, shop("loader", "tls: {mode: verify-full, rootCertificate: none.crt}"),
      reason: "certificate-file", step: nil, at: "none.crt", "there is no file none.crt",
      help: "paths are relative to the manifest"),
    ConnectionCause(
      "no-certificates-in-file", .good, shop("loader", "tls: {mode: verify-full, rootCertificate: causes.yaml}"),
      reason: "certificate-file", step: "tls", at: "causes.yaml", "causes.yaml holds no certificates", help: "in PEM"),
    ConnectionCause(
      "default-authority", .good, shop("loader", "tls: verify-full"), reason: "certificate-file", step: "tls",
      at: "verify-full", "`tls: verify-full` needs to know whom to trust, and there is no ~/.postgresql/root.crt",
      help: "`rootCertificate: system`"),
    ConnectionCause(
      "no-client-certificate", .good, shop("certified", "tls: require", database: "certs"),
      reason: "client-certificate-required", step: "tls", at: "require",
      "wants a certificate of the client's, and there is none", help: "clientCertificate: client.pem"),
    ConnectionCause(
      "strange-client", .good, certified("stranger"), reason: "client-certificate-refused", step: "tls",
      at: "stranger.crt", "it is signed by no authority that the server trusts", help: "have it signed anew"),
    ConnectionCause(
      "late-client", .good, certified("late"), reason: "client-certificate-refused", step: "tls", at: "late.crt",
      "does not accept the client's certificate: it has expired", help: "have it signed anew"),
    ConnectionCause(
      "another-client", .good, certified("somebody", database: "certfull"), reason: "client-certificate-refused",
      step: "tls", at: "somebody.crt", #"it is not for role "certified""#, help: "its common name must be the role's"),
    ConnectionCause(
      "open-key", .good, certified("open"), reason: "client-key-permissions", step: nil, at: "open.key",
      "others than its owner can read the key open.key", help: "chmod 600 open.key"),
    ConnectionCause(
      "another-key", .good, certified("mixed"), reason: "certificate-file", step: "tls", at: "mixed.key",
      "the client's key does not fit its certificate", help: "`clientKey:` names the key"),
  ]

  static let login = [
    ConnectionCause(
      "wrong-password", .good, shop("scram", "password: {env: WRONG}"), reason: "wrong-password", step: "login",
      at: "{env: WRONG}", #"role "scram" was not let in at localhost:PORT (127.0.0.1): the password is wrong"#,
      help: #"tried: role "scram", database "shop", localhost:PORT (127.0.0.1)"#),
    ConnectionCause(
      "wrong-url", .good, "url: {env: WRONG_URL}", reason: "wrong-password", step: "login", at: "{env: WRONG_URL}",
      #"role "scram" was not let in at localhost:PORT (127.0.0.1)"#, help: "(SQLSTATE 28P01)"),
    ConnectionCause(
      "no-password", .good, shop("scram"), reason: "no-password", step: "login", at: "scram",
      #"wants a password of role "scram", and there is none"#, help: "write `password: {env: NAME}`"),
    ConnectionCause(
      "unknown-role", .good, shop("nobody"), reason: "unknown-role", step: "login", at: "nobody",
      #"role "nobody" does not exist"#, help: "check `username:`"),
    ConnectionCause(
      "no-login", .good, shop("nologin"), reason: "role-cannot-login", step: "login", at: "nologin",
      #"role "nologin" may not log in"#, help: "ALTER ROLE nologin LOGIN;"),
    ConnectionCause(
      "unlisted", .good, shop("unlisted", "tls: require"), reason: "no-hba-entry", step: "login", at: "unlisted",
      #"no line of the server's pg_hba.conf lets role "unlisted" into database "shop" from here with TLS"#,
      help: "hostssl  shop  unlisted  127.0.0.1/32  scram-sha-256"),
    ConnectionCause(
      "unlisted-in-the-plain", .good, shop("unlisted", "tls: disable"), reason: "no-hba-entry", step: "login",
      at: "unlisted", "from here without TLS", help: "host  shop  unlisted  127.0.0.1/32  scram-sha-256"),
    ConnectionCause(
      "plain-wanted-there", .good, shop("plainonly", "tls: require"), reason: "no-hba-entry", step: "login",
      at: "plainonly", "from here with TLS", help: "hostssl  shop  plainonly"),
    ConnectionCause(
      "rejected", .good, shop("rejected"), reason: "no-hba-entry", step: "login", at: "rejected",
      #"a line of the server's pg_hba.conf keeps role "rejected" out of database "shop" from here"#,
      help: "takes that line out"),
    ConnectionCause(
      "unknown-database", .good, shop("loader", database: "nowhere"), reason: "unknown-database", step: "database",
      at: "nowhere", #"database "nowhere" does not exist at localhost:PORT"#, help: "(SQLSTATE 3D000)"),
    ConnectionCause(
      "service", .good, "service: shop", reason: "unknown-database", step: "database", at: "shop",
      #"database "nowhere" does not exist at localhost:PORT (127.0.0.1)"#,
      help: #"tried: role "loader", database "nowhere", localhost:PORT (127.0.0.1)"#),
    ConnectionCause(
      "closed-database", .good, shop("loader", database: "closed"), reason: "database-closed", step: "database",
      at: "closed", #"database "closed" takes no connections"#, help: "ALTER DATABASE closed ALLOW_CONNECTIONS true;"),
    ConnectionCause(
      "private-database", .good, shop("loader", database: "private"), reason: "no-connect-privilege",
      step: "database", at: "loader", #"role "loader" may not connect to database "private""#,
      help: "GRANT CONNECT ON DATABASE private TO loader;"),
  ]

  static let capacity = [
    ConnectionCause(
      "no-slot", .crowded, shop("loader"), reason: "too-many-connections", step: "login", at: "localhost",
      "localhost:PORT (127.0.0.1) has no connection left", help: "max_connections"),
    ConnectionCause(
      "role-limit", .good, shop("limited"), reason: "too-many-connections", step: "login", at: "limited",
      #"role "limited" has as many connections as it may"#, help: "ALTER ROLE limited CONNECTION LIMIT -1;"),
    ConnectionCause(
      "database-limit", .good, shop("loader", database: "full_up"), reason: "too-many-connections", step: "database",
      at: "full_up", #"database "full_up" has as many connections as it may"#,
      help: "ALTER DATABASE full_up CONNECTION LIMIT -1;"),
    ConnectionCause(
      "starting", .starting, shop("loader"), reason: "starting-up", step: "login", at: "localhost",
      "localhost:PORT (127.0.0.1) is starting up", help: "(SQLSTATE 57P03)"),
    ConnectionCause(
      "stopping", .stopped, shop("loader"), reason: "shutting-down", step: "login", at: "localhost",
      "localhost:PORT (127.0.0.1) is shutting down", help: "once it has been started"),
    ConnectionCause(
      "cold-standby", .cold, shop("loader"), reason: "in-recovery", step: "login", at: "localhost",
      "is a standby that does not take such connections", help: "detail: Hot standby mode is disabled."),
    ConnectionCause(
      "primary-wanted", .standby, "url: {env: PRIMARY_URL}", reason: "read-only", step: "database",
      at: "{env: PRIMARY_URL}", "localhost:PORT (127.0.0.1) is not as target_session_attrs wants it",
      help: "name the primary"),
  ]
}
