internal import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Has the kernel end a program when Sluice dies, in whatever way: one that never writes would not notice.
///
/// It is a pipe that nobody writes to or reads from. When one end is closed, as by the death of who has it, the kernel
/// sends a signal to those who asked for one at the other end (`O_ASYNC`, fcntl(2)). It is not said which end of a dead
/// process is closed first, so both are asked at. Only Linux lets one choose the signal; elsewhere nothing is done.
struct ProgramLifeline: ~Copyable {
  private let ends: [FileDescriptor]

  #if os(Linux)
    // Hidden by the header, but for F_SETOWN; the same wherever Swift runs.
    private static let setSignal: Int32 = 10
    private static let async: Int32 = 0o20000
  #endif

  /// A lifeline that nothing hangs on yet; where the system has no pipe left, nothing ever will.
  init() {
    #if os(Linux)
      let pipe = try? FileDescriptor.pipe()
      ends = pipe.map { [$0.readEnd, $0.writeEnd] } ?? []
      for end in ends { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
    #else
      ends = []
    #endif
  }

  /// From now on the process group dies with Sluice.
  borrowing func hold(group: pid_t) {
    #if os(Linux)
      for end in ends {
        _ = fcntl(end.rawValue, Self.setSignal, SIGKILL)
        _ = fcntl(end.rawValue, F_SETOWN, -group)
        _ = fcntl(end.rawValue, F_SETFL, Self.async)
      }
    #endif
  }

  deinit {
    #if os(Linux)
      // First let go: to close an end says that Sluice has died.
      for end in ends { _ = fcntl(end.rawValue, F_SETFL, 0) }
    #endif
    for end in ends { try? end.close() }
  }
}
