internal import Catalog
internal import Postgres

/// The temporary tables of a batch, and the blocks of PL/pgSQL that go through them row by row.
///
/// Each row of a block has a subtransaction of its own, which costs the server some 10 µs where a statement of the
/// client's would cost ten times that.
struct BatchStageNames {
  /// Rows with their types.
  let stage = Stage.name
  /// Rows as text.
  let texts = Identifier("_sluice_texts")
  /// Of all rows what rules are about.
  let keys = TargetRules.staged
  /// Ordinals of rows to be tried one by one.
  let suspects = Identifier("_sluice_suspects")
  let refused = Identifier("_sluice_refused")

  /// Reads each row of `texts` by assignment to the columns' types: it is staged, or stands in `refused` with the index
  /// of the column that it failed in.
  func judge(_ columns: [TargetColumn], room: Int) -> SQL {
    let assignments: [SQL] = columns.enumerated().map { index, column in
      """
      _position := \(raw: "\(index)");
      _typed.\(identifier: column.name) := _row.\(identifier: column.name);
      """
    }
    return block(
      declaring: "_typed pg_temp.\(identifier: stage)%ROWTYPE;",
      over: "SELECT * FROM pg_temp.\(identifier: texts)", rows: texts,
      trying: assignments.joined(separator: "\n"),
      then: """
        _typed.\(identifier: Stage.ordinal) := _row.\(identifier: Stage.ordinal);
        INSERT INTO pg_temp.\(identifier: stage) VALUES (_typed.*);
        """, room: room)
  }

  /// Inserts each suspect in turn: what is refused stands in `refused`.
  func trySuspects(_ columns: [TargetColumn], _ target: CopyDestination, room: Int) -> SQL {
    let values: [SQL] = columns.map { "_row.\(identifier: $0.name)" }
    return block(
      declaring: "",
      over: """
        SELECT s.* FROM pg_temp.\(identifier: stage) s
        WHERE EXISTS (SELECT FROM pg_temp.\(identifier: suspects) x
          WHERE x.\(identifier: Stage.ordinal) = s.\(identifier: Stage.ordinal))
        ORDER BY s.\(identifier: Stage.ordinal)
        """, rows: stage,
      trying: """
        INSERT INTO \(sql: target.table) (\(identifiers: columns.map(\.name))) OVERRIDING SYSTEM VALUE \
        VALUES (\(sql: values.joined(separator: ", ")));
        """, then: "", room: room)
  }

  /// Inserts the staged rows from one ordinal to another in their order: as many at once as are taken, and suspects one
  /// by one; what is refused by itself stands in `refused`.
  ///
  /// - Parameters:
  ///   - insert: takes staged rows, called `s`.
  ///   - hasRowSecurity: whether a missing privilege may be what a policy refuses.
  func insertInOrder(
    _ ordinals: ClosedRange<Int>, _ insert: SQL, hasRowSecurity: Bool, room: Int
  ) -> SQL {
    let ordinal: SQL = "s.\(identifier: Stage.ordinal)"
    let body: SQL = """
      DECLARE
        _next bigint := \(raw: "\(ordinals.lowerBound)");
        _end bigint := \(raw: "\(ordinals.upperBound)");
        _size bigint := _end - _next + 1;
        _last bigint;
        _suspect bigint;
        _position int;
        \(raw: Self.variables)
      BEGIN
        WHILE _next <= _end LOOP
          _last := least(_next + _size - 1, _end);
          SELECT min(x.\(identifier: Stage.ordinal)) INTO _suspect FROM pg_temp.\(identifier: suspects) x
            WHERE x.\(identifier: Stage.ordinal) >= _next;
          IF _suspect = _next THEN
            _last := _next;
          ELSIF _suspect <= _last THEN
            _last := _suspect - 1;
          END IF;
          BEGIN
            \(sql: insert) WHERE \(sql: ordinal) BETWEEN _next AND _last ORDER BY \(sql: ordinal);
            _size := greatest(_size, 2 * (_last - _next + 1));
            _next := _last + 1;
          EXCEPTION WHEN \(raw: Self.conditions)\(raw: hasRowSecurity ? " OR insufficient_privilege" : "") THEN
            IF _last > _next THEN
              _size := (_last - _next + 1) / 2;
            ELSE
              \(sql: refuse("_next"))
              EXIT WHEN _count > \(raw: "\(room)");
              _next := _next + 1;
            END IF;
          END;
        END LOOP;
      END
      """
    return "DO \(literal: Literal(body.text))"
  }

  // MARK: Parts of blocks

  /// The errors that are about rows, but for what a policy refuses.
  private static let conditions =
    "data_exception OR integrity_constraint_violation OR with_check_option_violation OR raise_exception"

  private static let variables =
    "_count bigint := 0; _state text; _message text; _detail text; _column text;"

  /// Writes down what the server says to the row with `ordinal`.
  private func refuse(_ ordinal: SQL) -> SQL {
    """
    GET STACKED DIAGNOSTICS _state = RETURNED_SQLSTATE, _message = MESSAGE_TEXT, _detail = PG_EXCEPTION_DETAIL,
      _column = COLUMN_NAME;
    INSERT INTO pg_temp.\(identifier: refused)
      VALUES (\(sql: ordinal), _state, _message, _detail, _position, _column);
    _count := _count + 1;
    """
  }

  /// Goes through rows one by one.
  ///
  /// - Parameter room: how many rows may be refused until the block ends.
  private func block(
    declaring: SQL, over query: SQL, rows: Identifier, trying: SQL, then: SQL, room: Int
  ) -> SQL {
    let body: SQL = """
      DECLARE
        _row pg_temp.\(identifier: rows)%ROWTYPE;
        \(sql: declaring)
        _position int;
        \(raw: Self.variables)
      BEGIN
        FOR _row IN \(sql: query) LOOP
          BEGIN
            \(sql: trying)
          EXCEPTION WHEN \(raw: Self.conditions) THEN
            \(sql: refuse("_row.\(identifier: Stage.ordinal)"))
            EXIT WHEN _count > \(raw: "\(room)");
            CONTINUE;
          END;
          \(sql: then)
        END LOOP;
      END
      """
    return "DO \(literal: Literal(body.text))"
  }
}
