internal import CLibPQ

/// A COPY that takes rows, lent to the closure that sends them.
public struct CopyIn: ~Copyable {
  private let session: Session
  private let statement: String

  init(_ session: Session, _ statement: String) {
    self.session = session
    self.statement = statement
  }

  /// Sends `bytes`, which need not end where a row does; 64 KB and more at a time are best.
  ///
  /// They are copied once, into libpq's buffer, and on their way to the server when this returns.
  ///
  /// - Throws: the server's `PostgresError`, where it is seen to have refused an earlier row (one that is overlooked
  ///   comes out at the end of the COPY); `CancellationError`.
  public func send(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      // A message has less than 1 GB; smaller ones also leave more chances to look at the answer.
      try session.sendCopy(UnsafeRawBufferPointer(rebasing: rest.prefix(4 << 20)), statement)
      rest = rest.dropFirst(4 << 20)
    }
  }

  /// Looks whether the server goes on, while there is nothing to send.
  ///
  /// - Throws: as `send` does.
  public func checkProgress() throws { try session.checkCopy(statement) }
}

extension Database {
  /// Runs a COPY ... FROM STDIN, and `body`, which sends its bytes.
  ///
  /// When `body` throws, the COPY fails and writes nothing.
  ///
  /// - Returns: what `body` returns, and how many rows the server took.
  /// - Throws: what `body` throws; `PostgresError`; `CancellationError`.
  public func copyIn<T>(_ sql: SQL, _ body: (borrowing CopyIn) throws -> T) throws -> (value: T, rows: Int) {
    let statement = try session.startCopy(sql, PGRES_COPY_IN)
    let value: T
    do {
      value = try body(CopyIn(session, statement))
    } catch {
      if session.isCopying { _ = session.endCopy(statement, saying: "stopped by the client") }
      throw error
    }
    // `body` may have swallowed the error of a `send` that ended the COPY.
    guard session.isCopying else {
      throw PostgresError(.client, "the COPY has ended before all was sent", statement: statement)
    }
    return (value, try session.finishCopy(statement))
  }

  /// Runs a COPY ... TO STDOUT and hands each message (a row, in practice) to `body`, which must not keep it.
  ///
  /// - Throws: what `body` throws, after the COPY was cancelled; `PostgresError`; `CancellationError`.
  public func copyOut(_ sql: SQL, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let statement = try session.startCopy(sql, PGRES_COPY_OUT)
    do {
      while let message = try session.nextCopyMessage() {
        defer { PQfreemem(message.baseAddress) }
        try body(UnsafeRawBufferPointer(message))
      }
    } catch {
      session.abandonCopy(PGRES_COPY_OUT)
      session.drain()
      throw error
    }
    _ = try session.finishCopy(statement, PGRES_COPY_OUT)
  }
}

extension Session {
  /// Sends one message of rows.
  fileprivate func sendCopy(_ bytes: UnsafeRawBufferPointer, _ statement: String) throws {
    try checkCopy(statement)
    let characters = bytes.bindMemory(to: CChar.self)
    guard PQputCopyData(pointer, characters.baseAddress, Int32(characters.count)) == 1 else {
      throw failure(statement)
    }
    while PQflush(pointer) == 1 {
      try watch(forWriting: true)
      if hasRefusedCopy() { throw endCopy(statement, saying: "stopped") }
    }
  }

  /// Throws where the COPY was cancelled, or the server has refused a row.
  fileprivate func checkCopy(_ statement: String) throws {
    try checkCancellation()
    if hasRefusedCopy() { throw endCopy(statement, saying: "stopped") }
  }

  /// Sends a COPY and waits until the server is ready for it.
  fileprivate func startCopy(_ sql: SQL, _ wanted: ExecStatusType) throws -> String {
    try checkCancellation()
    let text = try Statement(sql).text
    // By the simple protocol: COPY takes no parameters, and an error ends it there and then.
    guard PQsendQuery(pointer, text) == 1 else { throw failure(text) }
    roundTrips += 1
    try flush()
    guard let result = try nextResult() else { throw failure(text) }
    if result.status == wanted { return text }
    if result.status == PGRES_COPY_IN || result.status == PGRES_COPY_OUT { abandonCopy(result.status) }
    drain()
    if result.status == PGRES_FATAL_ERROR { throw error(result, text) }
    throw PostgresError(.client, "not a COPY in the direction wanted", statement: text)
  }

  /// Whether libpq is still sending rows.
  fileprivate var isCopying: Bool { PQtransactionStatus(pointer) == PQTRANS_ACTIVE && !isAbandoned }

  /// Whether the server has ended the COPY with an error, although libpq tells so only at the end.
  ///
  /// While rows go out, a server says nothing but notices, which libpq hands on at once, and its error, which libpq
  /// leaves unread. So bytes that come without a notice are the error. A notice in two pieces looks the same for a
  /// moment: it is given time for its rest. Bytes that libpq reads by itself, as it does when the network takes no
  /// more, are not seen here.
  fileprivate func hasRefusedCopy() -> Bool {
    guard isReadable(within: .zero) else { return false }
    repeat {
      let before = log.count
      guard PQconsumeInput(pointer) == 1 else { return true }
      // An empty message is not sent, but has libpq take the notices out of what came.
      PQputCopyData(pointer, "", 0)
      if log.count > before { return false }
    } while isReadable(within: .milliseconds(200))
    return true
  }

  /// Has the COPY fail with `reason`, unless the server was first.
  ///
  /// - Returns: the server's error.
  fileprivate func endCopy(_ statement: String, saying reason: String) -> any Error {
    PQputCopyEnd(pointer, reason)
    do {
      _ = try finishCopy(statement, nil)
      return PostgresError(.client, "the COPY was stopped", statement: statement)
    } catch { return error }
  }

  /// Ends the COPY well, or reads how it ended where `direction` is not COPY_IN.
  ///
  /// - Returns: how many rows it had.
  fileprivate func finishCopy(_ statement: String, _ direction: ExecStatusType? = PGRES_COPY_IN) throws -> Int {
    if direction == PGRES_COPY_IN {
      try checkCancellation()
      guard PQputCopyEnd(pointer, nil) == 1 else { throw failure(statement) }
    }
    roundTrips += 1
    try flush()
    var rows = 0
    var failed: PostgresError?
    while let result = try nextResult() {
      if result.status == PGRES_COMMAND_OK {
        rows = result.affected
      } else {
        failed = failed ?? error(result, statement)
      }
    }
    if let failed { throw failed }
    if isBroken { throw failure(statement) }
    return rows
  }

  /// The next message of a COPY that gives rows, to be freed by PQfreemem; `nil` at its end.
  fileprivate func nextCopyMessage() throws -> UnsafeMutableRawBufferPointer? {
    while true {
      try checkCancellation()
      var buffer: UnsafeMutablePointer<CChar>?
      let count = PQgetCopyData(pointer, &buffer, 1)
      if let buffer, count > 0 { return UnsafeMutableRawBufferPointer(start: buffer, count: Int(count)) }
      if count == -1 { return nil }
      // -2, or the connection is gone: the result says which error.
      if count < -1 { return nil }
      if try !wait(forWriting: false) { return nil }
    }
  }
}
