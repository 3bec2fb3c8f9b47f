import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Turns SIGINT and SIGTERM into the cancellation of the command; the second one ends the process at once.
///
/// The signals' handler writes a byte into a pipe that Dispatch reads. Dispatch's own signal sources will not do: they
/// want the signal ignored, and on Linux an ignored signal is dropped whenever the kernel looks at a thread that does not
/// block it. Handlers, unlike blocked or ignored signals, are not handed on to programs that are started.
struct Interruption {
  /// Runs `command`, and cancels it at the first signal.
  func run(_ command: @escaping @Sendable () async -> Int32) async -> Int32 {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return await command() }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    unsafe signalPipe = ends[1]
    // Before the command starts: a signal may come as soon as it does something that others see.
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        let saved = errno
        var byte: UInt8 = 0
        _ = unsafe write(signalPipe, &byte, 1)
        errno = saved
      }
    }
    let task = Task { await command() }
    let source = DispatchSource.makeReadSource(fileDescriptor: ends[0], queue: .global())
    let input = ends[0]
    source.setEventHandler {
      var byte: UInt8 = 0
      _ = unsafe read(input, &byte, 1)
      if task.isCancelled { _exit(ExitStatus.interrupted.rawValue) }
      task.cancel()
    }
    source.resume()
    let status = await task.value
    source.cancel()
    return status
  }

  /// Lets a write that would make a file larger than the process may (`ulimit -f`) fail with an error, as on a full
  /// disk, where it would end the process.
  static func failWritesBeyondTheLimit() { signal(SIGXFSZ) { _ in } }
}

/// The end of the pipe that the handler writes to. It is set once, before the handler is installed, and never again: that
/// makes it safe to read in a signal's handler, where nothing may be locked.
nonisolated(unsafe) private var signalPipe: Int32 = -1
