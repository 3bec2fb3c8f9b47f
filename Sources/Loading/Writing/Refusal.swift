internal import Catalog
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres

/// Why a load failed: for people, and (without any value) for the ledger.
struct Refusal: Error {
  var diagnostic: Diagnostic
  var sqlState: String?
  /// What the ledger keeps: never a value.
  var ledgerMessage: String
  /// What rules found.
  var quality: [RuleResult] = []
  /// Whether a connection is missing that there may well be a little later.
  var isConnectionMissing = false

  /// A failure that is told as it is; its first diagnostic speaks for it.
  init(_ failure: Failure) {
    diagnostic = failure.diagnostics.first ?? Diagnostic(.error, "load-failed", "the load failed")
    let place = diagnostic.place.map { " at \($0.file):\($0.line)" } ?? ""
    ledgerMessage = "\(diagnostic.code)\(place)"
    isConnectionMissing = failure.isTransient
    if failure.diagnostics.count > 1 {
      diagnostic.related += failure.diagnostics.dropFirst().compactMap { other in
        other.place.map { RelatedPlace(other.message, at: $0) }
      }
    }
  }

  /// A row that cannot be taken apart.
  init(_ fault: RowFault) {
    diagnostic = fault.diagnostic
    sqlState = fault.sqlState
    ledgerMessage = "\(fault.code) at \(fault.file):\(fault.line)"
  }

  /// What the server said, about `row` where it is known.
  init(
    _ error: PostgresError, row: LocatedRow?, column name: String?, _ request: LoadRequest,
    hasRowSecurity: Bool = false
  ) {
    let code = error.isTruncateOfReferenced ? "table-referenced" : diagnosticCode(error)
    let column = request.columns.first { $0.name.name == name }
    let field: String? = if case .field(let field) = column?.from { field } else { nil }
    var message = error.message
    if let column {
      let value = row?.fields.first { $0.name == field }
      let shown = value.map { $0.value.map { "\"\($0.shortened)\"" } ?? "NULL" }
      message =
        (shown.map { "\($0) does not fit column \(column.name.name) (\(column.type)): " }
          ?? "column \(column.name.name) (\(column.type)): ") + message
    }
    if error.sqlState == "23502", error.table == Stage.name.name, let column {
      message = "column \(column.name.name) of the key is NULL"
    }
    if error.isTruncateOfReferenced {
      message = "table \(request.target.sql) cannot be truncated, as foreign keys of other tables refer to it"
    }
    if error.isConnectionLost, error.sqlState == nil {
      message =
        error.isCommitUnknown
        ? "the connection was lost before the answer to COMMIT came: whether the load happened is not known"
        : "the connection was lost"
    }
    if let row, row.file == nil { message = "\(row.words): \(message)" }
    sqlState = error.sqlState
    diagnostic = Diagnostic(
      .error, code, message, at: row?.place(ofField: field),
      help: Self.help(error, request, hasRowSecurity: hasRowSecurity))
    ledgerMessage = Self.words(code, column: column?.name.name, row: row, constraint: error.constraint)
  }

  private static func words(_ code: String, column: String?, row: LocatedRow?, constraint: String?) -> String {
    var words = code
    if let column { words += " in column \(column)" }
    if let constraint { words += " by constraint \(constraint)" }
    if let row { words += " at \(row.words)" }
    return words
  }

  private static func help(_ error: PostgresError, _ request: LoadRequest, hasRowSecurity: Bool) -> [String] {
    var help: [String] = []
    if error.isConnectionLost, error.sqlState == nil {
      let said = error.lossReason.map { error.message.replacing("; \($0)", with: "") } ?? error.message
      // libpq's guesses come on lines of their own.
      help.append("libpq says: \(said.split(separator: "\n").first ?? "")")
      if let reason = error.lossReason { help.append(reason) }
    }
    if error.isCommitUnknown {
      help.append("run again: the ledger is looked at first, so that nothing is loaded twice")
    }
    if let detail = error.detail { help.append(detail) }
    // The server's hint for TRUNCATE is CASCADE, which would empty the other tables too.
    if let hint = error.hint, !error.isTruncateOfReferenced { help.append(hint) }
    switch error.sqlState {
    case "0A000" where error.isTruncateOfReferenced:
      help.append(
        "write `readers: keep` on the flow: rows are then deleted, which foreign keys allow where nothing refers to them"
      )
    case "23503" where request.mode == .truncateInsert && error.statement?.hasPrefix("DELETE") == true:
      help.append(
        "rows that others refer to cannot be deleted: `writeMode: upsert` leaves those that do not change alone")
    case "23503" where request.deleteMissing && error.statement?.hasPrefix("DELETE") == true:
      help.append("rows that the source no longer has are deleted (`deleteMissing`), and others refer to one of them")
    case "23514" where error.isWithoutPartition:
      help.append("make a partition of \(request.target.sql) for such rows, or a DEFAULT one")
    case "42501" where error.isPolicyViolation && request.mode == .upsert:
      help.append(
        "a policy refuses the row as it is, or as it would replace one of the same key, which it may hide from the role"
      )
    case "42501" where error.isPolicyViolation:
      help.append("`SELECT * FROM pg_policies` shows which rows the role may write")
    case "23505" where hasRowSecurity:
      help.append("rows that policies hide from the role hold their keys too")
    case "55P03":
      help.append(
        "somebody holds a lock on \(request.target.sql); `lockTimeout` of the authorizer says how long to wait")
    default: break
    }
    if let state = error.sqlState { help.append("SQLSTATE \(state)") }
    return help
  }
}

extension PostgresError {
  /// Whether foreign keys keep a table from being truncated.
  fileprivate var isTruncateOfReferenced: Bool { sqlState == "0A000" && statement?.hasPrefix("TRUNCATE") == true }
}
