internal import Diagnostics
internal import Postgres

extension Refusal {
  /// What the database of a source said.
  init(_ source: SourceError) {
    let error = source.error
    let code = Self.code(of: error)
    let what = source.words ?? "the source"
    diagnostic = Diagnostic(
      .error, code, "reading \(what) by authorizer \(source.authorizer) failed: \(error.message)",
      help: [error.detail, error.hint, error.sqlState.map { "SQLSTATE \($0)" }].compactMap { $0 })
    sqlState = error.sqlState
    ledgerMessage = "\(code) by authorizer \(source.authorizer)"
  }

  private static func code(of error: PostgresError) -> String {
    if error.isConnectionLost || error.kind == .connect { return "source-connection-lost" }
    switch error.sqlState {
    case "42501": return "source-privileges"
    case "25006": return "source-readable"
    case let state? where ["42", "3F"].contains(String(state.prefix(2))): return "source-readable"
    default: return diagnosticCode(error)
    }
  }
}
