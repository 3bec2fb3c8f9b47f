internal import Foundation
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One connection through a relay: a thread each way.
final class RelaySession: Sendable {
  private struct State {
    var openWays = 2
    /// Whether the server is not to hear that the client is gone.
    var isServerKept = false
    /// The process that serves the connection, as the server names it.
    var backend = 0
  }

  private let client: Int32
  private let server: Int32
  private let fault: Relay.Fault?
  private let whenReached: @Sendable () -> Void
  private let state = Mutex(State())

  init(client: Int32, server: Int32, fault: Relay.Fault?, whenReached: @escaping @Sendable () -> Void) {
    self.client = client
    self.server = server
    self.fault = fault
    self.whenReached = whenReached
    for descriptor in [client, server] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
  }

  func start() {
    Thread.detachNewThread { self.pass(from: self.client, to: self.server, isClient: true) }
    Thread.detachNewThread { self.pass(from: self.server, to: self.client, isClient: false) }
  }

  /// Whether both ways have come to their end.
  var hasEnded: Bool { state.withLock { $0.openWays == 0 } }

  /// Breaks it for both.
  func cut() {
    state.withLock { state in
      guard state.openWays > 0 else { return }
      shutdown(client, Int32(SHUT_RDWR))
      shutdown(server, Int32(SHUT_RDWR))
    }
  }

  // MARK: One way

  private func pass(from source: Int32, to sink: Int32, isClient: Bool) {
    var messages = MessageStream(isClient: isClient)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var passed = 0
    var copied = 0
    reading: while true {
      let count = read(source, &buffer, buffer.count)
      if count <= 0 { break }
      messages.append(buffer[..<count])
      while let message = messages.next() {
        if message.isBackendKey { state.withLock { $0.backend = message.process } }
        if message.isCopyData { copied += message.bytes.count }
        let before = bytesBefore(message, isClient: isClient, passed: passed, copied: copied)
        passed += message.bytes.count
        if let before {
          guard send(message.bytes.prefix(before), to: sink), meet() else { break reading }
        }
        guard send(message.bytes.dropFirst(before ?? 0), to: sink) else { break reading }
      }
    }
    // A server that is kept may say what it likes.
    if !isClient { while state.withLock({ $0.isServerKept }), read(source, &buffer, buffer.count) > 0 {} }
    end(sink, isClient: isClient)
  }

  private func end(_ sink: Int32, isClient: Bool) {
    state.withLock { state in
      if !(isClient && state.isServerKept) { shutdown(sink, Int32(SHUT_WR)) }
      state.openWays -= 1
      guard state.openWays == 0 else { return }
      _ = closeDescriptor(client)
      _ = closeDescriptor(server)
    }
  }

  /// How much of a message is passed on before the fault's moment; nothing where that does not come with it.
  private func bytesBefore(_ message: Message, isClient: Bool, passed: Int, copied: Int) -> Int? {
    let all = message.bytes.count
    switch fault?.moment {
    case .fromClient(let bytes) where isClient && passed <= bytes && bytes < passed + all: return bytes - passed
    case .fromServer(let bytes) where !isClient && passed <= bytes && bytes < passed + all: return bytes - passed
    case .inCopy(let bytes) where isClient && message.isCopyData && copied - all <= bytes && bytes < copied:
      return bytes - (copied - all)
    case .commitSent where isClient && message.isCommit: return 0
    case .commitAnswered where !isClient && message.isCommitted: return 0
    case .refused where !isClient && message.isError: return all
    default: return nil
    }
  }

  /// Does what the fault says; false where the connection is broken.
  private func meet() -> Bool {
    guard let fault else { return true }
    whenReached()
    let backend = state.withLock { $0.backend }
    let decision = Decision()
    Task { decision.make(await fault.action(backend)) }
    switch decision.wait() {
    case .pass: return true
    case .cut: cut()
    case .cutClient:
      state.withLock { $0.isServerKept = true }
      shutdown(client, Int32(SHUT_RDWR))
    }
    return false
  }

  private func send(_ bytes: ArraySlice<UInt8>, to sink: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Self.send(sink, $0) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
    #else
      Darwin.send(descriptor, bytes.baseAddress, bytes.count, 0)
    #endif
  }
}

/// What a thread waits for that a task finds out.
private final class Decision: Sendable {
  private let verdict = Mutex(Relay.Verdict.cut)
  private let isMade = DispatchSemaphore(value: 0)

  func make(_ verdict: Relay.Verdict) {
    self.verdict.withLock { $0 = verdict }
    isMade.signal()
  }

  func wait() -> Relay.Verdict {
    isMade.wait()
    return verdict.withLock { $0 }
  }
}
