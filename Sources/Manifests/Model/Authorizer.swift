/// Credentials and address of one PostgreSQL database.
public struct Authorizer: Equatable, Sendable {
  /// `type:`; there is one.
  public enum ServerType: String, Hashable, Sendable, CaseIterable { case postgresql }

  /// How strictly the connection is encrypted, with libpq's meaning of `sslmode`.
  public enum TLSMode: String, Hashable, Sendable, CaseIterable {
    case disable, prefer, require
    case verifyCA = "verify-ca"
    case verifyFull = "verify-full"
  }

  /// `tls:`; a plain mode, or one with its files (relative to the project).
  public struct TLS: Hashable, Sendable {
    /// As `rootCertificate`: the authorities that the machine trusts. A file of that name is `./system`.
    public static let systemAuthorities = "system"

    public var mode: TLSMode
    /// A file of certificates, or ``systemAuthorities``; left out, libpq's own file.
    public var rootCertificate: String?
    public var clientCertificate: String?
    public var clientKey: String?

    /// Makes a setting.
    public init(
      mode: TLSMode, rootCertificate: String? = nil, clientCertificate: String? = nil, clientKey: String? = nil
    ) {
      self.mode = mode
      self.rootCertificate = rootCertificate
      self.clientCertificate = clientCertificate
      self.clientKey = clientKey
    }
  }

  public var type: ServerType = .postgresql
  /// A host's name or address, or the folder of a unix socket; required unless `url` or `service` is given.
  public var host: String?
  public var port: Int = 5432
  public var database: String?
  public var username: String?
  public var password: SecretReference?
  /// A whole libpq URI in place of host, port, database, username and password.
  public var url: SecretReference?
  /// A section of libpq's service file.
  public var service: String?
  /// Nothing is written: `prefer`, or what the `url` says.
  public var tls: TLS?
  /// The name of a tunnel.
  public var tunnel: String?
  public var connectTimeout: Duration = .seconds(10)
  /// Zero leaves the server's own.
  public var statementTimeout: Duration = .zero
  public var lockTimeout: Duration = .seconds(5)
  /// The role that statements run as (SET LOCAL ROLE).
  public var role: String?

  /// An authorizer with the defaults.
  public init() {}
}

extension Authorizer {
  /// Where its server is, in words: the host, and the tunnel that leads to it; nothing where both are a secret's part.
  public var whereabouts: String? {
    guard let tunnel else { return host }
    return (host.map { "\($0) " } ?? "") + "through tunnel \(tunnel)"
  }
}
