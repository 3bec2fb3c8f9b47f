internal import Catalog
internal import Diagnostics
internal import Postgres

/// Why a load failed: for people, and (without any value) for the ledger.
struct Refusal: Error {
  var diagnostic: Diagnostic
  var sqlState: String?
  /// What the ledger keeps: never a value.
  var ledgerMessage: String

  /// A failure that is told as it is; its first diagnostic speaks for it.
  init(_ failure: Failure) {
    diagnostic = failure.diagnostics.first ?? Diagnostic(.error, "load-failed", "the load failed")
    let place = diagnostic.place.map { " at \($0.file):\($0.line)" } ?? ""
    ledgerMessage = "\(diagnostic.code)\(place)"
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
  init(_ error: PostgresError, row: LocatedRow?, column name: String?, _ request: LoadRequest) {
    let code = diagnosticCode(error)
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
    if let row, row.file == nil { message = "\(row.words): \(message)" }
    sqlState = error.sqlState
    diagnostic = Diagnostic(
      .error, code, message, at: row?.place(ofField: field), help: Self.help(error, request))
    ledgerMessage = Self.words(code, column: column?.name.name, row: row, constraint: error.constraint)
  }

  private static func words(_ code: String, column: String?, row: LocatedRow?, constraint: String?) -> String {
    var words = code
    if let column { words += " in column \(column)" }
    if let constraint { words += " by constraint \(constraint)" }
    if let row { words += " at \(row.words)" }
    return words
  }

  private static func help(_ error: PostgresError, _ request: LoadRequest) -> [String] {
    var help: [String] = []
    if let detail = error.detail { help.append(detail) }
    if let hint = error.hint { help.append(hint) }
    switch error.sqlState {
    case "0A000" where error.statement?.hasPrefix("TRUNCATE") == true:
      help.append("write `readers: keep` on the flow: rows are then deleted, which a foreign key allows")
    case "55P03":
      help.append(
        "somebody holds a lock on \(request.target.sql); `lockTimeout` of the authorizer says how long to wait")
    default: break
    }
    if let state = error.sqlState { help.append("SQLSTATE \(state)") }
    return help
  }
}
