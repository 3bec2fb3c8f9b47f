internal import Catalog
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres

/// The rows of a cursor's days, as a backfill reads them: it neither starts from the ledger's last value nor leaves one.
struct CursorWindow {
  /// The days; nothing where the query itself gives just the window's rows.
  var days: DayRange?
  /// The time zone that they begin and end in.
  var zone: String

  /// The condition that a row of `span` is one of the window.
  func condition(of span: CursorSpan) -> SQL {
    guard let days else { return span.isPlaced }
    let lower = start(of: days.from, span.type), upper = start(of: days.to.advanced(by: 1), span.type)
    return "\(sql: span.value) >= \(sql: lower) AND \(sql: span.value) < \(sql: upper)"
  }

  /// A day's start as a value of the cursor's type. A midnight that clocks skip is the moment at which they do, so no
  /// moment lies in two windows, or in none.
  private func start(of day: CivilDate, _ type: String) -> SQL {
    let text = Literal(day.description)
    switch type {
    case "date": return "\(literal: text)::date"
    case "timestamp with time zone": return "(\(literal: text)::timestamp AT TIME ZONE \(literal: Literal(zone)))"
    default: return "\(literal: text)::timestamp"
    }
  }
}

extension LoadRun {
  /// What is read of `part` by its cursor in a backfill.
  ///
  /// - Throws: `backfill-unbounded` where the cursor's values lie in no days.
  func window(
    _ cursor: Cursor, of part: DatabasePart, _ database: borrowing Database
  ) throws -> CursorSpan {
    let field = try cursorField(cursor, of: part)
    let type = try DatabasePart.plainType(field.type, asking: { try ask($0, of: part, database) })
    var span = CursorSpan(column: Identifier(cursor.column), type: type)
    let isByQuery = part.source.template != nil
    guard isByQuery || CursorSpan.isTime(type) else {
      throw Failure(
        Diagnostic(
          .error, "backfill-unbounded",
          "the cursor \"\(cursor.column)\" of \(part.words) is of type \(type), and a window is of days",
          help: ["a backfill wants a cursor of type date or timestamp, or a query with `{{start}}` and `{{end}}`"]))
    }
    span.window = CursorWindow(days: isByQuery ? nil : request.window?.range, zone: request.timezone)
    return span
  }
}
