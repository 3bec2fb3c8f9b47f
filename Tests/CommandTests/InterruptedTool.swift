import Subprocess
import SystemPackage
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
  let pairs = environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
  let result = try await run(
    .path(Tool.path), arguments: Arguments(arguments),
    environment: .custom(Dictionary(uniqueKeysWithValues: pairs)), input: .none, output: .discarded, error: .discarded
  ) { execution in
    try await isReady()
    kill(execution.processIdentifier.value, signal)
  }
  return switch result.terminationStatus {
  case .exited(let code): Int(code)
  case .signaled(let signal): 128 + Int(signal)
  }
}
