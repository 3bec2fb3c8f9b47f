internal import CLibPQ

/// An open connection, lent by a ``Connection`` to a closure that nothing can interrupt.
///
/// All of its functions block. Statements are unnamed and leave no session state, so that a transaction pooler may
/// stand in between.
public struct Database: ~Copyable {
  let session: Session

  init(_ session: Session) { self.session = session }

  /// Runs one statement and decodes its rows in order.
  ///
  /// - Throws: `PostgresError`, `CancellationError`, and what `decode` throws.
  public func rows<T>(_ sql: SQL, _ decode: (borrowing Row) throws -> T) throws -> [T] {
    try rows(sql).map(decode)
  }

  /// Runs one statement and keeps its rows as they came.
  ///
  /// - Throws: `PostgresError`, `CancellationError`.
  public func rows(_ sql: SQL) throws -> Rows { Rows(try session.execute(sql)) }

  /// Runs one statement.
  ///
  /// - Returns: how many rows it touched.
  /// - Throws: `PostgresError`, `CancellationError`.
  @discardableResult
  public func run(_ sql: SQL) throws -> Int { try session.execute(sql).affected }

  /// Runs any number of statements in one round trip, as one transaction unless they say otherwise.
  ///
  /// - Throws: `PostgresError` of the first that fails (its `position` counts from the start of `text`), after which
  ///   the server runs no more; `CancellationError`.
  public func script(_ text: String) throws { try session.script(text) }

  /// Whether the work is to go on: to be asked by who waits for something else than the server.
  ///
  /// - Throws: `CancellationError`.
  public func checkCancellation() throws { try session.checkCancellation() }

  /// How often the client has waited for the server since the connection was opened.
  public var roundTrips: Int { session.roundTrips }

  /// A setting that the server reports by itself: `server_version`, `TimeZone`, `session_authorization`, ...
  public func parameterStatus(_ name: String) -> String? {
    PQparameterStatus(session.pointer, name).map { String(cString: $0) }
  }

  /// The server's version: 150018 is 15.18.
  public var serverVersion: Int { Int(PQserverVersion(session.pointer)) }

  /// The protocol of the encrypted connection (`TLSv1.3`); `nil` where it is plain.
  public var tlsProtocol: String? {
    session.pointer.flatMap { OpenSSL.protocolName(of: $0) }
  }

  /// Whether the server's certificate was verified: signed by a trusted authority, and for `verify-full` its name too.
  ///
  /// libpq verifies with every `sslmode` where it finds a file of authorities; it is asked of the session itself.
  public var isCertificateVerified: Bool {
    guard PQsslInUse(session.pointer) == 1, let pointer = session.pointer else { return false }
    if let session = OpenSSL.session(of: pointer), let verifies = OpenSSL.verifies(session) { return verifies }
    return ConnectionTarget(pointer).tlsMode.hasPrefix("verify")
  }

  /// Whether TLS was preferred and yet the connection, which is no unix socket, is plain.
  public var isPlainForWantOfTLS: Bool {
    guard PQsslInUse(session.pointer) == 0, let pointer = session.pointer else { return false }
    let target = ConnectionTarget(pointer)
    return !target.isSocket && target.tlsMode == "prefer"
  }

  /// The process that serves this connection, as in pg_stat_activity.
  public var backendPID: Int { Int(PQbackendPID(session.pointer)) }

  /// The database's name, as connected to.
  public var name: String { PQdb(session.pointer).map { String(cString: $0) } ?? "" }

  /// The role's name, as logged in.
  public var user: String { PQuser(session.pointer).map { String(cString: $0) } ?? "" }

  /// The host that answered: a name, an address or a socket's folder.
  public var host: String { PQhost(session.pointer).map { String(cString: $0) } ?? "" }

  /// The port that answered.
  public var port: Int { PQport(session.pointer).flatMap { Int(String(cString: $0)) } ?? 0 }

  /// Whether a transaction is open, be it a failed one.
  public var isInTransaction: Bool {
    let status = PQtransactionStatus(session.pointer)
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
  }

  /// Whether nothing more can be asked on this connection.
  public var isBroken: Bool { session.isBroken }

  /// Gives the notices that came since the last call, at most 1,000, and forgets them.
  public func takeNotices() -> [Notice] { session.log.take() }
}

extension Session {
  /// Runs one statement to its end.
  func execute(_ sql: SQL) throws -> ServerResult {
    try checkCancellation()
    let statement = try Statement(sql)
    try statement.send(on: self)
    return try finish(statement.text)
  }

  /// Runs statements by the simple protocol; `force` does so in spite of cancelling, for ROLLBACK.
  @discardableResult
  func script(_ text: String, force: Bool = false) throws -> ServerResult {
    if !force { try checkCancellation() }
    if text.utf8.contains(0) { throw PostgresError(.client, "the statement holds a NUL byte", statement: text) }
    guard PQsendQuery(pointer, text) == 1 else { throw failure(text) }
    return try finish(text)
  }

  /// Waits for the end of what was sent.
  ///
  /// - Returns: the last result.
  /// - Throws: the first error, when all results are read.
  private func finish(_ statement: String) throws -> ServerResult {
    roundTrips += 1
    try flush()
    var last: ServerResult?
    var failed: PostgresError?
    while let result = try nextResult() {
      switch result.status {
      case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: last = result
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
        // The server waits for rows, or sends them: only its leaving ends that in any case.
        abandonCopy(result.status)
        failed = failed ?? PostgresError(.client, "COPY is run by copyIn and copyOut alone", statement: statement)
      default: failed = failed ?? error(result, statement)
      }
    }
    if let failed { throw failed }
    guard let last else { throw failure(statement) }
    return last
  }

  /// Ends a COPY that nobody wants.
  func abandonCopy(_ status: ExecStatusType) {
    if status == PGRES_COPY_IN {
      PQputCopyEnd(pointer, "not wanted")
      return
    }
    canceller.send()
    var line: UnsafeMutablePointer<CChar>?
    while true {
      let count = PQgetCopyData(pointer, &line, 1)
      if let line { PQfreemem(line) }
      line = nil
      if count < 0 { return }
      if count == 0 {
        do { guard try wait(forWriting: false) else { return } } catch { return }
      }
    }
  }
}
