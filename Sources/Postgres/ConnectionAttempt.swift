internal import CLibPQ
internal import Dispatch
internal import Secrets
internal import Synchronization

/// One try to connect, on a thread of its own, that whoever waits for can leave at any time.
///
/// libpq resolves names in `PQconnectPoll`, which blocks beyond any deadline; so it is the waiting that ends in time,
/// and the thread closes what it may still get.
final class ConnectionAttempt: Sendable {
  private enum State {
    case idle
    case waiting(CheckedContinuation<Connection, any Error>)
    case settled
  }

  private let parameters: ConnectionParameters
  private let timeout: Duration
  private let lossReason: Connection.LossReason?
  private let deadline: ContinuousClock.Instant
  private let trace: ConnectionTrace
  private let state = Mutex(State.idle)

  private static let unreadableURL = "the URL cannot be read, or holds what this libpq does not know"

  init(
    _ parameters: ConnectionParameters, timeout: Duration, lossReason: Connection.LossReason?, trace: ConnectionTrace
  ) {
    self.parameters = parameters
    self.lossReason = lossReason
    self.timeout = timeout
    self.trace = trace
    deadline = .now + timeout
  }

  /// Begins; `continuation` is resumed once, with a connection or with an error.
  func start(_ continuation: CheckedContinuation<Connection, any Error>) {
    let isWanted = state.withLock { state in
      if case .settled = state { return false }
      state = .waiting(continuation)
      return true
    }
    guard isWanted else { return continuation.resume(throwing: CancellationError()) }
    let queue = DispatchQueue(label: "postgres")
    queue.async { self.run(on: queue) }
    let (seconds, attoseconds) = (timeout + .milliseconds(200)).components
    let latest = DispatchTime.now() + Double(seconds) + Double(attoseconds) / 1e18
    DispatchQueue.global().asyncAfter(deadline: latest) { [weak self] in self?.end(.failure(self?.tooLate)) }
  }

  /// Ends the waiting with a `CancellationError`.
  func cancel() { end(.failure(CancellationError())) }

  private var tooLate: PostgresError? {
    var error = PostgresError(.connect, "no connection within \(timeout)")
    error.connectFailure = .timedOut
    error.target = trace.target
    error.phase = trace.phase
    return error
  }

  private enum Outcome {
    case success(Connection)
    case failure((any Error)?)
  }

  /// Tells the outcome to whoever waits; a connection that nobody waits for is closed as it is dropped.
  private func end(_ outcome: Outcome) {
    let before = state.withLock { state in
      defer { state = .settled }
      return state
    }
    guard case .waiting(let continuation) = before else { return }
    switch outcome {
    case .success(let connection): continuation.resume(returning: connection)
    case .failure(let error): continuation.resume(throwing: error ?? CancellationError())
    }
  }

  private var isSettled: Bool {
    state.withLock { if case .settled = $0 { true } else { false } }
  }

  private func run(on queue: DispatchQueue) {
    trace.begin(.name)
    // The host's name is looked up in here.
    guard let pointer = parameters.startConnecting() else {
      return end(.failure(PostgresError(.connect, "out of memory")))
    }
    let log = NoticeLog()
    log.install(on: pointer)
    // The only way to the server's SQLSTATE of a connection that failed.
    PQsetErrorVerbosity(pointer, PQERRORS_VERBOSE)
    var status = PQstatus(pointer) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
    while status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING {
      if let phase = ConnectionTrace.Phase(PQstatus(pointer)) {
        trace.begin(phase)
        if phase == .login { trace.note(tlsProtocol: OpenSSL.protocolName(of: pointer)) }
      }
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero, !isSettled else {
        trace.end(at: ConnectionTarget(pointer), .timedOut)
        PQfinish(pointer)
        return end(.failure(tooLate))
      }
      let events = status == PGRES_POLLING_READING ? SocketPoll.reading : SocketPoll.writing
      if SocketPoll.ready(PQsocket(pointer), events, within: min(left, .milliseconds(100))) != 0 {
        status = PQconnectPoll(pointer)
      }
    }
    let target = ConnectionTarget(pointer)
    // Wherever it comes from (the URL, a password file, a service), it may come back in what the server says.
    if let password = PQpass(pointer) { _ = Secret(String(cString: password)) }
    guard status == PGRES_POLLING_OK else {
      var error = PostgresError.connecting(String(cString: PQerrorMessage(pointer)))
      // libpq quotes the part that it cannot read, which may be a part of the password.
      if error.connectFailure == .parameters, parameters.url != nil { error.message = Self.unreadableURL }
      if PQconnectionNeedsPassword(pointer) == 1 { error.connectFailure = .noPassword }
      error.target = target
      error.phase = trace.phase
      trace.end(at: target, error.connectFailure)
      PQfinish(pointer)
      return end(.failure(error))
    }
    trace.end(at: target)
    PQsetErrorVerbosity(pointer, PQERRORS_DEFAULT)
    end(.success(Connection(pointer, log: log, on: queue, lossReason: lossReason)))
  }
}

extension ConnectionTrace.Phase {
  /// The stretch that libpq is in; nothing for a moment between two.
  fileprivate init?(_ status: ConnStatusType) {
    switch status {
    case CONNECTION_STARTED: self = .port
    case CONNECTION_SSL_STARTUP: self = .tls
    case CONNECTION_MADE, CONNECTION_AWAITING_RESPONSE: self = .login
    case CONNECTION_AUTH_OK, CONNECTION_CHECK_WRITABLE, CONNECTION_CHECK_TARGET, CONNECTION_CHECK_STANDBY:
      self = .database
    default: return nil
    }
  }
}

extension ConnectionParameters {
  /// Begins to connect: hands the parameters to libpq, one by one.
  func startConnecting() -> OpaquePointer? {
    let pairs = complete
    // `strdup`ed copies would need freeing on each path; arrays of bytes free themselves.
    let storage = pairs.flatMap { [Array($0.keyword.utf8CString), Array($0.value.utf8CString)] }
    var pointers: [UnsafePointer<CChar>?] = []
    func start(_ rest: ArraySlice<[CChar]>) -> OpaquePointer? {
      guard let first = rest.first else {
        let keywords = stride(from: 0, to: pointers.count, by: 2).map { pointers[$0] } + [nil]
        let values = stride(from: 1, to: pointers.count, by: 2).map { pointers[$0] } + [nil]
        return PQconnectStartParams(keywords, values, url == nil ? 0 : 1)
      }
      return first.withUnsafeBufferPointer { buffer in
        pointers.append(buffer.baseAddress)
        return start(rest.dropFirst())
      }
    }
    return start(storage[...])
  }
}
