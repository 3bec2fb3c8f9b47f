internal import Diagnostics
internal import Postgres

extension LoadRun {
  /// Runs the flow's own statements, now that its rows are in the table.
  ///
  /// - Throws: `Failure` `after-load`.
  func runAfterLoad(_ database: borrowing Database) throws {
    for (index, statement) in request.afterLoad.enumerated() {
      do {
        // By the extended protocol, which takes one statement.
        _ = try database.rows(SQL(raw: statement))
      } catch let error as PostgresError where error.kind == .statement {
        throw Refusal(
          error,
          as: Diagnostic(
            .error, "after-load", "statement \(index + 1) of `afterLoad` fails: \(error.message); nothing was written",
            help: [error.detail, error.hint, error.sqlState.map { "SQLSTATE \($0)" }].compactMap { $0 }))
      }
    }
  }
}

extension Refusal {
  /// What the server said, told as `diagnostic`.
  init(_ error: PostgresError, as diagnostic: Diagnostic) {
    self.init(Failure(diagnostic))
    sqlState = error.sqlState
  }
}
