internal import Diagnostics
internal import Manifests
internal import Postgres

extension Diagnostic {
  /// Why the server refused a step; nothing of the step was done.
  static func step(_ address: String, _ error: PostgresError, role authorizer: Authorizer, at place: Place?)
    -> Diagnostic
  {
    var help: [String] = []
    if let detail = error.detail { help.append("detail: \(detail)") }
    if let hint = error.hint { help.append("hint: \(hint)") }
    if let statement = error.statement { help.append("the statement was:\n\(statement)") }
    if error.sqlState == "55P03" {
      help.append(
        "somebody else holds a lock on the table: apply again later, or raise `lockTimeout` (it was \(authorizer.lockTimeout))"
      )
    }
    let state = error.sqlState.map { " (SQLSTATE \($0))" } ?? ""
    let code = error.isConnectionLost ? "connection-lost" : error.sqlState == "55P03" ? "lock-timeout" : "step-failed"
    return Diagnostic(.error, code, "\(address): \(error.message)\(state)", at: place, help: help)
  }
}
