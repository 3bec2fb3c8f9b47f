internal import CLibPQ
internal import Dispatch
internal import Synchronization

/// Asks the server, from any thread, to give up what a connection is running.
///
/// `@unchecked Sendable`: the `PGcancel` never changes and never leaves this class, and PQcancel may be called from any
/// thread while another uses the connection (manual, 34.7).
final class Canceller: @unchecked Sendable {
  private let cancel: OpaquePointer?
  private let state = Mutex(State())

  private struct State {
    var requestedAt: ContinuousClock.Instant?
    var sentAt: ContinuousClock.Instant?
    var isSending = false
  }

  /// Makes a canceller of an open connection.
  init(of connection: OpaquePointer) { cancel = PQgetCancel(connection) }

  deinit { PQfreeCancel(cancel) }

  /// When cancelling was first asked for, if it was.
  var requestedAt: ContinuousClock.Instant? { state.withLock { $0.requestedAt } }

  /// Remembers the wish, and sends it to the server without waiting.
  func request() {
    state.withLock { if $0.requestedAt == nil { $0.requestedAt = .now } }
    send()
  }

  /// Sends the wish again: a first one that came between two statements went unheard.
  func repeatRequest() {
    let isDue = state.withLock { state in state.sentAt.map { $0.duration(to: .now) > .milliseconds(250) } ?? true }
    if isDue { send() }
  }

  /// Sends a request on a thread of its own, as PQcancel opens a connection and waits for its end.
  func send() {
    let isFree = state.withLock { state in
      defer { state.isSending = true }
      return !state.isSending
    }
    guard isFree else { return }
    DispatchQueue.global().async { [self] in
      var text = [CChar](repeating: 0, count: 256)
      _ = PQcancel(cancel, &text, Int32(text.count))
      state.withLock {
        $0.isSending = false
        $0.sentAt = .now
      }
    }
  }
}
