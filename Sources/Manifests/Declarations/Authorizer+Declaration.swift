internal import JSON
internal import OrderedCollections
internal import YAML

extension Authorizer: Specification {
  public static var kind: Kind { .authorizer }
  public static let declaration = Declaration(record)

  static let record = Record<Authorizer>(
    "an authorizer", { Authorizer() },
    [
      Field("type", \.type, .choice, "The kind of server; there is one.", example: "postgresql"),
      Field(
        "host", \.host, .host, "The server's name or address, or the folder of its unix socket.",
        example: "db.example.com"),
      Field("port", \.port, .int(1...65535), "The server's port.", example: "5432"),
      Field(
        "database", \.database, .text, "The database; required unless `url` or `service` says it.", example: "analytics"
      ),
      Field(
        "username", \.username, .text, "The login role; required unless `url` or `service` says it.", example: "loader"),
      Field(
        "password", \.password, .secret, "Where the password is to be found; left out, libpq's own ways apply.",
        example: "{env: WAREHOUSE_PASSWORD}"),
      Field(
        "url", \.url, .secret,
        "Where a whole libpq URI is to be found, in place of host, port, database, username and password.",
        example: "{env: DATABASE_URL}"),
      Field("service", \.service, .text, "A section of libpq's service file.", example: "warehouse"),
      Field(
        "tls", \.tls, .tls, "How strictly the connection is encrypted: `prefer` where nothing is written.",
        example: "verify-full"),
      Field("tunnel", \.tunnel, .text, "The tunnel that the connection goes through.", example: "bastion"),
      Field("connectTimeout", \.connectTimeout, .duration, "How long connecting may take.", example: "10s"),
      Field(
        "statementTimeout", \.statementTimeout, .duration,
        "How long a statement may take; `0s` leaves the server's own.",
        example: "1h"),
      Field(
        "lockTimeout", \.lockTimeout, .duration, "How long to wait for a lock, in apply and for TRUNCATE in a load.",
        example: "5s"),
      Field(
        "role", \.role, .identifier, "The role that statements run as, by SET LOCAL ROLE; tables belong to it.",
        example: "warehouse_owner"),
    ],
    check: check)

  private static let check: @Sendable (Authorizer, Given, inout Reading) -> Void = { authorizer, given, reading in
    if given.isWritten("url") {
      for name in ["host", "port", "database", "username", "password", "service"] where given.isWritten(name) {
        reading.refuse(
          name, "`\(name)` and `url` exclude each other", help: ["remove one of the two"], because: "url")
      }
    } else if given.isMissing("service"), given.isMissing("url") {
      reading.require(["host", "database", "username"], given, in: "an authorizer without `url` and `service`") {
        record.example(of: $0)
      }
    } else if !given.isWritten("host"), given.isWritten("tunnel") {
      reading.refuse(
        "tunnel", "`tunnel` wants the server's name, which only libpq can find in `service`",
        help: ["write `host:` and `port:` beside `service:`"], because: "service")
    }
    if let host = authorizer.host, host.hasPrefix("/"), let tls = authorizer.tls,
      ![.disable, .prefer].contains(tls.mode)
    {
      reading.refuse(
        "tls", "`\(tls.mode.rawValue)` cannot be had on a unix socket, which is never encrypted",
        help: ["remove `tls`, or give the server's name as `host`"], because: "host")
    }
    if let tls = authorizer.tls, tls.rootCertificate == Authorizer.TLS.systemAuthorities, tls.mode != .verifyFull {
      reading.refuse(
        "tls",
        "`rootCertificate: system` with `\(tls.mode.rawValue)` would take any certificate of any public authority",
        help: ["write `mode: verify-full`, so that the server's name is verified too"])
    }
  }
}

extension Shape where Value == Authorizer.TLS {
  private static let record = Record<Authorizer.TLS>(
    "tls", { Authorizer.TLS(mode: .prefer) },
    [
      Field(
        "mode", \.mode, .choice, "How strictly, with libpq's meaning of sslmode.", example: "verify-full",
        isRequired: true),
      Field(
        "rootCertificate", \.rootCertificate, .rootCertificate,
        "The authorities that the server's certificate is verified with: a file, or `system` for the machine's own.",
        example: "ca.pem"),
      Field(
        "clientCertificate", \.clientCertificate, .path, "The certificate that the client shows.", example: "client.pem"
      ),
      Field("clientKey", \.clientKey, .path, "The client certificate's key.", example: "client.key"),
    ])

  /// A mode, or a map with a mode and files.
  static let tls: Shape = {
    let mode = Shape<Authorizer.TLSMode>.choice
    let full = Shape.record(record)
    let words = "\(mode.words), or a map with `mode` and files"
    return Shape(words, schema: ["anyOf": [mode.schema, full.schema]], members: .of(record)) { node, reading in
      if case .mapping = node.content { return full.read(node, &reading) }
      guard case .scalar = node.content else {
        reading.wrongType(node, wants: words)
        return nil
      }
      return mode.read(node, &reading).map { Authorizer.TLS(mode: $0) }
    } write: {
      full.write($0)
    }
  }()
}
