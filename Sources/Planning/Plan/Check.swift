/// A precondition of a step.
public struct Check: Hashable, Sendable {
  /// The stable identifiers of RECONCILER's table.
  public enum ID: String, Hashable, Sendable, CaseIterable {
    case connection
    case serverVersion = "server-version"
    case serverWritable = "server-writable"
    case schemaExists = "schema-exists"
    case schemaUsage = "schema-usage"
    case schemaCreate = "schema-create"
    case databaseTemp = "database-temp"
    case tablePrivileges = "table-privileges"
    case ledger
    case tableOwner = "table-owner"
    case tableKind = "table-kind"
    case tableColumns = "table-columns"
    case uniqueKey = "unique-key"
    case rowSecurity = "row-security"
    case sourceReadable = "source-readable"
    case sourcePrivileges = "source-privileges"
    case transform
    case quality
  }

  /// How a check came out.
  public enum Status: String, Hashable, Sendable {
    case passed, failed, skipped
  }

  public var id: ID
  public var status: Status
  /// What holds, or does not, in a few words: `schema sales exists`.
  public var message: String
  /// The statements that would mend it, for somebody who may run them.
  public var remedy: Remedy?

  /// Makes a check.
  public init(_ id: ID, _ status: Status, _ message: String, remedy: Remedy? = nil) {
    self.id = id
    self.status = status
    self.message = message
    self.remedy = remedy
  }
}

/// Statements that somebody with more rights runs to unblock a step.
public struct Remedy: Hashable, Sendable {
  /// The authorizer whose database it is about.
  public var authorizer: String
  /// Who can run them: `the owner of database analytics`.
  public var executor: String
  /// Complete SQL statements, each with its semicolon.
  public var statements: [String]

  /// Makes a remedy.
  public init(authorizer: String, executor: String, statements: [String]) {
    self.authorizer = authorizer
    self.executor = executor
    self.statements = statements
  }
}

/// What running a step may do to others who use the database.
public enum Hazard: String, Hashable, Sendable, CaseIterable {
  case locksWrites, buildsIndex, scansTable
}
