internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What is asked of the system besides opening, reading and writing files.
enum SystemCalls {
  /// Whether the file is there and may be run.
  static func isExecutable(_ path: FilePath) -> Bool { unsafe access(path.string, X_OK) == 0 }

  /// Whether the file is there and may be read.
  ///
  /// - Returns: nothing where it may, else the system's words.
  static func obstacle(toReading path: String) -> String? {
    unsafe access(path, R_OK) == 0 ? nil : Errno(rawValue: errno).description
  }

  /// Removes the file.
  static func remove(_ path: FilePath) { _ = unsafe unlink(path.string) }

  /// A name that nobody else has, or guesses.
  static func randomName() -> String {
    var random = SystemRandomNumberGenerator()
    return String(random.next(), radix: 36) + String(random.next(), radix: 36)
  }

  /// The path of the program that runs.
  static func ownProgram() -> FilePath? {
    #if os(Linux)
      var buffer = [CChar](repeating: 0, count: 4096)
      let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
      guard count > 0 else { return nil }
      return FilePath(String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self))
    #else
      let name = CommandLine.arguments.first ?? ""
      guard let path = unsafe realpath(name, nil) else { return nil }
      defer { unsafe free(path) }
      return unsafe FilePath(String(cString: path))
    #endif
  }

  #if canImport(Glibc)
    static let stream = Int32(SOCK_STREAM.rawValue)
  #else
    static let stream = SOCK_STREAM
  #endif

  /// Connects to the unix socket at `path`; reading and writing there gives up after `patience`.
  ///
  /// - Throws: `Errno`.
  static func connect(to path: String, patience: Duration) throws -> FileDescriptor {
    let made = socket(AF_UNIX, stream, 0)
    guard made >= 0 else { throw Errno(rawValue: errno) }
    let descriptor = FileDescriptor(rawValue: made)
    _ = fcntl(made, F_SETFD, FD_CLOEXEC)
    var limit = timeval()
    limit.tv_sec = Int(patience.components.seconds)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      _ = unsafe setsockopt(made, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
      for (index, byte) in path.utf8.prefix(bytes.count - 1).enumerated() { unsafe bytes[index] = byte }
    }
    let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        #if canImport(Glibc)
          unsafe Glibc.connect(made, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        #elseif canImport(Musl)
          unsafe Musl.connect(made, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        #else
          unsafe Darwin.connect(made, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        #endif
      }
    }
    guard isConnected else {
      let error = Errno(rawValue: errno)
      try? descriptor.close()
      throw error
    }
    return descriptor
  }
}
