public import Catalog
public import Diagnostics
internal import Manifests

/// The oldest server that Sluice works with.
private let oldestVersion = 120000

extension Diagnostic {
  /// `server-version`: that a server is too old.
  public static func version(_ server: Server, of authorizer: String, at place: Place) -> Diagnostic? {
    guard server.versionNumber < oldestVersion else { return nil }
    return Diagnostic(
      .error, Check.ID.serverVersion.rawValue,
      "authorizer \(authorizer) is PostgreSQL \(server.version), older than 12",
      at: place,
      help: ["PostgreSQL 12 is the oldest that Sluice works with"])
  }

  /// `server-writable`: that a server takes no writes.
  public static func writable(_ server: Server, of authorizer: String, at place: Place) -> Diagnostic? {
    guard server.isInRecovery || server.isReadOnly else { return nil }
    let reason = server.isInRecovery ? "is a standby (in recovery)" : "is read-only (default_transaction_read_only)"
    return Diagnostic(
      .error, Check.ID.serverWritable.rawValue,
      "database \(Identifier(server.database).sql) of authorizer \(authorizer) \(reason)",
      at: place,
      help: ["a destination needs a server that takes writes: connect to the primary"],
      reason: server.isInRecovery ? "in-recovery" : "read-only")
  }
}

extension FlowContext {
  /// `server-version` and `server-writable`, at the destination that needs them.
  func serverChecks() -> [Finding] {
    let place = design.destination.places.place(of: "authorizer")
    let problems: [(Check.ID, String, Diagnostic?)] = [
      (.serverVersion, "version", .version(live.server, of: design.authorizer, at: place)),
      (.serverWritable, "writable", .writable(live.server, of: design.authorizer, at: place)),
    ]
    return problems.compactMap { id, object, problem in
      problem.map {
        Finding(check: Check(id, .failed, $0.message), diagnostic: $0, cause: "\(design.authorizer) \(object)")
      }
    }
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
