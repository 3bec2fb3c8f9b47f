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
///   - launcher: a program and its arguments that starts the tool: it gets the tool's path and arguments after its own.
///   - folder: the working folder; nothing for that of the tests.
///   - environment: all that it has besides PATH, HOME and LANG.
///   - input: its standard input.
/// - Throws: where it cannot be started.
public func runTool(
  _ arguments: [String], by launcher: [String] = [], in folder: FilePath? = nil, environment: [String: String] = [:],
  input: String = ""
) async throws -> ToolOutcome {
  let command = launcher + [Tool.path.string] + arguments
  let result = try await run(
    .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())),
    environment: toolEnvironment(environment), workingDirectory: folder,
    input: .string(input), output: .string(limit: 64 << 20), error: .string(limit: 64 << 20))
  return ToolOutcome(
    status: status(result.terminationStatus), output: result.standardOutput, error: result.standardError)
}

/// Runs the built tool, and does `body` meanwhile with its process's number.
///
/// - Parameters:
///   - output: where its standard output and error go to, one after the other; nothing to drop them.
///   - environment: all that it has besides PATH, HOME and LANG.
/// - Returns: the exit status; a signal counts as 128 and its number.
public func withTool(
  _ arguments: [String], environment: [String: String] = [:], output: FilePath? = nil,
  _ body: (_ process: Int32) async throws -> Void
) async throws -> Int {
  let file = try FileDescriptor.open(
    output ?? "/dev/null", .writeOnly, options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
  let result = try await run(
    .path(Tool.path), arguments: Arguments(arguments), environment: toolEnvironment(environment), input: .none,
    output: .fileDescriptor(file, closeAfterSpawningProcess: false),
    error: .fileDescriptor(file, closeAfterSpawningProcess: true)
  ) { execution in
    try await body(execution.processIdentifier.value)
  }
  return status(result.terminationStatus)
}

private func toolEnvironment(_ own: [String: String]) -> Subprocess.Environment {
  var variables = ["LANG": "C.UTF-8"]
  for name in ["PATH", "HOME", "XDG_RUNTIME_DIR"] { variables[name] = ProcessInfo.processInfo.environment[name] }
  variables.merge(own) { $1 }
  let pairs = variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
  return .custom(Dictionary(uniqueKeysWithValues: pairs))
}

private func status(_ status: TerminationStatus) -> Int {
  switch status {
  case .exited(let code): Int(code)
  case .signaled(let signal): 128 + Int(signal)
  }
}
