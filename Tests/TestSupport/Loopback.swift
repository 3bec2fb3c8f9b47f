internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Sockets on 127.0.0.1 with ports that the system chose.
public final class Loopback: Sendable {
  /// The port.
  public let port: Int
  private let descriptor: Int32

  /// Takes a port, at which connections are refused until it listens.
  public init() throws {
    descriptor = Self.socket()
    var address = Self.address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let size = length
    let descriptor = descriptor
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Self.bind(descriptor, $0, size) | getsockname(descriptor, $0, &length)
      }
    }
    guard status == 0 else { throw ClusterError(message: "no port on 127.0.0.1") }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { _ = closeDescriptor(descriptor) }

  /// A port that nobody has at this moment.
  public static func freePort() throws -> Int { try Loopback().port }

  /// Takes connections from now on, and says nothing to who has made one.
  public func listen() { Self.listen(descriptor, 5) }

  /// Takes connections until there are too many that nobody accepts: packets of the next ones are dropped.
  ///
  /// - Returns: the connections, to be kept.
  public func listenUntilFull() -> [Connected] {
    Self.listen(descriptor, 0)
    return (0..<8).map { _ in Connected(to: port) }
  }

  /// Waits for a connection on a thread of its own: two tests that blocked a task's thread each would stop all tasks of
  /// a machine with two cores.
  public func accepted() async -> Int32 {
    let descriptor = descriptor
    return await withCheckedContinuation { continuation in
      let thread = Thread { continuation.resume(returning: accept(descriptor, nil, nil)) }
      thread.start()
    }
  }

  /// A client's socket, which waits for nothing.
  public final class Connected: Sendable {
    private let descriptor: Int32

    init(to port: Int) {
      let descriptor = Loopback.socket()
      self.descriptor = descriptor
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      var address = Loopback.address(port: port)
      withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          _ = Loopback.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
    }

    deinit { _ = closeDescriptor(descriptor) }
  }

  private static func socket() -> Int32 {
    #if canImport(Glibc)
      Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    #else
      Darwin.socket(AF_INET, SOCK_STREAM, 0)
    #endif
  }

  private static func address(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    return address
  }

  // Methods of the same names hide the system's.
  private static func bind(_ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    #if canImport(Glibc)
      Glibc.bind(socket, address, length)
    #else
      Darwin.bind(socket, address, length)
    #endif
  }

  private static func listen(_ socket: Int32, _ backlog: Int32) {
    #if canImport(Glibc)
      _ = Glibc.listen(socket, backlog)
    #else
      _ = Darwin.listen(socket, backlog)
    #endif
  }

  private static func connect(_ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
    #if canImport(Glibc)
      Glibc.connect(socket, address, length)
    #else
      Darwin.connect(socket, address, length)
    #endif
  }
}
