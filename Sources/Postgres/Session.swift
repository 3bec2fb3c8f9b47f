internal import CLibPQ

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Owns one `PGconn`, in libpq's nonblocking mode, and does all the waiting for it.
///
/// Every wait is a `poll` of ours, so that cancelling is noticed while the server, or the network, is silent.
final class Session {
  private(set) var pointer: OpaquePointer?
  let canceller: Canceller
  let log: NoticeLog
  /// How often the client has waited for the server.
  var roundTrips = 0
  /// Whether the server did not answer a cancel in time, so that nothing more can be asked.
  private(set) var isAbandoned = false
  /// Why the way to the server is no more; found out when it is first asked for.
  private lazy var lossReason = findLossReason?()
  private let findLossReason: Connection.LossReason?

  /// How long a cancelled statement may take to end before the connection is given up.
  private static let patience = Duration.seconds(10)

  /// Takes over an open connection, and the log that gets its notices.
  init(_ pointer: OpaquePointer, log: NoticeLog, lossReason: Connection.LossReason?) {
    self.pointer = pointer
    findLossReason = lossReason
    self.log = log
    canceller = Canceller(of: pointer)
    PQsetnonblocking(pointer, 1)
  }

  deinit { PQfinish(pointer) }

  /// Says goodbye; libpq answers every later call with a failure.
  func close() {
    PQfinish(pointer)
    pointer = nil
  }

  var isBroken: Bool { isAbandoned || PQstatus(pointer) != CONNECTION_OK }

  var errorMessage: String { String(cString: PQerrorMessage(pointer)).trimmingNewlines }

  /// Refuses to send anything more once cancelling was asked for.
  func checkCancellation() throws {
    if isAbandoned || canceller.requestedAt != nil { throw CancellationError() }
  }

  /// The error of a call of libpq's that failed.
  func failure(_ statement: String? = nil) -> PostgresError {
    var error = PostgresError(isBroken ? .connectionLost : .client, errorMessage, statement: statement)
    explainLoss(&error)
    return error
  }

  /// The error of `result`.
  func error(_ result: ServerResult, _ statement: String?) -> PostgresError {
    var error = PostgresError(result, statement: statement)
    // After FATAL the server closes the connection, which libpq may not have seen yet.
    if isBroken || error.severity == "FATAL" || error.severity == "PANIC" { error.kind = .connectionLost }
    explainLoss(&error)
    return error
  }

  /// Adds why the connection was lost, where the server did not say so itself.
  private func explainLoss(_ error: inout PostgresError) {
    guard error.kind == .connectionLost, error.sqlState == nil, !isAbandoned, let lossReason else { return }
    error.message += "; \(lossReason)"
    error.lossReason = lossReason
  }

  /// Hands what libpq has buffered to the network, reading what comes meanwhile.
  func flush() throws {
    while true {
      switch PQflush(pointer) {
      case 0: return
      case 1: try wait(forWriting: true)
      // The server may have said why before it closed the connection; that is read with the result.
      default: return
      }
    }
  }

  /// Waits for the next result of the statement under way; `nil` when it has no more.
  func nextResult() throws -> ServerResult? {
    while PQisBusy(pointer) == 1 {
      // PQgetResult tells what is known of a connection that broke, the server's last words first.
      guard try wait(forWriting: PQflush(pointer) == 1) else { break }
    }
    return PQgetResult(pointer).map { ServerResult($0) }
  }

  /// Reads and forgets all results of the statement under way.
  func drain() {
    do { while try nextResult() != nil {} } catch { isAbandoned = true }
  }

  /// Whether bytes of the server wait to be read, looked at for at most `timeout`.
  func isReadable(within timeout: Duration) -> Bool {
    poll(POLLIN, within: timeout) & Int16(POLLIN) != 0
  }

  /// Waits until the connection can be read (or written) and reads what is there.
  ///
  /// - Returns: false when the connection is closed.
  @discardableResult
  func wait(forWriting: Bool) throws -> Bool {
    guard PQsocket(pointer) >= 0 else { return false }
    let ready = try watch(forWriting: forWriting)
    return ready & ~Int16(POLLOUT) == 0 || PQconsumeInput(pointer) == 1
  }

  /// Waits a moment until the connection can be read (or written), without doing so, and sees to cancelling.
  ///
  /// - Returns: what `poll` says; 0 where nothing has happened yet.
  @discardableResult
  func watch(forWriting: Bool) throws -> Int16 {
    let ready = poll(forWriting ? POLLIN | POLLOUT : POLLIN, within: .milliseconds(250))
    if let requestedAt = canceller.requestedAt {
      if requestedAt.duration(to: .now) > Self.patience {
        isAbandoned = true
        throw CancellationError()
      }
      canceller.repeatRequest()
    }
    return ready
  }

  private func poll(_ events: Int32, within timeout: Duration) -> Int16 {
    SocketPoll.ready(PQsocket(pointer), events, within: timeout)
  }
}

/// The system's `poll` for one socket.
enum SocketPoll {
  static let reading = Int32(POLLIN)
  static let writing = Int32(POLLOUT)

  /// What of `events` (or of errors) is so for `socket` within `timeout`; 0 for nothing.
  static func ready(_ socket: Int32, _ events: Int32, within timeout: Duration) -> Int16 {
    var descriptor = pollfd(fd: socket, events: Int16(events), revents: 0)
    let milliseconds = max(
      0, timeout.components.seconds * 1_000 + timeout.components.attoseconds / 1_000_000_000_000_000)
    guard poll(&descriptor, 1, Int32(clamping: milliseconds)) > 0 else { return 0 }
    return descriptor.revents
  }
}
