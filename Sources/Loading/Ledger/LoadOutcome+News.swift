internal import Manifests
internal import Planning
internal import Postgres

/// What the ledger holds of a flow since its last load that did not fail, the oldest first.
struct FailureStreak: Equatable {
  /// How many loads have failed since then, or since somebody resumed the flow.
  private(set) var failures = 0
  /// The most there were, resumed or not.
  private(set) var longest = 0

  /// Looks at the rows of tries that failed, each with its number, and of nothing where somebody resumed the flow.
  ///
  /// - Parameter attempt: the number of a try behind them; the tries of the same load are left out.
  init(_ rows: [Int?], before attempt: Int = 1) {
    var rows = rows[...]
    var next = attempt
    // A load's tries are numbered upwards.
    while let last = rows.last ?? nil, last < next {
      next = last
      rows.removeLast()
    }
    var last: Int?
    for attempt in rows {
      if let attempt {
        if last.map({ attempt <= $0 }) ?? true { failures += 1 }
        longest = max(longest, failures)
      } else {
        failures = 0
      }
      last = attempt
    }
  }
}

extension LoadOutcome {
  /// The same, with what programs are told of it: that it makes the flow broken, or is the first that succeeds after that; and that a rule does not hold.
  ///
  /// - Parameters:
  ///   - attempts: how many failures make the flow broken.
  ///   - connection: of the load; where the ledger cannot be asked, there is no news.
  func withNews(_ request: LoadRequest, attempts: Int, on connection: Connection) async -> LoadOutcome {
    let hasFailed = status == .failed
    var outcome = self
    if quality.contains(where: { !$0.holds }) { outcome.news.append(.quality) }
    guard isRecorded, let streak = try? await connection.perform({ try request.streak(hasFailed: hasFailed, on: $0) })
    else { return outcome }
    switch status {
    case .failed: if streak.failures == attempts { outcome.news.append(.broken) }
    case .loaded, .empty: if streak.longest >= attempts { outcome.news.append(.recovered) }
    case .skipped, .waiting: break
    }
    return outcome
  }
}

extension LoadRequest {
  /// The failures before this load, and its own; where it succeeded, none of its own tries.
  fileprivate func streak(hasFailed: Bool, on database: borrowing Database) throws -> FailureStreak {
    let mine: SQL = """
      project = \(value: project) AND flow = ANY (\(value: names)::text[]) AND lineage = \(value: lineage)
      """
    let attempts = try database.transaction(readOnly: true, prelude: prelude) { database in
      try database.rows(
        """
        SELECT CASE status WHEN 'failed' THEN attempt END FROM \(name: ledger)
        WHERE \(sql: mine) AND status IN ('failed', 'resumed') AND finished > coalesce((
          SELECT max(finished) FROM \(name: ledger)
          WHERE \(sql: mine) AND status IN ('loaded', 'empty') AND load_id <> \(value: load)::uuid), '-infinity')
        ORDER BY finished
        """
      ) { $0.int(0) }
    }
    return FailureStreak(attempts, before: hasFailed ? 1 : attempt)
  }
}
