internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A port on 127.0.0.1 that nothing else is given meanwhile.
struct ReservedPort: ~Copyable {
  let number: Int
  private let descriptor: FileDescriptor

  /// Has the system choose one.
  ///
  /// - Throws: `Errno`.
  init() throws {
    let made = socket(AF_INET, SystemCalls.stream, 0)
    guard made >= 0 else { throw Errno(rawValue: errno) }
    let descriptor = FileDescriptor(rawValue: made)
    _ = fcntl(made, F_SETFD, FD_CLOEXEC)
    // ssh sets this too. On Linux it may then bind the port that is bound here, as long as nobody listens on it.
    var on: Int32 = 1
    _ = unsafe setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe bind(made, pointer, length) == 0 && getsockname(made, pointer, &length) == 0
      }
    }
    guard isBound else {
      let error = Errno(rawValue: errno)
      try? descriptor.close()
      throw error
    }
    self.descriptor = descriptor
    number = Int(UInt16(bigEndian: address.sin_port))
    #if !os(Linux)
      // Elsewhere ssh could not bind it.
      try? descriptor.close()
    #endif
  }

  /// Gives it back, if only to be able to say when.
  consuming func release() {}

  deinit {
    #if os(Linux)
      try? descriptor.close()
    #endif
  }
}
