internal import Synchronization

/// A value that several threads may use, one at a time.
final class Guarded<Value: Sendable>: Sendable {
  private let mutex: Mutex<Value>

  init(_ value: Value) { mutex = Mutex(value) }

  func withLock<Result, E: Error>(_ body: (inout Value) throws(E) -> Result) throws(E) -> Result {
    // `Mutex.withLock` wants a sending result; what goes in and out here is all Sendable.
    try mutex.withLock { value throws(E) in try body(&value) }
  }
}
