internal import Catalog
internal import Diagnostics
internal import JSON
internal import Manifests
internal import Planning
internal import Postgres

extension LoadRun {
  /// From where to where `part` is read, now.
  ///
  /// The upper bound is the largest value of the snapshot. A transaction that commits later with a smaller one is what
  /// `lag` is for.
  func span(
    _ cursor: Cursor, of part: DatabasePart, _ before: String?, _ database: borrowing Database
  ) throws -> CursorSpan {
    let field = try cursorField(cursor, of: part)
    let type = try DatabasePart.plainType(field.type, asking: { try ask($0, of: part, database) })
    var span = CursorSpan(column: Identifier(cursor.column), type: type, from: before ?? cursor.initial)
    if before != nil {
      span.isBehind = appendsWithoutKey && cursor.lag == nil
      if !span.isBehind { span.lag = CursorSpan.lag(cursor.lag, type: type) }
    }
    let lower = span.constant(span.from)
    let rows = try ask(
      """
      SELECT t.top, \(sql: lower.map { "t.top \(raw: before == nil ? ">=" : ">") \(sql: $0)" } ?? "t.top IS NOT NULL"),
        (SELECT count(*) FROM \(sql: part.relation) WHERE \(sql: span.isNotPlaced))
      FROM (SELECT (
        SELECT \(sql: span.value) FROM \(sql: part.relation) WHERE \(sql: span.isPlaced)
        ORDER BY \(sql: span.value) DESC LIMIT 1) AS top) t
      """, of: part, database)
    let found = rows.map { (top: $0.text(0), isNew: $0.bool(1) ?? false, left: $0.int(2) ?? 0) }.first
    span.hasNew = found?.isNew ?? false
    span.to = span.hasNew ? found?.top : before
    if let left = found?.left, left > 0 { warnOfRowsLeftOut(left, by: cursor.column, of: part) }
    return span
  }

  /// The field that is the cursor.
  func cursorField(_ cursor: Cursor, of part: DatabasePart) throws(Failure) -> DatabasePart.Field {
    if let field = part.field(cursor.column) { return field }
    throw Failure(
      Diagnostic(
        .error, "source-field-missing", "\(part.words) has no field \"\(cursor.column)\" to be its cursor",
        help: suggestions(for: cursor.column, in: part.fields.map(\.name), called: "fields there")))
  }

  /// Whether rows are appended, and nothing tells those that are there already.
  private var appendsWithoutKey: Bool {
    request.key.isEmpty && (request.mode == .insert || request.mode == .insertIgnore)
  }

  private func warnOfRowsLeftOut(_ count: Int, by column: String, of part: DatabasePart) {
    let rows = count == 1 ? "1 row" : "\(count) rows"
    warn(
      Diagnostic(
        .warning, "cursor-null",
        "\(rows) of \(part.words), without a place in the order of the cursor \(column), can never be loaded",
        help: ["rows whose cursor is NULL (or infinite) are in no range of it"]))
  }

  /// Whether nothing lies beyond where the last load ended.
  var isUpToDate: Bool {
    let parts = sourceParts.map(\.database)
    return !parts.isEmpty && parts.allSatisfy { part in part?.span.map { !$0.hasNew } ?? false }
  }
}

extension LoadRequest {
  /// Where the last load of each source ended, by the source's name (by nothing where there is one alone).
  func cursorPositions(on database: borrowing Database) throws -> [String: String] {
    let hasCursor = sources.contains {
      if case .postgres(let source) = $0.source { source.cursor != nil } else { false }
    }
    guard hasCursor, !fullRefresh else { return [:] }
    let last = try database.rows(
      """
      SELECT cursor_to FROM \(name: ledger)
      WHERE project = \(value: project) AND flow = ANY (\(value: names)::text[]) AND table_name = \(value: target.sql)
        AND status IN ('loaded', 'empty') AND cursor_to IS NOT NULL
      ORDER BY finished DESC LIMIT 1
      """
    ) { $0.text(0) ?? "" }.first
    guard let last else { return [:] }
    guard sources.count > 1 else { return [sources.first?.name ?? "": last] }
    let positions = try? JSONValue(parsing: last)
    return sources.reduce(into: [:]) { known, source in
      if let name = source.name { known[name] = positions?[name]?.stringValue }
    }
  }

  /// What the ledger keeps of where `parts` were read; of several sources, a JSON object of their names.
  func cursorRange(_ parts: [DatabasePart]) -> LoadOutcome.CursorRange? {
    let spans = parts.compactMap { part in part.span.map { (name: part.name ?? "", span: $0) } }
    guard sources.count > 1 else {
      return spans.first.flatMap { LoadOutcome.CursorRange(from: $0.span.from, to: $0.span.to) }
    }
    func text(_ value: (CursorSpan) -> String?) -> String? {
      let members = spans.compactMap { span in
        value(span.span).map { "\(JSONValue.string(span.name).text(.line)):\(JSONValue.string($0).text(.line))" }
      }
      return members.isEmpty ? nil : "{\(members.joined(separator: ","))}"
    }
    return LoadOutcome.CursorRange(from: text(\.from), to: text(\.to))
  }
}
