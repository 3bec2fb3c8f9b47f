internal import Postgres

/// The rows of one batch that the server refused.
struct Refusals {
  struct Refused {
    var ordinal: Int
    var sqlState: String?
    var message: String
  }

  private(set) var rows: [Refused] = []
  /// How many more may be refused before the load fails.
  let room: Int

  /// None yet.
  init(room: Int) { self.room = room }

  /// Whether the load fails, so that no more need be found.
  var areTooMany: Bool { rows.count > room }

  /// Takes out the rows that were refused with `sqlState`.
  ///
  /// - Returns: their ordinals.
  mutating func remove(sqlState: String) -> [Int] {
    let removed = rows.filter { $0.sqlState == sqlState }
    rows.removeAll { $0.sqlState == sqlState }
    return removed.map(\.ordinal)
  }

  /// Takes out the rows with `ordinals`.
  mutating func remove(_ ordinals: Set<Int>) { rows.removeAll { ordinals.contains($0.ordinal) } }

  /// Adds the row with `ordinal`, as `error` says.
  mutating func add(_ ordinal: Int, _ error: PostgresError, table: String) {
    let column = error.column ?? CopyContext(error.context, table: table)?.column
    add(ordinal, sqlState: error.sqlState, column: column, message: error.message, detail: error.detail)
  }

  /// Adds the row with `ordinal`.
  mutating func add(_ ordinal: Int, sqlState: String?, column: String?, message: String, detail: String?) {
    let words = (column.map { "column \($0): " } ?? "") + message + (detail.map { " (\($0))" } ?? "")
    rows.append(Refused(ordinal: ordinal, sqlState: sqlState, message: words))
  }
}

/// What the server said to some rows that it refused, and at which index the first of them is, where it says so.
struct RefusedPiece {
  var error: PostgresError
  var index: Int?
}

extension Database {
  /// Runs `body` under a savepoint.
  ///
  /// - Parameter table: the bare name of the table that is written to.
  /// - Returns: nothing where the server took the rows; else what it said, and `body` has done nothing.
  /// - Throws: `RowsRefused` for an error that is not about rows.
  func attempt(table: String, _ body: () throws -> Void) throws -> RefusedPiece? {
    try run("SAVEPOINT piece")
    do {
      try body()
    } catch let error as PostgresError where error.kind == .statement {
      let context = CopyContext(error.context, table: table)
      guard error.isAboutRows else {
        throw RowsRefused(error: error, ordinal: nil, column: context?.column, starts: [])
      }
      // Released too: savepoints of one name would stand one in the other, a level for each refusal.
      try script("ROLLBACK TO SAVEPOINT piece; RELEASE SAVEPOINT piece")
      return RefusedPiece(error: error, index: context.map { $0.line - 1 })
    }
    try run("RELEASE SAVEPOINT piece")
    return nil
  }
}

/// Hands rows to the server piece by piece, in their order, until it has taken or refused each.
///
/// Where its error names a row, that one is refused, those before it go first, and pieces grow again; where it names
/// none (a foreign key, which is checked when the statement ends), the piece is halved.
///
/// - Parameters:
///   - isEnd: whether a piece must end before the row at the second index, which begins at the first.
///   - attempt: sends the rows of a range.
/// - Throws: what `attempt` throws.
func settle(
  _ rows: [Batch.Row], table: String, _ refusals: inout Refusals,
  isEnd: (_ start: Int, _ index: Int) -> Bool, _ attempt: (Range<Int>) throws -> RefusedPiece?
) throws {
  var next = 0
  var size = rows.count
  // Rows that are refused already, the nearest one last.
  var known: [Int] = []
  while next < rows.count, !refusals.areTooMany {
    if next == known.last {
      known.removeLast()
      next += 1
      continue
    }
    var end = next + 1
    let last = min(next + size, known.last ?? rows.count)
    while end < last, !isEnd(next, end) { end += 1 }
    guard let refused = try attempt(next..<end) else {
      size = max(size, (end - next) * 2)
      next = end
      continue
    }
    if let index = refused.index, (0..<end - next).contains(index) {
      refusals.add(rows[next + index].ordinal, refused.error, table: table)
      known.append(next + index)
      size = max(index, 1)
    } else if end - next == 1 {
      refusals.add(rows[next].ordinal, refused.error, table: table)
      next = end
    } else {
      size = (end - next) / 2
    }
  }
}
