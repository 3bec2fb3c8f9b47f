internal import Catalog
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres
internal import Synchronization

/// The days that one load is about: those of its window, or else what its ranges are as of today.
struct LoadDays: Sendable {
  /// In the flow's time zone, by the server's clock; nothing where nothing is counted from it.
  var today: CivilDate?
  /// That of a backfill, which stands in place of every range.
  var window: DayRange?
  /// That of the flow.
  var range: RelativeRange?

  /// The days of `range`, one of the flow's or of a path's; nothing where it is not known which day it is.
  func days(of range: RelativeRange) -> DayRange? { window ?? today.map { range.days(asOf: $0) } }

  /// The days that a query is asked for; nothing where the flow has no range.
  var queried: DayRange? { range.flatMap(days) }

  /// All days that `sources` are read of, as the ledger has them; nothing where they are of no days.
  func read(of sources: [Source]) -> DayRange? {
    if let days = window ?? queried { return days }
    let ranges = sources.compactMap { source in
      if case .files(let files) = source { files.template?.range.flatMap(days) } else { nil }
    }
    return ranges.dropFirst().reduce(ranges.first) { $0?.spanning($1) }
  }
}

/// What a load knows of its days once it has asked; the same over retries, also where midnight lies between them.
final class LoadClock: Sendable {
  private let found = Mutex<LoadDays?>(nil)

  /// The days; nothing before the server was asked.
  var days: LoadDays? {
    get { found.withLock { $0 } }
    set { found.withLock { $0 = newValue } }
  }
}

extension LoadRequest {
  /// The days that it is about. The server is asked which day it is, where that matters: its clock and its time zones are
  /// those that all machines share.
  ///
  /// - Throws: `PostgresError`, `CancellationError`.
  func days(on connection: Connection) async throws -> LoadDays {
    if let days = clock.days { return days }
    var days = LoadDays(window: window?.range, range: range)
    if window == nil, countsDays {
      let zone = timezone
      let text = try await connection.perform { database in
        try database.rows("SELECT to_char(now() AT TIME ZONE \(value: zone)::text, 'YYYY-MM-DD')") { $0.text(0) ?? "" }
      }.first
      days.today = text.flatMap { CivilDate($0) }
    }
    clock.days = days
    return days
  }

  /// Whether it matters which day it is.
  private var countsDays: Bool {
    range != nil || sources.contains { if case .files(let files) = $0.source { files.template != nil } else { false } }
  }

  /// The days that are read, as the ledger has them; nothing where they are of no days, or not known yet.
  var readDays: DayRange? { clock.days?.read(of: sources.map(\.source)) ?? window?.range }
}
