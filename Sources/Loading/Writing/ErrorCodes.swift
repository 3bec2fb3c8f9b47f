internal import Postgres

/// The stable name under which users meet a server's error.
func diagnosticCode(_ error: PostgresError) -> String {
  guard let state = error.sqlState else {
    if error.isCommitUnknown { return "commit-unknown" }
    return error.isConnectionLost ? "connection-lost" : "server-error"
  }
  // The server had refused something before the connection broke; what it was is asked again.
  if error.isConnectionLost, error.severity == "ERROR" { return "connection-lost" }
  switch state {
  case "23502": return "not-null-violation"
  case "23503": return "foreign-key-violation"
  case "23505": return "duplicate-key"
  case "23514": return error.isWithoutPartition ? "no-partition" : "check-violation"
  case "23P01": return "exclusion-violation"
  case "42501": return error.isPolicyViolation ? "row-security" : "permission-denied"
  case "42P01": return "table-missing"
  case "42703": return "column-missing"
  case "55P03": return "lock-timeout"
  case "57014": return "statement-cancelled"
  case "40001", "40P01": return "serialization-failure"
  case "53100": return "disk-full"
  case "25006": return "read-only"
  default: break
  }
  switch state.prefix(2) {
  case "22": return "bad-value"
  // The connection itself stands: another one broke, of a foreign table's.
  case "08", "57": return error.isConnectionLost ? "connection-lost" : "remote-connection-lost"
  case "53": return "server-busy"
  default: return "server-error"
  }
}

extension PostgresError {
  /// Whether it is about the rows, so that other rows may well be taken: class 22 (data), 23 (constraints), 44 (views),
  /// what a trigger raises, and what a policy refuses.
  var isAboutRows: Bool {
    guard kind == .statement, let sqlState else { return false }
    return ["22", "23", "44"].contains { sqlState.hasPrefix($0) } || sqlState == "P0001" || isPolicyViolation
  }

  /// Whether a policy of row-level security refuses a row: a missing privilege has the same code.
  var isPolicyViolation: Bool { sqlState == "42501" && routine == "ExecWithCheckOptions" }

  /// Whether a partitioned table has no partition for a row: a CHECK has the same code, and a name.
  var isWithoutPartition: Bool { sqlState == "23514" && constraint == nil && table != nil }
}
