import Foundation
import Testing

@testable import Views

/// Each code is seen by people as some golden file shows it.
struct CodeGoldenTests {
  /// Codes that no test can provoke, with the reason.
  static let unprovoked = [
    "load-failed": "says that a load failed without a reason, which would be a mistake of ours",
    "preview-failed": "says that a preview failed without a reason, which would be a mistake of ours",
    "sandbox-no-user": "wants a machine without the users postgres and nobody",
    "sandbox-not-running":
      "wants a sandbox that somebody stops between its start and its use, both in one command; SandboxTests has the value",
    "transform": "wants a source's query that the server takes more than ten seconds to plan",
    "server-version": "wants a server older than PostgreSQL 12; CheckTests has the value",
  ]

  @Test("Each code with a page is shown in a golden file as people see it")
  func shown() throws {
    let shown = try Self.shown()
    let missing = CodePage.all.map(\.code).filter { !shown.contains($0) && Self.unprovoked[$0] == nil }
    #expect(missing == [], "without a golden file; see Tests/CommandTests/Fixtures/Codes")
    #expect(Self.unprovoked.keys.filter(shown.contains).sorted() == [], "these are provoked after all")
    #expect(Self.unprovoked.keys.filter { CodePage.byCode[$0] == nil } == [], "there is no such code")
  }

  /// The codes of all diagnostics in golden files, drawn as for people: `error[code]: ` at the start of a line.
  private static func shown() throws -> Set<String> {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    var codes: Set<String> = []
    for target in try FileManager.default.contentsOfDirectory(atPath: tests.path) {
      // Those of ViewsTests are of values made for them.
      if target == "ViewsTests" { continue }
      let golden = tests.appending(path: "\(target)/Golden")
      for file in FileManager.default.subpaths(atPath: golden.path) ?? [] where file.hasSuffix(".txt") {
        let text = try String(contentsOf: golden.appending(path: file), encoding: .utf8)
        for match in text.matches(of: #/(?m)^(?:error|warning|note)\[([a-z0-9-]+)\]: /#) {
          codes.insert(String(match.1))
        }
      }
    }
    return codes
  }
}
