internal import Diagnostics
internal import Manifests
internal import Postgres

extension Diagnostic {
  /// Codes by which the server says that what the plan looked at is not there any more, or is there already.
  private static let moved: Set<String> = [
    "42P01", "42P07", "42701", "42703", "42704", "42710", "42P06", "3F000", "42809", "42501",
  ]

  /// Why the server refused a step; nothing of the transaction was done, unless the diagnostic says that nobody knows.
  static func step(_ address: String, _ error: PostgresError, at place: Place?) -> Diagnostic {
    if error.isConnectionLost { return connectionLost(address, error, at: place) }
    var help: [String] = []
    if let detail = error.detail { help.append("detail: \(detail)") }
    if let hint = error.hint { help.append("hint: \(hint)") }
    // Where two make a thing of one name at the same moment, the loser hears of a key in the server's own tables.
    let isMoved = moved.contains(error.sqlState ?? "") || (error.sqlState == "23505" && error.schema == "pg_catalog")
    if isMoved { help.append("nothing of this step was done: plan again, and apply that") }
    if let statement = error.statement { help.append("the statement was:\n\(statement)") }
    let state = error.sqlState.map { " (SQLSTATE \($0))" } ?? ""
    let message = "\(error.message)\(state)"
    return isMoved
      ? Diagnostic(
        .error, "changed-since-plan", "\(address): the database has changed since the plan was made: \(message)",
        at: place, help: help)
      : Diagnostic(.error, "step-failed", "\(address): \(message)", at: place, help: help)
  }

  private static func connectionLost(_ address: String, _ error: PostgresError, at place: Place?) -> Diagnostic {
    let what =
      error.isCommitUnknown
      ? "the connection was lost before the server's answer came: whether the step was done is not known"
      : "the connection was lost, and the server rolled the step back"
    return Diagnostic(
      .error, "connection-lost", "\(address): \(what)", at: place,
      help: [
        "the server or libpq says: \(error.message.replacing("\n\t", with: " "))",
        error.isCommitUnknown
          ? "plan again: the plan looks at the database, and takes over what is done" : "plan and apply again",
      ])
  }

  /// Others held a lock for longer than all tries.
  static func lockTimeout(
    _ address: String, _ error: PostgresError, _ holders: [LockHolder], tries: Int, _ authorizer: Authorizer,
    at place: Place?
  ) -> Diagnostic {
    var help = holders.map { holder in
      "it is held by \(holder.words)" + (holder.query.map { ", whose last statement was:\n\($0)" } ?? "")
    }
    if let first = holders.first {
      help.append("wait for its end and apply again; or, where nobody needs it any more, have it ended:")
      help.append("SELECT pg_terminate_backend(\(first.pid));")
    } else {
      help.append("who held it is not to be seen any more: apply again")
    }
    help.append("or raise `lockTimeout` of the authorizer (it is \(authorizer.lockTimeout))")
    if let statement = error.statement { help.append("the statement was:\n\(statement)") }
    let state = error.sqlState.map { " (SQLSTATE \($0))" } ?? ""
    return Diagnostic(
      .error, "lock-timeout", "\(address): somebody else held a lock that it needs, through \(tries) tries\(state)",
      at: place, help: help)
  }

  /// A plan that was not made for this project.
  static func noAuthorizer(of address: String) -> Diagnostic {
    Diagnostic(.error, "step-failed", "\(address): the project has no authorizer to run it with")
  }

  /// A build wants a session of its own, and a pooler gives it none.
  static func pooled(_ address: String, _ statements: [String], _ authorizer: String, at place: Place?) -> Diagnostic {
    Diagnostic(
      .error, "pooled-connection",
      "\(address): a unique index is built CONCURRENTLY, which a connection pooler in front of authorizer \(authorizer) "
        + "does not allow", at: place,
      help: ["connect to the server itself for this apply, or have the table's owner run there:"] + statements)
  }

  /// Another apply is at it.
  static func indexBeingBuilt(_ address: String, _ table: String, at place: Place?) -> Diagnostic {
    Diagnostic(
      .error, "index-being-built", "\(address): another apply is building an index on \(table)", at: place,
      help: ["apply again when that one has ended"])
  }
}
