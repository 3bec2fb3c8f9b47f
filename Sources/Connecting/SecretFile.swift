internal import Secrets
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A file that holds a secret and nothing else.
struct SecretFile {
  /// As messages call it.
  let name: String
  let path: FilePath

  private static let limit = 64 << 10

  /// What it holds, without a newline at its end.
  ///
  /// - Throws: where it is not a regular file, or others than its owner, who is this user or root, can read it.
  func read() throws(SecretProblem) -> Secret {
    do {
      // Not blocking, as opening a pipe would wait for its other end.
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
      return try file.closeAfter {
        try check(file)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: Self.limit)
        while true {
          let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
          if count == 0 { return try Secret(bytes: bytes, from: name) }
          bytes += buffer[..<count]
          if bytes.count >= Self.limit { throw SecretProblem("is to be read from \(name), which is too large for one") }
        }
      }
    } catch let problem as SecretProblem {
      throw problem
    } catch {
      throw SecretProblem("cannot be read from \(name): \(error)")
    }
  }

  private func check(_ file: FileDescriptor) throws {
    var status = stat()
    guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SecretProblem("is to be read from \(name), which is not a file")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw SecretProblem(
        "is to be read from \(name), which others than its owner can read", help: ["chmod 600 \(name)"])
    }
    guard status.st_uid == geteuid() || status.st_uid == 0 else {
      throw SecretProblem(
        "is to be read from \(name), which belongs to another user, who can read it", help: ["chown $(id -u) \(name)"])
    }
  }
}
