internal import Diagnostics
internal import Planning
internal import Postgres

extension Diagnostic {
  /// The reason of a `source-readable` whose file is not there, or brings nothing that was not loaded before.
  static let noFile = "no-file"

  /// Whether it may be mended by a file that comes later.
  var isMissingFile: Bool { code == "source-readable" && reason == Self.noFile }

  /// No file of a source with `files: new` is new.
  static func noNewFile(of flow: String) -> Diagnostic {
    Diagnostic(
      .error, "source-readable", "all files of flow/\(flow) that are there were loaded before", reason: noFile)
  }
}

extension LoadRequest {
  /// The outcome of a load whose slot has to wait, as the file is missing that `missing` tells of.
  ///
  /// The ledger has one row of that for a slot, however often the file is looked for, so that every machine knows.
  /// - Parameter connection: where that cannot be asked any more, the outcome is the same.
  func waiting(for missing: Refusal, startedAt: String, on connection: Connection) async -> LoadOutcome {
    var outcome = LoadOutcome(flow: flow, load: load, status: .waiting, mode: mode)
    let row = LedgerRow(status: .waiting, message: Diagnostic.noFile, started: startedAt)
    let isLoaded = try? await connection.perform { database in
      database.isBroken ? false : try wait(row, on: database)
    }
    if isLoaded == true {
      outcome.status = .skipped
      return outcome
    }
    outcome.isPending = true
    var warning = missing.diagnostic
    warning.severity = .warning
    warning.message = "flow/\(flow) waits for its file: \(warning.message)"
    warning.help.append("each `sluice run --due` looks for it again until the flow's next slot")
    outcome.warnings = [warning]
    return outcome
  }

  /// Writes that the slot waits, where that is not known yet.
  ///
  /// - Returns: whether the slot is loaded by now, by another machine to which the file was there.
  private func wait(_ row: LedgerRow, on database: borrowing Database) throws -> Bool {
    let mine: SQL = """
      project = \(value: project) AND flow = ANY (\(value: names)::text[]) AND slot = \(value: slot)::timestamptz
      """
    return try database.transaction(prelude: prelude) { database in
      let known = try database.rows(
        """
        SELECT EXISTS (SELECT FROM \(name: ledger) WHERE \(sql: mine) AND status IN ('loaded', 'empty')),
          EXISTS (SELECT FROM \(name: ledger) WHERE \(sql: mine) AND status = 'waiting'), \(sql: ledgerColumns)
        """
      ) { (isLoaded: $0.bool(0) ?? false, isKnown: $0.bool(1) ?? false, columns: Set($0.textArray(2) ?? [])) }
      guard let known = known.first, !known.isLoaded else { return true }
      if !known.isKnown { try database.run(row.insert(self, into: known.columns)) }
      return false
    }
  }
}
