internal import Foundation
internal import Subprocess
public import SystemPackage

/// What a run of the tool left behind.
public struct ToolOutcome: Sendable {
  /// The exit status; a signal counts as 128 and its number, as in a shell.
  public var status: Int
  /// Standard output.
  public var output: String
  /// Standard error.
  public var error: String
}

/// The tool as built beside the tests.
public enum Tool {
  /// The path of the program.
  public static let path: FilePath = {
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
    let folder =
      bundle?.bundleURL.deletingLastPathComponent()
      ?? URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    return FilePath(folder.appendingPathComponent("sluice").path)
  }()
}

/// Runs the built tool to its end.
///
/// - Parameters:
///   - folder: the working folder; nothing for that of the tests.
///   - environment: all that it has besides PATH, HOME and LANG.
///   - input: its standard input.
/// - Throws: where it cannot be started.
public func runTool(
  _ arguments: [String], in folder: FilePath? = nil, environment: [String: String] = [:], input: String = ""
) async throws -> ToolOutcome {
  var variables = ["LANG": "C.UTF-8"]
  for name in ["PATH", "HOME", "XDG_RUNTIME_DIR"] { variables[name] = ProcessInfo.processInfo.environment[name] }
  variables.merge(environment) { $1 }
  let pairs = variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
  let result = try await run(
    .path(Tool.path), arguments: Arguments(arguments),
    environment: .custom(Dictionary(uniqueKeysWithValues: pairs)), workingDirectory: folder,
    input: .string(input), output: .string(limit: 64 << 20), error: .string(limit: 64 << 20))
  let status =
    switch result.terminationStatus {
    case .exited(let code): Int(code)
    case .signaled(let signal): 128 + Int(signal)
    }
  return ToolOutcome(status: status, output: result.standardOutput, error: result.standardError)
}
