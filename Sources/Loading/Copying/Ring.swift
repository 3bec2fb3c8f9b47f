internal import Dispatch
internal import Synchronization

/// Hands values from the thread that fills them to the one that uses them, and back to be filled again: a few go round,
/// so that memory is bounded and both threads work at the same time.
final class Ring<Element: AnyObject>: Sendable {
  private struct State {
    var empty: [Element]
    var filled: [Element] = []
    var isFinished = false
    var error: (any Error)?
    var isAbandoned = false
  }

  // Holds what is on its way; an element is used by whoever took it and has not handed it on, and by nobody else.
  private struct Guarded: @unchecked Sendable {
    var state: State
  }

  private let guarded: Mutex<Guarded>
  private let empties = DispatchSemaphore(value: 0)
  private let fills = DispatchSemaphore(value: 0)

  /// A ring of `elements`, all to be filled.
  init(_ elements: sending [Element]) {
    let count = elements.count
    guarded = Mutex(Guarded(state: State(empty: elements)))
    // Counted up from nothing: a semaphore may not go away with less than it began with.
    for _ in 0..<count { empties.signal() }
  }

  // MARK: The thread that fills

  /// Waits for an element to fill; nothing once nobody wants any more.
  func take() -> Element? {
    empties.wait()
    return guarded.withLock { guarded in
      nonisolated(unsafe) let element = guarded.state.isAbandoned ? nil : guarded.state.empty.popLast()
      return element
    }
  }

  /// Hands a filled element on.
  func hand(_ element: Element) {
    nonisolated(unsafe) let element = element
    guarded.withLock { $0.state.filled.append(element) }
    fills.signal()
  }

  /// Says that no more come, for the reason of `error` where there is one.
  func finish(_ error: (any Error)? = nil) {
    guarded.withLock {
      $0.state.isFinished = true
      $0.state.error = error
    }
    fills.signal()
  }

  // MARK: The thread that uses

  /// Waits for the next filled element; nothing at the end.
  ///
  /// - Parameter check: is called a few times a second while there is none.
  /// - Throws: what the other thread ended with, after all that it had filled; what `check` throws.
  func next(while check: () throws -> Void) throws -> Element? {
    while fills.wait(timeout: .now() + .milliseconds(100)) == .timedOut { try check() }
    return try guarded.withLock { guarded in
      if !guarded.state.filled.isEmpty {
        nonisolated(unsafe) let element = guarded.state.filled.removeFirst()
        return element
      }
      // To be found again by whoever asks once more.
      fills.signal()
      if let error = guarded.state.error { throw error }
      return nil
    }
  }

  /// Gives an element back, to be filled again.
  func giveBack(_ element: Element) {
    nonisolated(unsafe) let element = element
    guarded.withLock { $0.state.empty.append(element) }
    empties.signal()
  }

  /// Says that nothing more is wanted: the other thread stops at its next `take`.
  func abandon() {
    guarded.withLock { $0.state.isAbandoned = true }
    empties.signal()
  }
}
