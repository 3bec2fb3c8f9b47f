internal import CLibPQ

/// How far a transaction is kept apart from others that run at the same time (manual, 13.2).
public enum Isolation: String, Sendable, Hashable {
  case readCommitted = "READ COMMITTED"
  case repeatableRead = "REPEATABLE READ"
  case serializable = "SERIALIZABLE"
}

extension Database {
  /// Runs `body` in a transaction: COMMIT when it returns, ROLLBACK when it throws.
  ///
  /// - Parameters:
  ///   - readOnly: whether the server refuses to write.
  ///   - isolation: nothing for the server's default.
  ///   - prelude: statements that go with BEGIN in the same round trip, such as SET LOCAL.
  /// - Throws: what `body` throws; `PostgresError`, with `isCommitUnknown` where the connection broke while COMMIT was
  ///   under way; `CancellationError`. Nothing was written then, but for the case of `isCommitUnknown`.
  public func transaction<T>(
    readOnly: Bool = false, isolation: Isolation? = nil, prelude: [SQL] = [],
    _ body: (borrowing Database) throws -> T
  ) throws -> T {
    let opening =
      "BEGIN" + (isolation.map { " ISOLATION LEVEL \($0.rawValue)" } ?? "") + (readOnly ? " READ ONLY" : "")
    do {
      try begin(SQL(raw: opening), prelude)
      let value = try body(self)
      try commit()
      return value
    } catch {
      rollback()
      throw error
    }
  }

  /// Runs `statements` in a transaction of one round trip, BEGIN and COMMIT included.
  ///
  /// - Parameter prelude: statements that stand before them, such as SET LOCAL, whose rows nobody wants.
  /// - Returns: the rows of each of `statements`.
  /// - Throws: `PostgresError` of the first that failed, with `isCommitUnknown` where the connection broke and COMMIT
  ///   may have come through; `CancellationError`. Nothing was written then, but for the case of `isCommitUnknown`.
  public func transaction(prelude: [SQL], running statements: [SQL]) throws -> [Rows] {
    do {
      let results = try pipeline((["BEGIN"] + prelude + statements + ["COMMIT"]).map { .query($0) })
      for result in results { if case .failure(let error) = result { throw error } }
      return try results.dropFirst(1 + prelude.count).prefix(statements.count).map { try $0.rows() }
    } catch var error as PostgresError where error.kind == .connectionLost {
      // COMMIT was on its way from the start. Only a server that ended the connection in answer to a statement before
      // it is known not to have come that far.
      error.isCommitUnknown = error.sqlState == nil || error.statement == "COMMIT"
      throw error
    } catch {
      rollback()
      throw error
    }
  }

  private func begin(_ begin: SQL, _ prelude: [SQL]) throws {
    if prelude.isEmpty { return try script(begin.text) }
    for result in try pipeline(([begin] + prelude).map { .query($0) }) {
      if case .failure(let error) = result { throw error }
    }
  }

  private func commit() throws {
    try session.checkCancellation()
    do {
      let result = try session.script("COMMIT", force: true)
      // A failed transaction answers COMMIT with ROLLBACK, and no error (manual, COMMIT).
      guard result.tag == "COMMIT" else {
        var error = PostgresError(.statement, "the transaction had failed, and was rolled back", statement: "COMMIT")
        error.sqlState = "25P02"
        throw error
      }
    } catch var error as PostgresError where error.kind == .connectionLost {
      error.isCommitUnknown = true
      throw error
    }
  }

  /// Ends a transaction whose error is already on its way; one that cannot be ended dies with the connection.
  private func rollback() {
    guard !session.isBroken, isInTransaction else { return }
    _ = try? session.script("ROLLBACK", force: true)
  }
}
