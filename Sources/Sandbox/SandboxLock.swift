internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension Sandbox {
  /// Runs `body` while no other command starts, stops, wipes or fills this sandbox.
  ///
  /// The kernel frees the lock when the process ends, in whatever way.
  func locked<T>(_ folder: SandboxFolder, _ body: () async throws -> T) async throws -> T {
    let file = try FileDescriptor.open(
      folder.lock, .readWrite, options: [.create, .noFollow, .closeOnExec], permissions: [.ownerReadWrite])
    defer { try? file.close() }
    while flock(file.rawValue, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else { throw Errno(rawValue: errno) }
      try await Task.sleep(for: .milliseconds(20))
    }
    return try await body()
  }
}
