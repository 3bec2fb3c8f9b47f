internal import Catalog
internal import Diagnostics
internal import Manifests
internal import Postgres

extension LoadRun {
  /// Refuses a full refresh that would append rows which are there already: nothing tells them apart.
  ///
  /// A key does (insert compares it where the source has a cursor), a unique index does, and an empty table has none.
  /// Where the role may not read the table, it is taken for one with rows.
  ///
  /// - Throws: `Failure` `full-refresh-doubles`.
  func refuseDoubling(on database: borrowing Database) throws {
    guard request.fullRefresh, request.mode == .insert || request.mode == .insertIgnore else { return }
    if request.mode == .insert, !request.key.isEmpty, request.hasCursor { return }
    let facts = try database.rows(
      """
      SELECT has_table_privilege(\(value: request.target.sql), 'SELECT'), EXISTS (
        SELECT FROM pg_index
        WHERE indrelid = to_regclass(\(value: request.target.sql)) AND indisunique AND indisvalid AND indpred IS NULL)
      """
    ) { (mayRead: $0.bool(0) ?? false, isUnique: $0.bool(1) ?? false) }.first
    guard let facts, !facts.isUnique else { return }
    if facts.mayRead {
      let hasRows = try database.rows("SELECT EXISTS (SELECT FROM \(name: request.target))") { $0.bool(0) ?? true }
      if hasRows == [false] { return }
    }
    throw Failure(
      Diagnostic(
        .error, "full-refresh-doubles",
        "a full refresh would append all rows to \(request.target.sql) once more, and no key tells which are there already",
        help: [
          "`writeMode: upsert` with a `key` recognises them, `truncate_insert` replaces them",
          "or empty the table first: TRUNCATE \(request.target.sql);",
        ]))
  }
}

extension LoadRequest {
  /// Whether a source is read by a cursor.
  var hasCursor: Bool {
    sources.contains { source in
      if case .postgres(let source) = source.source { source.cursor != nil } else { false }
    }
  }
}
