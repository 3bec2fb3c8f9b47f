internal import Manifests
internal import Planning
internal import Postgres

extension RecordedLoad {
  /// What a query selects of a row `l` of a ledger, for `init(_:from:)`. Ledgers of older layouts lack some
  /// columns, which are taken from the row as JSON.
  static let columns: SQL = """
    l.load_id, l.status, l.mode, l.rows_read, l.rows_inserted, l.rows_updated, l.rows_deleted, l.rows_unchanged,
    l.rows_superseded, l.rows_rejected, l.new_fields, l.attempt, \(sql: time("l.started")), \(sql: time("l.finished")),
    extract(epoch FROM l.finished - l.started), extract(epoch FROM now() - l.finished), l.host, \(sql: time("l.slot")),
    l.cursor_from, l.cursor_to, l.message, l.sql_state,
    CASE WHEN jsonb_typeof(to_jsonb(l) -> 'quality') = 'array' THEN ARRAY(
      SELECT q ->> 'rule' FROM jsonb_array_elements(to_jsonb(l) -> 'quality') q WHERE q ->> 'broken' <> '0') END,
    to_jsonb(l) ->> 'skip_quality',
    to_jsonb(l) ->> 'range_from', to_jsonb(l) ->> 'range_to'
    """

  /// A point in time as RFC 3339 in UTC.
  static func time(_ value: SQL) -> SQL {
    "to_char(\(sql: value) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
  }

  /// Reads what `columns` select, from column `first` on.
  init(_ row: borrowing Row, from first: Int) {
    var counts = LoadCounts()
    counts.read = row.int(first + 3) ?? 0
    counts.inserted = row.int(first + 4) ?? 0
    counts.updated = row.int(first + 5) ?? 0
    counts.deleted = row.int(first + 6) ?? 0
    counts.unchanged = row.int(first + 7) ?? 0
    counts.superseded = row.int(first + 8) ?? 0
    counts.rejected = row.int(first + 9) ?? 0
    self.init(
      load: row.text(first) ?? "", status: row.text(first + 1).flatMap { Status(rawValue: $0) } ?? .failed,
      mode: row.text(first + 2) ?? "", counts: counts, newFields: row.int(first + 10) ?? 0,
      attempt: row.int(first + 11) ?? 1, started: row.text(first + 12) ?? "", finished: row.text(first + 13) ?? "",
      seconds: row.text(first + 14).flatMap(Double.init) ?? 0, age: row.text(first + 15).flatMap(Double.init) ?? 0,
      host: row.text(first + 16) ?? "", slot: row.text(first + 17),
      cursor: LoadOutcome.CursorRange(from: row.text(first + 18), to: row.text(first + 19)),
      range: DayRange(from: row.text(first + 24), to: row.text(first + 25)), message: row.text(first + 20),
      sqlState: row.text(first + 21))
    brokenRules = row.textArray(first + 22) ?? []
    skippedQuality = row.text(first + 23) == "true"
  }
}
