#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The two small parts that Sluice's own program plays in a tunnel, in processes of their own.
///
/// The one becomes ssh: it makes its standard input, a terminal whose other end Sluice holds, the terminal that governs
/// its session, so that the kernel hangs ssh up (SIGHUP) when Sluice closes it or dies, in whatever way. The other is
/// what ssh asks for the password (SSH_ASKPASS): it reads it from that terminal, so that it stands in no file, argument
/// or environment.
public enum TunnelProgram {
  /// The first argument of the process that becomes ssh; ssh's path and arguments follow.
  static let launchArgument = "__tunnel"
  /// The variable by which ssh's own environment says what SSH_ASKPASS is.
  static let askpassVariable = "SLUICE_TUNNEL_ASKPASS"

  /// Plays the part that the process was started for, if any: to be called before anything else.
  ///
  /// - Returns: where the process has no part in a tunnel; it does not return otherwise.
  public static func runIfAsked() {
    let arguments = CommandLine.arguments
    if arguments.count > 2, arguments[1] == launchArgument { launch(Array(arguments[2...])) }
    if unsafe getenv(askpassVariable) != nil { answer(arguments.dropFirst().first ?? "") }
  }

  private static func launch(_ command: [String]) -> Never {
    // Only the leader of a session may do this, which the process was started as.
    guard ioctl(STDIN_FILENO, UInt(TIOCSCTTY), 0) == 0 else {
      fail("the terminal cannot be had: \(words(errno))")
    }
    signal(SIGHUP, SIG_DFL)
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe command.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    _ = unsafe execv(command[0], pointers)
    fail("\(command[0]): \(words(errno))")
  }

  /// Prints the password, where it is the outer ssh that asks, and for that: what asks for a jump host is not the leader
  /// of the session, and gets nothing.
  private static func answer(_ prompt: String) -> Never {
    guard getppid() == getsid(0), prompt.lowercased().contains("password") else { exit(1) }
    var line: [UInt8] = []
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    var byte: UInt8 = 0
    // It was written before ssh was started, once: who asks again learns nothing, and need not wait for it.
    while unsafe poll(&input, 1, 0) > 0, unsafe read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
      line.append(byte)
    }
    guard byte == UInt8(ascii: "\n") else { exit(1) }
    line.append(byte)
    _ = unsafe line.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    exit(0)
  }

  private static func fail(_ message: String) -> Never {
    var text = "ssh could not be started: \(message)\n"
    _ = text.withUTF8 { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(255)
  }

  private static func words(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
