internal import Catalog
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres

extension PostgresSource {
  /// Its query with the first and the last day of `days` in place of what stands for them.
  ///
  /// They are constants of type `date`, as COPY takes no parameters; a date has digits and dashes, and nothing else.
  func query(of days: DayRange?) -> SQL {
    let statement = statement ?? ""
    guard let days, let template = try? QueryTemplate(statement) else { return SQL(raw: statement) }
    return template.pieces.map { piece -> SQL in
      switch piece {
      case .text(let text): SQL(raw: text)
      case .start: Self.constant(days.from)
      case .end: Self.constant(days.to)
      }
    }.joined(separator: "")
  }

  private static func constant(_ date: CivilDate) -> SQL {
    "(\(literal: Literal(date.description))::pg_catalog.date)"
  }

  /// - Throws: `range-missing` where the query asks for days and `days` are none.
  func checkDays(_ days: DayRange?) throws(Failure) {
    guard template != nil, days == nil else { return }
    throw Failure(
      Diagnostic(
        .error, "range-missing", "the query on \(authorizer) asks for the days of a range, and the flow has no `range`",
        help: ["write `range: 7d1` on the flow, and apply"]))
  }
}
