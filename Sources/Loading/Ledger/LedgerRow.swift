internal import Catalog
internal import Diagnostics
internal import JSON
internal import Manifests
internal import Planning
internal import Postgres

/// What a load knows of the ledger before it starts.
struct LedgerStanding {
  /// The status under this very load id, where an earlier try got as far as COMMIT.
  var same: LoadOutcome.Status?
  var counts = LoadCounts()
  var cursor: LoadOutcome.CursorRange?
  var files: [String] = []
  /// The columns that the ledger has.
  var columns: Set<String> = []
  /// A lineage other than the state's under the same project and flow.
  var otherLineage: String?
  /// Whether the slot was loaded.
  var hasSlot = false
  /// Whether row-level security applies to the role: COPY is then refused, and rows go through a temporary table.
  var hasRowSecurity = false
}

/// A load's row of the ledger.
struct LedgerRow {
  var status: LoadOutcome.Status
  var counts = LoadCounts()
  var files: [LedgerFile] = []
  var cursor: LoadOutcome.CursorRange?
  var newFields = 0
  /// What the flow's rules found: a JSON array; nothing where it has none.
  var quality: String?
  var sqlState: String?
  /// Never holds a value.
  var message: String?
  /// RFC 3339.
  var started: String

  /// An array of the columns that a ledger has: one of an older layout has fewer.
  static func columns(of ledger: QualifiedName) -> SQL {
    """
    ARRAY(SELECT attname::text FROM pg_attribute
      WHERE attrelid = to_regclass(\(value: ledger.sql)) AND attnum > 0 AND NOT attisdropped)
    """
  }

  /// The statement that writes it into a ledger that has `columns`.
  func insert(_ request: LoadRequest, into columns: Set<String>) -> SQL {
    let range = request.readDays
    let files = files.isEmpty ? nil : JSONValue.array(files.map(\.json)).text(.line)
    let values: [(name: Identifier, value: SQL)] = [
      ("load_id", "\(value: request.load)"), ("layout_version", "\(value: LedgerLayout.version(having: columns))"),
      ("project", "\(value: request.project)"), ("flow", "\(value: request.flow)"),
      ("lineage", "\(value: request.lineage)"), ("table_name", "\(value: request.target.sql)"),
      ("mode", "\(value: request.mode.rawValue)"), ("slot", "\(value: request.slot)"),
      ("attempt", "\(value: request.attempt)"), ("again", "\(value: request.readsAgain)"),
      ("status", "\(value: status.rawValue)"), ("cursor_from", "\(value: cursor?.from)"),
      ("cursor_to", "\(value: cursor?.to)"), ("files", "\(value: files)"),
      ("rows_read", "\(value: counts.read)"), ("rows_inserted", "\(value: counts.inserted)"),
      ("rows_updated", "\(value: counts.updated)"), ("rows_deleted", "\(value: counts.deleted)"),
      ("rows_unchanged", "\(value: counts.unchanged)"), ("rows_superseded", "\(value: counts.superseded)"),
      ("rows_rejected", "\(value: counts.rejected)"), ("new_fields", "\(value: newFields)"),
      ("skip_quality", "\(value: request.skipsQuality)"), ("quality", "\(value: quality)"),
      ("range_from", "\(value: range?.from.description)"), ("range_to", "\(value: range?.to.description)"),
      ("sql_state", "\(value: sqlState)"), ("message", "\(value: message)"), ("started", "\(value: started)"),
      ("finished", "clock_timestamp()"), ("host", "\(value: request.host)"),
      ("sluice_version", "\(value: request.sluiceVersion)"),
    ].filter { columns.contains($0.name.name) }
    return """
      INSERT INTO \(name: request.ledger) (\(identifiers: values.map(\.name))) \
      VALUES (\(sql: values.map(\.value).joined(separator: ", ")))
      """
  }
}

extension LoadRequest {
  /// Asks the ledger, under the table's lock.
  func standing(on database: borrowing Database) throws -> LedgerStanding {
    let mine: SQL = "project = \(value: project) AND flow = ANY (\(value: names)::text[])"
    let rows = try database.rows(
      """
      SELECT l.status, l.rows_read, l.rows_inserted, l.rows_updated, l.rows_deleted, l.rows_unchanged,
        l.rows_superseded, l.rows_rejected, other.lineage, EXISTS (
          SELECT FROM \(name: ledger) WHERE \(sql: mine) AND slot = \(value: slot)::timestamptz
            AND status IN ('loaded', 'empty') AND NOT again),
        row_security_active(\(value: target.sql)::text), to_jsonb(l) ->> 'cursor_from', to_jsonb(l) ->> 'cursor_to',
        ARRAY(SELECT f ->> 'path' FROM jsonb_array_elements(l.files) f), \(sql: ledgerColumns)
      FROM (SELECT 1) one
      LEFT JOIN \(name: ledger) l ON l.load_id = \(value: load)::uuid AND l.status IN ('loaded', 'empty')
      LEFT JOIN (SELECT lineage FROM \(name: ledger) WHERE \(sql: mine) AND lineage <> \(value: lineage) LIMIT 1) other
        ON true
      """
    ) { row in
      var counts = LoadCounts()
      counts.read = row.int(1) ?? 0
      counts.inserted = row.int(2) ?? 0
      counts.updated = row.int(3) ?? 0
      counts.deleted = row.int(4) ?? 0
      counts.unchanged = row.int(5) ?? 0
      counts.superseded = row.int(6) ?? 0
      counts.rejected = row.int(7) ?? 0
      return LedgerStanding(
        same: row.text(0).flatMap { LoadOutcome.Status(rawValue: $0) }, counts: counts,
        cursor: LoadOutcome.CursorRange(from: row.text(11), to: row.text(12)), files: row.textArray(13) ?? [],
        columns: Set(row.textArray(14) ?? []), otherLineage: row.text(8), hasSlot: row.bool(9) ?? false,
        hasRowSecurity: row.bool(10) ?? false)
    }
    return rows.first ?? LedgerStanding()
  }

  /// An array of the columns that the ledger has: one of an older layout has fewer.
  var ledgerColumns: SQL { LedgerRow.columns(of: ledger) }

  /// Writes the row of a load that failed, in a transaction of its own.
  ///
  /// - Returns: whether it was written: not where the id has a row already.
  func record(_ row: LedgerRow, on database: borrowing Database) throws -> Bool {
    try database.transaction(prelude: prelude) { database in
      let known = try database.rows(
        """
        SELECT EXISTS (SELECT FROM \(name: ledger) WHERE load_id = \(value: load)::uuid), \(sql: ledgerColumns)
        """
      ) { (isThere: $0.bool(0) ?? false, columns: Set($0.textArray(1) ?? [])) }
      // An id has one row: it may be that of a load that did happen, and only its answer was lost.
      guard let known = known.first, !known.isThere else { return false }
      try database.run(row.insert(self, into: known.columns))
      return true
    }
  }

  /// Why loads are blocked where the ledger belongs to another state.
  func otherLineage(_ other: String) -> Failure {
    Failure(
      Diagnostic(
        .error, "ledger", "\(ledger.sql) has loads of flow \(flow) in project \(project) under another state",
        help: ["this state's lineage: \(lineage)", "the ledger's: \(other)", "give one of the projects another name"]))
  }
}
