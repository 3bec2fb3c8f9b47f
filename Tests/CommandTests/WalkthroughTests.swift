import Foundation
import SystemPackage
import TestSupport
import Testing

/// What the documentation shows is what happens, for whoever follows it from top to bottom.
@Suite("Documents that are followed", .timeLimit(.minutes(15)))
struct WalkthroughTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// README.md, and the articles.
  private static let documents: [String] = {
    let articles = FileManager.default.subpaths(atPath: root.appending(path: "Sources/sluice").path) ?? []
    return ["README.md"] + articles.filter { $0.hasSuffix(".md") }.sorted().map { "Sources/sluice/\($0)" }
  }()

  @Test(
    "Each command does what is shown", .enabled(if: SSHServer.isAvailable, "there is no sshd"), arguments: documents)
  func follow(document: String) async throws {
    let file = Self.root.appending(path: document)
    var walkthrough = Walkthrough(try String(contentsOf: file, encoding: .utf8))
    guard !walkthrough.steps.isEmpty else { return }
    let folder = try TemporaryProject()
    let bastion = try SSHServer()
    var environment = try await Self.environment()
    environment["BASTION_PORT"] = "\(bastion.port)"
    environment["BASTION_USER"] = bastion.user
    environment["BASTION_KEY"] = bastion.identityFile.string
    environment["BASTION_HOST"] = bastion.knownHost(try bastion.hostKey).trimmingCharacters(in: .newlines)
    let outcome = try await runTool(
      [], by: ["/bin/bash", "-c", Self.prelude + walkthrough.script], in: folder.path, environment: environment)
    withExtendedLifetime(bastion) {}
    let results = Walkthrough.results(of: outcome.output)
    try #require(results.count == walkthrough.steps.count, "it stops at:\n\(outcome.output.suffix(2000))")

    let words = [
      (folder.path.string, "/home/ann"), (environment["PGPORT"] ?? "", "5432"), (environment["TLS_PORT"] ?? "", "5432"),
      (environment["BASTION_PORT"] ?? "", "22"),
    ]
    let steady = SteadyText(words)
    var wrong: [(step: Walkthrough.Step, text: String)] = []
    for (step, result) in zip(walkthrough.steps, results) {
      if step.mustSucceed {
        #expect(result.status == 0, "\(document):\(step.line): \(step.command)\n\(result.text)")
      } else if let shown = walkthrough.shown(step), steady(shown) != steady(result.text) {
        let text = words.reduce(result.text) { $0.replacing($1.0, with: $1.1) }
        // psql fills the last column of a head.
        wrong.append((step, text.replacing(#/(?m)[ ]+$/#, with: "")))
        Issue.record("\(document):\(step.line): \(step.command)\nis shown to say:\n\(shown)\nand says:\n\(result.text)")
      }
    }
    guard !wrong.isEmpty, ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" else { return }
    walkthrough.replaceShown(wrong)
    try Data(walkthrough.lines.joined(separator: "\n").utf8).write(to: file)
  }

  @Test("Commands, what they say, and what a reader does besides are told apart")
  func parse() {
    let text = """
      <!-- console: mkdir a -->
      ```console
      $ cat a.yaml
      flows: {}

      $ cat >b <<END
      > text
      > END
      ```
      ```sh only-parsed
      never
      ```
      ```sh
      sluice validate
      ```
      """
    let walkthrough = Walkthrough(text)
    #expect(
      walkthrough.steps.map(\.command) == ["mkdir a", "cat a.yaml", "cat >b <<END\ntext\nEND", "sluice validate"])
    #expect(walkthrough.steps.map { walkthrough.shown($0) } == [nil, "flows: {}", "", nil])
    #expect(walkthrough.steps.map(\.line) == [1, 3, 6, 14])
    #expect(Walkthrough.results(of: "\u{1E}a\n\u{1F}0\n\u{1E}\u{1F}1\n").map(\.text) == ["a", ""])
  }

  /// Ends what the steps have started, too.
  private static let prelude = """
    exec 2>&1 </dev/null
    begin=$PWD
    stop() {
      for project in "$begin" "$begin"/*/; do
        for option in "" --untrusted; do sluice -C "$project" sandbox reset $option; done
      done >/dev/null 2>&1
    }
    trap stop EXIT

    """

  /// The tool, and a server to which psql connects as a superuser, and the role loader without a password.
  private static func environment() async throws -> [String: String] {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let tls = try await TLSServer.running(.good)
    let authority = try await TLSAuthority.shared().folder
    return [
      "TLS_PORT": "\(tls.port)", "TLS_CA": "\(authority)/ca.crt", "TLS_OTHER_CA": "\(authority)/other-ca.crt",
      "PATH": Tool.path.removingLastComponent().string + ":" + path, "PGHOST": "127.0.0.1",
      "PGPORT": "\(try await TLSServer.running(.documented).port)", "PGUSER": "postgres",
    ]
  }
}
