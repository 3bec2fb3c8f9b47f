internal import Catalog
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres
internal import State

/// What a ledger knows of the days that a flow's loads have read.
struct LoadedRanges {
  var project: String
  /// The flow's names, former ones too.
  var flows: [String]
  var target: QualifiedName
  var ledger: QualifiedName
  /// The flow's time zone.
  var zone: String

  /// The ranges that were loaded and have a day of `range`, by whatever command.
  ///
  /// A range counts once its last day was over when the load began: of a day that is not over, rows are still to come.
  /// - Throws: `Failure` where the ledger has no place for ranges; `PostgresError`.
  func within(_ range: DayRange, on database: borrowing Database) throws -> [DayRange] {
    do {
      return try database.rows(
        """
        SELECT DISTINCT range_from, range_to FROM \(name: ledger)
        WHERE project = \(value: project) AND flow = ANY (\(value: flows)::text[]) AND table_name = \(value: target.sql)
          AND status IN ('loaded', 'empty')
          AND range_from <= \(value: range.to.description)::date AND range_to >= \(value: range.from.description)::date
          AND range_to < (started AT TIME ZONE \(value: zone)::text)::date
        """
      ) { DayRange(from: $0.text(0), to: $0.text(1)) }.compactMap { $0 }
    } catch let error as PostgresError where error.sqlState == "42703" {
      throw Failure(
        Diagnostic(
          .error, "ledger", "\(ledger.sql) is of an older layout, which has no place for ranges",
          help: ["its owner adds the columns:"]
            + LedgerLayout.statements(adding: LedgerLayout.columns.filter { $0.type == "date" }, to: ledger)))
    }
  }
}

extension LoadRequest {
  /// Whether the days of its window were loaded meanwhile, now that nobody else loads the table.
  func isWindowLoaded(on database: borrowing Database) throws -> Bool {
    guard let window, !readsAgain else { return false }
    let loaded = LoadedRanges(project: project, flows: names, target: target, ledger: ledger, zone: timezone)
    return window.range.without(try loaded.within(window.range, on: database)).isEmpty
  }
}

extension LedgerReader {
  /// The ranges that the flows' loads have read, where they have a day of `range`.
  func loadedRanges(within range: DayRange) async throws -> [DayRange] {
    let (found, diagnostics) = try await asking { database, flows, settings in
      try database.transaction(readOnly: true, prelude: settings) { database in
        try flows.flatMap { flow in
          let loaded = LoadedRanges(
            project: project, flows: [flow.name] + flow.recorded.formerNames, target: flow.design.table,
            ledger: flow.design.ledger, zone: flow.design.spec.timezone)
          return try loaded.within(range, on: database)
        }
      }
    }
    if !diagnostics.isEmpty { throw Failure(diagnostics) }
    return found.flatMap { $0 }
  }
}
