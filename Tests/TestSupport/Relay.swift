internal import Foundation
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Stands between clients and a cluster's socket, and breaks connections at moments that a test names.
public final class Relay: Sendable {
  /// When something happens to a connection.
  public enum Moment: Sendable {
    /// So many bytes have come from the client, and were passed on.
    case fromClient(bytes: Int)
    /// So many bytes have come from the server, and were passed on.
    case fromServer(bytes: Int)
    /// So many bytes of COPY's data have come from the client.
    case inCopy(bytes: Int)
    /// The server has said that something is wrong, and the client has got that.
    case refused
    /// The client has sent COMMIT, and the server has not got it yet.
    case commitSent
    /// The server has answered COMMIT, and the client has not got that yet.
    case commitAnswered
  }

  /// What becomes of the connection then.
  public enum Verdict: Sendable {
    /// It goes on.
    case pass
    /// It breaks for both.
    case cut
    /// It breaks for the client; the server hears no more of it, and does not know.
    case cutClient
  }

  /// Decides, while the connection waits, with the process that serves it (0 where that is not known yet).
  public typealias Action = @Sendable (_ backend: Int) async -> Verdict

  struct Fault: Sendable {
    var moment: Moment
    var action: Action
  }

  private struct State {
    var faults: [Fault] = []
    var reached = 0
    var sessions: [RelaySession] = []
    var isClosed = false
  }

  /// The folder of the socket, to be connected to in place of the cluster's.
  public let folder: String
  private let target: String
  private let listener: Int32
  private let state = Mutex(State())

  /// Listens on a socket of its own in front of `cluster`.
  public init(to cluster: Cluster) throws {
    // A socket's path has at most 107 bytes.
    folder = "/tmp/sluice-relay-\(getpid())-\(Self.count.add(1, ordering: .relaxed).newValue)"
    target = "\(cluster.host)/.s.PGSQL.\(cluster.port)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    listener = socket(AF_UNIX, streamSocket, 0)
    let path = "\(folder)/.s.PGSQL.\(cluster.port)"
    unlink(path)
    guard listener >= 0, withAddress(path, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0 else {
      throw ClusterError(message: "the relay cannot listen on \(path): \(String(cString: strerror(errno)))")
    }
    let accepting = listener
    Thread.detachNewThread { [weak self] in
      while true {
        let client = accept(accepting, nil, nil)
        guard client >= 0, let self else { return }
        take(client)
      }
    }
  }

  deinit { close() }

  private static let count = Atomic(0)

  /// Ends it, and all connections through it.
  public func close() {
    let sessions = state.withLock { state in
      defer { (state.sessions, state.isClosed) = ([], true) }
      return state.isClosed ? nil : state.sessions
    }
    guard let sessions else { return }
    for session in sessions { session.cut() }
    // What waits in accept is woken by that.
    shutdown(listener, Int32(SHUT_RDWR))
    _ = closeDescriptor(listener)
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Lets the next connection that is opened meet a fault; of several, each connection meets one.
  public func arm(_ moment: Moment, _ action: @escaping Action) {
    state.withLock { $0.faults.append(Fault(moment: moment, action: action)) }
  }

  /// Takes back the faults that no connection has met.
  public func disarm() { state.withLock { $0.faults = [] } }

  /// How many moments have come.
  public var reached: Int { state.withLock { $0.reached } }

  private func take(_ client: Int32) {
    let server = socket(AF_UNIX, streamSocket, 0)
    guard server >= 0, withAddress(target, { connect(server, $0, $1) }) == 0 else {
      _ = closeDescriptor(client)
      _ = closeDescriptor(server)
      return
    }
    let fault = state.withLock { $0.faults.isEmpty ? nil : $0.faults.removeFirst() }
    let session = RelaySession(client: client, server: server, fault: fault) { [weak self] in
      self?.state.withLock { $0.reached += 1 }
    }
    let isClosed = state.withLock { state in
      state.sessions.removeAll { $0.hasEnded }
      state.sessions.append(session)
      return state.isClosed
    }
    if isClosed { session.cut() }
    session.start()
  }
}

#if canImport(Glibc)
  private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
  private let streamSocket = SOCK_STREAM
#endif

/// Hands `path` to `body` as the address of a unix socket.
private func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { bytes in
    for (index, byte) in path.utf8.prefix(bytes.count - 1).enumerated() { bytes[index] = byte }
  }
  return withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
  }
}
