internal import Synchronization

/// How far a try to connect has come, and how long each stretch of it took.
///
/// Who wants to know binds one to `current` while it connects; it may be read at any time, from any thread.
public final class ConnectionTrace: Sendable {
  /// A stretch of connecting, in order.
  public enum Phase: String, Sendable, Hashable, CaseIterable {
    /// The host's name is looked up.
    case name
    /// The port is opened.
    case port
    /// A tunnel is opened.
    case ssh
    /// TLS is set up.
    case tls
    /// The role logs in.
    case login
    /// The server opens the database.
    case database
  }

  fileprivate struct State {
    var phase: Phase?
    var since = ContinuousClock.now
    var durations: [Phase: Duration] = [:]
    var target: ConnectionTarget?
    var tlsProtocol: String?
    var failure: ConnectFailure?
  }

  private let state = Mutex(State())

  /// The trace that a connection opened in this task is written to.
  @TaskLocal public static var current: ConnectionTrace?

  /// Makes one in which nothing has begun.
  public init() {}

  /// Ends the stretch under way, and begins `phase`; one that is begun again goes on.
  public func begin(_ phase: Phase) {
    state.withLock { state in
      guard state.phase != phase else { return }
      state.pause()
      state.phase = phase
    }
  }

  /// Ends the stretch under way; `phase` stays what it was.
  func end(at target: ConnectionTarget?, _ failure: ConnectFailure? = nil) {
    state.withLock { state in
      state.pause()
      state.failure = failure
      if let target { state.target = target }
    }
  }

  /// Takes note of whether the connection is encrypted by now, and how.
  func note(tlsProtocol: String?) { state.withLock { $0.tlsProtocol = tlsProtocol } }

  /// The stretch that is under way, or was the last.
  public var phase: Phase? { state.withLock { $0.phase } }

  /// How long each stretch took that was begun.
  public var durations: [Phase: Duration] { state.withLock { $0.durations } }

  /// The protocol of the encrypted connection (`TLSv1.3`), once it was; nothing where it is plain.
  public var tlsProtocol: String? { state.withLock { $0.tlsProtocol } }

  /// Why no connection came of it.
  public var failure: ConnectFailure? { state.withLock { $0.failure } }

  /// Whom it led to; nothing where libpq refused the parameters or never came back.
  public var target: ConnectionTarget? { state.withLock { $0.target } }
}

extension ConnectionTrace.State {
  fileprivate mutating func pause() {
    let now = ContinuousClock.now
    if let phase { durations[phase, default: .zero] += since.duration(to: now) }
    since = now
  }
}
