internal import Catalog
internal import Diagnostics
internal import Manifests
public import Planning
internal import Postgres

/// Pauses flows, and resumes them, by rows of their ledgers, so that every machine passes over them or loads them again.
public struct FlowSwitch: Sendable {
  /// What became of one flow.
  public struct Change: Sendable {
    /// How it stood before.
    public var before: FlowStatus
    /// Whether there was something to change.
    public var isMade: Bool
  }

  private let reader: LedgerReader
  private let who: String
  private let version: String

  /// Makes a switch of the flows of `reader`.
  ///
  /// - Parameters:
  ///   - who: for the ledger, in place of the machine: `anna@etl-1`.
  ///   - version: Sluice's, for the ledger.
  public init(_ reader: LedgerReader, by who: String, version: String) {
    self.reader = reader
    self.who = who
    self.version = version
  }

  /// Pauses those that are not.
  ///
  /// - Returns: all flows, sorted by name.
  /// - Throws: `Failure` where a ledger cannot be read or written, and `CancellationError`; flows of other authorizers may be
  ///   paused then.
  public func pause(reason: String?) async throws -> [Change] {
    try await write(.paused, reason) { $0.paused == nil }
  }

  /// Resumes those that are paused or broken: what failed before does not count any more.
  ///
  /// - Returns: all flows, sorted by name.
  /// - Throws: as ``pause(reason:)``.
  public func resume(reason: String?) async throws -> [Change] {
    try await write(.resumed, reason) { $0.paused != nil || $0.isBroken }
  }

  private func write(
    _ mark: RecordedLoad.Status, _ reason: String?, where isWanted: @escaping @Sendable (FlowStatus) -> Bool
  ) async throws -> [Change] {
    let (found, diagnostics) = try await reader.asking { database, flows, settings in
      try database.transaction(prelude: settings) { database in
        let changes = try reader.statuses(of: flows, on: database).map { Change(before: $0, isMade: isWanted($0)) }
        let names = Set(changes.filter(\.isMade).map(\.before.flow))
        for (ledger, flows) in reader.byLedger(flows.filter({ names.contains($0.name) })) {
          try insert(mark, reason, of: flows, into: ledger, on: database)
        }
        return changes
      }
    }
    if !diagnostics.isEmpty { throw Failure(diagnostics) }
    return found.flatMap { $0 }.sorted { $0.before.flow < $1.before.flow }
  }

  /// Writes a row for each flow: one without rows read or written.
  private func insert(
    _ mark: RecordedLoad.Status, _ reason: String?, of flows: [AppliedFlow], into ledger: QualifiedName,
    on database: borrowing Database
  ) throws {
    let columns = try database.rows("SELECT \(sql: LedgerRow.columns(of: ledger))") { Set($0.textArray(0) ?? []) }
    let version = LedgerLayout.version(having: columns.first ?? [])
    try database.run(
      """
      INSERT INTO \(name: ledger) (load_id, layout_version, project, flow, lineage, table_name, mode, attempt, again, \
      status, rows_read, rows_inserted, rows_updated, rows_deleted, rows_unchanged, rows_superseded, rows_rejected, \
      new_fields, message, started, finished, host, sluice_version)
      SELECT f.load::uuid, \(value: version)::integer, \(value: reader.project), f.flow, \(value: reader.lineage), f.target, f.mode,
        1, false, \(value: mark.rawValue), 0, 0, 0, 0, 0, 0, 0, 0, \(value: reason), clock_timestamp(), clock_timestamp(),
        \(value: who), \(value: self.version)
      FROM unnest(\(value: flows.map { _ in LoadRequest.newLoad() })::text[], \(value: flows.map(\.name))::text[],
        \(value: flows.map(\.design.table.sql))::text[], \(value: flows.map(\.design.spec.writeMode.rawValue))::text[]
      ) f (load, flow, target, mode)
      """)
  }
}
