internal import Catalog
internal import Manifests
internal import Postgres

/// What is to be said of a failure to connect.
struct ConnectionExplanation {
  /// What is wrong, behind the authorizer's name.
  var what: String
  /// The fields that it may be about: it is shown at the first that is written.
  var fields: [String]
  /// What to do.
  var help: [String]

  init(_ what: String, at fields: [String], help: String...) {
    self.what = what
    self.fields = fields
    self.help = help
  }
}

/// A failure to connect, with the names by which people know what was connected to.
struct FailedConnection {
  let error: PostgresError
  let spec: Authorizer

  init(_ error: PostgresError, _ spec: Authorizer) {
    self.error = error
    self.spec = spec
  }

  /// Whom libpq tried, which a url or a service may have named.
  var target: ConnectionTarget? { error.target.flatMap { $0.host.isEmpty ? nil : $0 } }

  /// `db.example.com:5432 (192.0.2.1)`.
  var server: String {
    // libpq knows of a tunnel's near end alone.
    if let tunnel = spec.tunnel { return "\(farEnd) through tunnel/\(tunnel)" }
    guard let target else { return spec.host.map { $0.hasPrefix("/") ? $0 : "\($0):\(spec.port)" } ?? "the server" }
    guard let address = target.address, address != target.host, !target.isSocket else { return target.name }
    return "\(target.name) (\(address))"
  }

  /// Where a tunnel leads.
  var farEnd: String { spec.host.map { "\($0):\(spec.port)" } ?? target?.host ?? "the server" }

  /// `role "loader"`.
  var role: String { roleName.map { "role \"\($0)\"" } ?? "the role" }

  /// `database "analytics"`.
  var database: String { databaseName.map { "database \"\($0)\"" } ?? "the database" }

  var roleName: String? { spec.username ?? error.target.flatMap { $0.user.isEmpty ? nil : $0.user } }

  var databaseName: String? { spec.database ?? error.target.flatMap { $0.database.isEmpty ? nil : $0.database } }

  /// The role as SQL has it, for statements to copy.
  var roleSQL: String { Identifier(roleName ?? "role").sql }

  /// The database as SQL has it, for statements to copy.
  var databaseSQL: String { Identifier(databaseName ?? "database").sql }

  /// Where a part of the address stands: `` `host:` ``, or `the host in the url`.
  func part(_ name: String) -> String {
    if spec.url != nil { return "the \(name) in the url" }
    return spec.service != nil && spec.host == nil ? "the service's \(name)" : "`\(name):`"
  }

  /// `tls: require`, or as a url or a service has it.
  var mode: String {
    if let tls = spec.tls { return "`tls: \(tls.mode.rawValue)`" }
    let mode = error.target?.tlsMode ?? Authorizer.TLSMode.prefer.rawValue
    return spec.url == nil && spec.service == nil ? "`tls: \(mode)`" : "sslmode=\(mode)"
  }

  /// What the server, or libpq, says itself; where a url could not be read, nothing that may be a part of it.
  var words: [String] {
    if error.sqlState == nil {
      let said = error.message.replacing("\n\t", with: " ").replacing("\n", with: " ")
      return ["libpq says: \(error.connectFailure == .parameters && spec.url != nil ? Self.withoutQuotes(said) : said)"]
    }
    return ["tried: \(role), \(database), \(server)"]
      + ["the server says: \(error.message) (SQLSTATE \(error.sqlState ?? ""))"]
      + [error.detail.map { "detail: \($0)" }, error.hint.map { "hint: \($0)" }].compactMap { $0 }
  }

  /// libpq quotes what it cannot read, and that may be the password.
  private static func withoutQuotes(_ text: String) -> String {
    let harmless = ["invalid URI query parameter: ", "invalid port number: ", "invalid sslmode value: "]
    if harmless.contains(where: text.hasPrefix) { return text }
    guard let quote = text.firstIndex(of: "\"") else { return text }
    return text[..<quote] + "…"
  }

  var explanation: ConnectionExplanation {
    let failure = error.connectFailure ?? .other
    return network(failure) ?? encryption(failure) ?? certificates(failure) ?? login(failure) ?? capacity(failure)
      ?? ConnectionExplanation("the connection to \(server) failed", at: ["host"])
  }
}
