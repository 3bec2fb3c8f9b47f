internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// One end of a pseudo terminal, whose other end is ssh's standard input: ssh lives as long as this is open.
final class HeldTerminal: Sendable {
  private let master: Mutex<FileDescriptor?>

  /// Makes a terminal that changes and echoes nothing.
  ///
  /// - Returns: it, and the end for ssh, to be closed once ssh has it.
  /// - Throws: `Errno`.
  static func open() throws -> (held: HeldTerminal, end: FileDescriptor) {
    let (master, path) = try make()
    let held = HeldTerminal(master)
    let end = try FileDescriptor.open(
      path, .readWrite, options: [.closeOnExec, FileDescriptor.OpenOptions(rawValue: O_NOCTTY)])
    do {
      var settings = termios()
      guard unsafe tcgetattr(end.rawValue, &settings) == 0 else { throw Errno(rawValue: errno) }
      unsafe cfmakeraw(&settings)
      guard unsafe tcsetattr(end.rawValue, TCSANOW, &settings) == 0 else { throw Errno(rawValue: errno) }
    } catch {
      try? end.close()
      throw error
    }
    return (held, end)
  }

  /// The end to hold, and the other one's path. No other program that is started may get hold of it, or it would stay
  /// open.
  private static func make() throws -> (FileDescriptor, FilePath) {
    #if os(Linux)
      // grantpt, unlockpt and ptsname are hidden by the headers; this is what they do.
      let (lock, number) = (UInt(0x4004_5431), UInt(0x8004_5430))
      let master = try FileDescriptor.open(
        FilePath("/dev/ptmx"), .readWrite, options: [.closeOnExec, FileDescriptor.OpenOptions(rawValue: O_NOCTTY)])
      var isLocked: Int32 = 0
      var index: UInt32 = 0
      guard unsafe ioctl(master.rawValue, lock, &isLocked) == 0, unsafe ioctl(master.rawValue, number, &index) == 0
      else { throw failure(master) }
      return (master, FilePath("/dev/pts/\(index)"))
    #else
      let master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
      guard master >= 0 else { throw Errno(rawValue: errno) }
      let descriptor = FileDescriptor(rawValue: master)
      var name = [CChar](repeating: 0, count: 128)
      guard grantpt(master) == 0, unlockpt(master) == 0, unsafe ptsname_r(master, &name, name.count) == 0 else {
        throw failure(descriptor)
      }
      return (
        descriptor, FilePath(String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
      )
    #endif
  }

  /// What the system has just said; closes `descriptor`.
  private static func failure(_ descriptor: FileDescriptor) -> Errno {
    let error = Errno(rawValue: errno)
    try? descriptor.close()
    return error
  }

  private init(_ master: FileDescriptor) { self.master = Mutex(master) }

  deinit { close() }

  /// Types `line`, which whoever reads the other end finds there.
  func type(_ line: String) throws { try master.withLock { _ = try $0?.writeAll("\(line)\n".utf8) } }

  /// Hangs up.
  func close() {
    let descriptor = master.withLock { master in
      defer { master = nil }
      return master
    }
    try? descriptor?.close()
  }
}
