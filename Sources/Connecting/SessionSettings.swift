internal import Catalog
public import Manifests
public import Postgres

extension Authorizer {
  /// The settings of each transaction, for the same round trip as its BEGIN.
  ///
  /// They are SET LOCAL, so that nothing of a session is relied on and a transaction pooler may stand in between; with
  /// them a value means the same whatever the server's, database's or role's own settings are.
  public func sessionSettings() -> [SQL] {
    var settings: [SQL] = []
    if let role { settings.append("SET LOCAL ROLE \(identifier: Identifier(role))") }
    settings += [
      "SET LOCAL TimeZone = 'UTC'", "SET LOCAL DateStyle = 'ISO, YMD'", "SET LOCAL IntervalStyle = 'postgres'",
      "SET LOCAL extra_float_digits = 3", "SET LOCAL search_path = pg_catalog",
      "SET LOCAL standard_conforming_strings = on",
      "SET LOCAL lock_timeout = \(raw: lockTimeout.milliseconds)",
    ]
    if statementTimeout > .zero {
      settings.append("SET LOCAL statement_timeout = \(raw: statementTimeout.milliseconds)")
    }
    return settings
  }
}

extension Duration {
  /// Whole milliseconds, as PostgreSQL's time settings take them.
  fileprivate var milliseconds: String {
    String(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
