internal import SystemPackage

/// A known_hosts file with one key, which stands for every name.
///
/// On Linux it has no name: ssh gets it as its standard output, which it has no use for, and reads it by `/dev/fd/1`. So
/// nothing is left of it, however Sluice ends.
struct KnownHosts {
  /// What ssh's standard output is.
  let descriptor: FileDescriptor
  /// Where ssh finds it; nothing where no key is pinned.
  let path: String?
  private let name: FilePath?

  /// - Throws: `Errno`.
  init(pinning hostKey: String?) throws {
    guard let hostKey else {
      descriptor = try FileDescriptor.open(FilePath("/dev/null"), .writeOnly, options: .closeOnExec)
      (path, name) = (nil, nil)
      return
    }
    let name = FilePath("/tmp/sluice-\(SystemCalls.randomName())")
    descriptor = try FileDescriptor.open(
      name, .readWrite, options: [.create, .exclusiveCreate, .noFollow, .closeOnExec], permissions: .ownerReadWrite)
    #if os(Linux)
      SystemCalls.remove(name)
      (path, self.name) = ("/dev/fd/1", nil)
    #else
      (path, self.name) = (name.string, name)
    #endif
    let words = hostKey.split(separator: " ").prefix(2).joined(separator: " ")
    try descriptor.writeAll("* \(words)\n".utf8)
  }

  /// Removes what is there by name.
  func remove() { name.map(SystemCalls.remove) }
}
