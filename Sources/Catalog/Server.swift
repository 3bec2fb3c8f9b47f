/// What a connection says of its server, database and role.
public struct Server: Hashable, Sendable, Codable {
  /// `server_version_num`: 150018 is 15.18.
  public var versionNumber: Int
  /// `server_version` without the packager's words: `15.18`.
  public var version: String
  /// The protocol of the encrypted connection (`TLSv1.3`), or nothing where it is plain.
  public var tls: String?
  /// Whether the server's certificate was verified; false where the connection is plain.
  public var isCertificateVerified = false
  /// Whether TLS was preferred, and the connection through the network is plain all the same.
  public var isPlainForWantOfTLS = false
  /// The role that statements run as: the authorizer's `role`, else the login role.
  public var role: Identifier
  /// The role that connects.
  public var login: Identifier
  /// The roles that it is a member of, and whose rights it has by that.
  public var memberships: Set<Identifier>
  /// Whether the role is a superuser.
  public var isSuperuser: Bool
  /// The database's name.
  public var database: String
  /// The role that owns the database.
  public var databaseOwner: Identifier
  /// What the role may do in the database: `create`, `temporary`.
  public var privileges: Set<Privilege>
  /// `pg_is_in_recovery()`: a standby.
  public var isInRecovery: Bool
  /// `default_transaction_read_only`.
  public var isReadOnly: Bool
  /// The cluster's system identifier and the database's OID, name and host, which tell this database from any other.
  public var identity: String

  /// Makes a server.
  public init(
    versionNumber: Int, version: String, tls: String?, role: Identifier, isSuperuser: Bool, database: String,
    databaseOwner: Identifier, privileges: Set<Privilege>, isInRecovery: Bool, isReadOnly: Bool, identity: String,
    login: Identifier? = nil,
    memberships: Set<Identifier> = []
  ) {
    self.versionNumber = versionNumber
    self.version = version
    self.tls = tls
    self.role = role
    self.login = login ?? role
    self.memberships = memberships
    self.isSuperuser = isSuperuser
    self.database = database
    self.databaseOwner = databaseOwner
    self.privileges = privileges
    self.isInRecovery = isInRecovery
    self.isReadOnly = isReadOnly
    self.identity = identity
  }

  /// Whether the role may do all that `other` may, as it is that role, a member of it or a superuser.
  public func hasRights(of other: Identifier) -> Bool {
    isSuperuser || role == other || memberships.contains(other)
  }
}
