internal import Catalog
internal import Manifests

/// The oldest server that Sluice works with.
private let oldestVersion = 120000

extension FlowContext {
  /// `server-version` and `server-writable`.
  func serverChecks() -> [Finding] {
    let server = live.server
    let place = design.destination.places.place(of: "authorizer")
    var findings: [Finding] = []
    if server.versionNumber < oldestVersion {
      findings.append(
        failed(
          .serverVersion, "authorizer \(design.authorizer) is PostgreSQL \(server.version), older than 12",
          about: "version", at: place, help: ["PostgreSQL 12 is the oldest that Sluice works with"]))
    }
    if server.isInRecovery || server.isReadOnly {
      let reason = server.isInRecovery ? "is a standby (in recovery)" : "is read-only (default_transaction_read_only)"
      findings.append(
        failed(
          .serverWritable, "database \(Identifier(server.database).sql) of authorizer \(design.authorizer) \(reason)",
          about: "writable", at: place,
          help: ["a destination needs a server that takes writes: connect to the primary"]))
    }
    return findings
  }

  /// `database-temp`, where rows are staged.
  func temporaryCheck() -> [Finding] {
    guard stagesRows else { return [] }
    let database = Identifier(live.server.database)
    let missing = unmet(.databaseTemp)
    guard !missing.isEmpty else { return [.passed(.databaseTemp, "TEMPORARY granted")] }
    return [
      failed(
        .databaseTemp, "role \(role.sql) may not make temporary tables in database \(database.sql)",
        about: "temporary", at: places.place(of: "writeMode"),
        label: hasRowSecurity
          ? "rows are staged in a temporary table, as row-level security refuses COPY"
          : "\(spec.writeMode.rawValue) stages its rows in a temporary table",
        remedy: remedy(missing.statements(to: role)))
    ]
  }
}
