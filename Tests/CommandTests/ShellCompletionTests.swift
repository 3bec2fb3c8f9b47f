import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Completions as zsh and fish themselves offer them; CompletionTests has bash's.
@Suite("Completions of shells", .timeLimit(.minutes(15)))
struct ShellCompletionTests {
  private let project: TemporaryProject

  init() throws {
    project = try TemporaryProject([
      "a.yaml": """
      authorizers:
        wh: {host: h.invalid, database: d, username: u}
      destinations:
        wh: {authorizer: wh}
      flows:
        orders: {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert}
        refunds: {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert}

      """
    ])
  }

  private static func has(_ shell: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(shell)") }
  }

  @Test(
    "fish completes commands, options and flows at its prompt",
    .enabled(if: has("fish") && Screen.isAvailable, "there is no fish, or no tmux"))
  func fish() async throws {
    try project.write(
      """
      set -x PATH '\(Tool.path.removingLastComponent())' $PATH
      sluice --generate-completion-script fish | source
      function fish_prompt; echo 'ready> '; end
      set fish_greeting

      """, to: "start.fish")
    try await Screen.with(
      "fish --no-config --private -C 'source start.fish'", in: project.path,
      environment: ["HOME": project.path.string]
    ) { try await completes($0) }
  }

  @Test(
    "zsh completes commands, options and flows at its prompt",
    .enabled(if: has("zsh") && Screen.isAvailable, "there is no zsh, or no tmux"))
  func zsh() async throws {
    let script = try await runTool(["--generate-completion-script", "zsh"])
    try project.write(script.output, to: "functions/_sluice")
    let start = """
      PATH='\(Tool.path.removingLastComponent())':$PATH PROMPT='ready> ' fpath=("$PWD/functions" $fpath); \
      autoload -Uz compinit && compinit -u -D
      """
    try project.write(start + "\n", to: ".zshrc")
    try await Screen.with("ZDOTDIR='\(project.path)' zsh -d -i", in: project.path) { try await completes($0) }
  }

  private func completes(_ screen: Screen) async throws {
    try await screen.wait(for: "ready>")
    for (typed, completed) in [
      ("sluice prev", "sluice preview"), ("sluice plan --offl", "sluice plan --offline"),
      ("sluice preview ord", "sluice preview orders"), ("sluice plan --output sar", "sluice plan --output sarif"),
    ] {
      // What is typed after it shows that it is no mere suggestion.
      try await screen.type(typed, then: "Tab")
      try await screen.wait(for: "ready> \(completed)")
      try await screen.type("END")
      let shown = try await screen.wait(for: "END")
      #expect(shown.contains("ready> \(completed) END"), "\(shown)")
      // Away with the line, and the screen.
      try await screen.type("", then: "C-u", "C-l")
    }
  }
}
