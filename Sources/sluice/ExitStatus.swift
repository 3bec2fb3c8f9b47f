/// What the process's exit status says.
enum ExitStatus: Int32, Error {
  /// Done.
  case done = 0
  /// Something failed, or is blocked.
  case failed = 1
  /// There are changes (with --detailed-exitcode).
  case changes = 2
  /// The command line is wrong; ArgumentParser says how.
  case usage = 64
  /// By SIGINT or SIGTERM.
  case interrupted = 130
}
