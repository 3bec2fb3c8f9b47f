internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A pipe for what ssh says.
///
/// Its end says nothing: what ssh has started for a jump may hold it open for longer (`ControlPersist`).
final class SSHOutput: Sendable {
  /// Where it is read.
  let input: FileDescriptor
  /// What ssh's standard error is.
  let end: FileDescriptor
  private let rest = Mutex<[UInt8]>([])

  /// - Throws: `Errno`.
  init() throws {
    (input, end) = try FileDescriptor.pipe()
    for descriptor in [input, end] { _ = fcntl(descriptor.rawValue, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(input.rawValue, F_SETFL, O_NONBLOCK)
  }

  /// Takes up the whole lines that are there by now.
  func read(_ take: (String) -> Void) {
    rest.withLock { rest in
      var buffer = [UInt8](repeating: 0, count: 4096)
      while let count = try? unsafe buffer.withUnsafeMutableBytes({ try unsafe input.read(into: $0) }), count > 0 {
        rest += buffer[..<count]
      }
      let parts = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      for line in parts.dropLast() { take(String(decoding: line, as: UTF8.self)) }
      rest = parts.last.map(Array.init) ?? []
    }
  }
}
