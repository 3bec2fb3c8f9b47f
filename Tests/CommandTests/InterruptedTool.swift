import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Runs the built tool, and sends it `signal` as soon as `isReady` is done.
///
/// - Returns: the exit status; a signal counts as 128 and its number.
func interruptTool(
  _ arguments: [String], environment: [String: String], with signal: Int32, when isReady: () async throws -> Void
) async throws -> Int {
  try await withTool(arguments, environment: environment) { process in
    try await isReady()
    kill(process, signal)
  }
}
