internal import Foundation
internal import Subprocess
public import SystemPackage

/// A terminal in which a program runs, by tmux: what people see of it, and what they type.
public struct Screen: Sendable {
  /// tmux, if it is on this machine.
  private static let program: FilePath? = {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/tmux" }
    return path.first { FileManager.default.isExecutableFile(atPath: $0) }.map { FilePath($0) }
  }()

  /// Whether there is tmux.
  public static var isAvailable: Bool { program != nil }

  /// The name of tmux's socket, and so of a server of the screen's own.
  private let socket = "sluice-\(UUID().uuidString)"

  /// Runs `command`, a line of sh's, in a terminal, does `body` meanwhile, and ends it.
  ///
  /// - Parameter environment: all that it has besides PATH, HOME, LANG and TERM.
  public static func with<T>(
    _ command: String, columns: Int = 100, rows: Int = 30, in folder: FilePath, environment: [String: String] = [:],
    _ body: (Screen) async throws -> T
  ) async throws -> T {
    let screen = Screen()
    var variables = environment
    for name in ["PATH", "HOME"] where variables[name] == nil {
      variables[name] = ProcessInfo.processInfo.environment[name]
    }
    variables["TERM"] = "screen-256color"
    variables["LANG"] = "C.UTF-8"
    let settings = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    // `env -i` takes away what tmux's own server has inherited; the shell stays when the command has ended.
    try await screen.tmux(
      ["new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "-c", folder.string, "env", "-i"] + settings
        + ["sh", "-c", "\(command)\nprintf '\\n[ended %s]' $?; exec cat"])
    do {
      let value = try await body(screen)
      await screen.end()
      return value
    } catch {
      await screen.end()
      throw error
    }
  }

  /// Ends tmux's server and what runs in it; also for a test that was cancelled, whose task starts no program any more.
  private func end() async { _ = await Task.detached { try? await tmux(["kill-server"]) }.value }

  /// What is on it, without spaces at the ends of lines.
  ///
  /// - Parameter colours: with the escape sequences of colours.
  public func text(colours: Bool = false) async throws -> String {
    try await tmux(["capture-pane", "-p"] + (colours ? ["-e"] : []))
  }

  /// Waits until `text` is on it, and takes what is there then.
  @discardableResult
  public func wait(for text: String) async throws -> String {
    while true {
      let shown = try await self.text()
      if shown.contains(text) { return shown }
      try Task.checkCancellation()
    }
  }

  /// Types a text, then `keys` by the names that tmux has for them: `Tab`, `Enter`, `C-u`.
  public func type(_ text: String, then keys: String...) async throws {
    try await tmux(["send-keys", "-l", text])
    if !keys.isEmpty { try await tmux(["send-keys"] + keys) }
  }

  /// Makes it wider or narrower.
  public func resize(columns: Int) async throws { try await tmux(["resize-window", "-x", "\(columns)"]) }

  @discardableResult
  private func tmux(_ arguments: [String]) async throws -> String {
    guard let program = Self.program else { throw ClusterError(message: "there is no tmux") }
    let result = try await run(
      .path(program), arguments: Arguments(["-L", socket, "-f", "/dev/null", "-u"] + arguments),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    guard result.terminationStatus.isSuccess else {
      throw ClusterError(message: "tmux \(arguments.first ?? ""): \(result.standardError)")
    }
    return result.standardOutput
  }
}
