internal import Catalog
public import Manifests
public import Postgres

/// The settings of each transaction, for the same round trip as its BEGIN.
///
/// They are SET LOCAL, so that nothing of a session is relied on and a transaction pooler may stand in between; with
/// them a value means the same whatever the server's, database's or role's own settings are.
public struct SessionSettings: Sendable {
  /// How long a statement waits for a lock.
  public var lockTimeout: Duration
  /// How long a statement may run; zero leaves the server's own.
  public var statementTimeout: Duration
  /// The role that statements run as (SET LOCAL ROLE).
  public var role: String?

  /// Makes settings.
  public init(lockTimeout: Duration, statementTimeout: Duration, role: String?) {
    self.lockTimeout = lockTimeout
    self.statementTimeout = statementTimeout
    self.role = role
  }

  /// The statements, the role's first: what it may not do, no later one does.
  public var statements: [SQL] {
    var settings: [SQL] = []
    if let role { settings.append("SET LOCAL ROLE \(identifier: Identifier(role))") }
    settings += [
      "SET LOCAL TimeZone = 'UTC'", "SET LOCAL DateStyle = 'ISO, YMD'", "SET LOCAL IntervalStyle = 'postgres'",
      "SET LOCAL extra_float_digits = 3", "SET LOCAL search_path = pg_catalog",
      "SET LOCAL standard_conforming_strings = on", "SET LOCAL idle_in_transaction_session_timeout = 0",
      "SET LOCAL lock_timeout = \(raw: lockTimeout.milliseconds)",
    ]
    if statementTimeout > .zero {
      settings.append("SET LOCAL statement_timeout = \(raw: statementTimeout.milliseconds)")
    }
    return settings
  }
}

extension Authorizer {
  /// The statements that every transaction with it begins with.
  public func sessionSettings() -> [SQL] {
    SessionSettings(lockTimeout: lockTimeout, statementTimeout: statementTimeout, role: role).statements
  }
}

extension Duration {
  /// Whole milliseconds, as PostgreSQL's time settings take them.
  fileprivate var milliseconds: String {
    String(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
