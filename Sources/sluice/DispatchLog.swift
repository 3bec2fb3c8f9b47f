#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What libdispatch says to the system's log.
enum DispatchLog {
  /// Lets it say nothing, unless the environment asks for it: on Linux it connects to the log to complain that an ordinary
  /// user may not raise the priority of threads, and `validate` connects to nothing. To be called before other threads run.
  static func silence() { unsafe setenv("LIBDISPATCH_LOG", "NO", 0) }
}
