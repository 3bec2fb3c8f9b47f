import ArgumentParser
import Foundation
import Testing

@testable import sluice

/// What is documented can be typed.
struct DocumentedCommandTests {
  @Test("Each command line in the documentation and the examples is one that the tool takes")
  func parse() throws {
    let lines = try Self.files.flatMap { file -> [(String, String)] in
      let text = try String(contentsOf: file, encoding: .utf8)
      return DocumentedCommand.all(in: text, isMarkdown: file.pathExtension == "md").map { (file.path, $0) }
    }
    #expect(lines.count > 80, "the documentation has more command lines than \(lines.count)")
    for (file, line) in lines {
      do { _ = try Sluice.parseAsRoot(DocumentedCommand.arguments(of: line)) } catch {
        let isHelp = Sluice.exitCode(for: error).isSuccess
        #expect(isHelp, "\(file): \(line)\n\(Sluice.fullMessage(for: error))")
      }
    }
  }

  @Test("A command line that the tool does not take is found")
  func wrong() {
    for line in ["sluice plann", "sluice plan --ofline", "sluice state mv flow/a"] {
      #expect(throws: (any Error).self) { try Sluice.parseAsRoot(DocumentedCommand.arguments(of: line)) }
    }
  }

  @Test("Command lines are found in blocks and in the text, and end where the shell takes over")
  func find() {
    let text = """
      Say `sluice plan --out FILE`, or sluice plan without quotes, or `sluice.yaml`.
      ```console
      $ sluice run --apply 2>&1 | tail -n 2
      the tool sluice plan said
      $ psql -f x && sluice sandbox psql -- -c 'TABLE "a b"'   # by the owner
      ```
      """
    let lines = DocumentedCommand.all(in: text, isMarkdown: true)
    #expect(
      lines.map { DocumentedCommand.arguments(of: $0) } == [
        ["plan", "--out", "FILE"], ["run", "--apply"], ["sandbox", "psql", "--", "-c", "TABLE \"a b\""],
      ])
  }

  /// README.md, CONTRIBUTING.md, and what the examples are made of.
  private static var files: [URL] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").standardized
    let examples = root.appendingPathComponent("examples")
    let kinds = ["md", "sh", "yml", "yaml"]
    let below = (FileManager.default.subpaths(atPath: examples.path) ?? []).filter { path in
      kinds.contains { path.hasSuffix(".\($0)") }
    }
    let catalogue = root.appendingPathComponent("Sources/sluice/Documentation.docc")
    let articles = (FileManager.default.subpaths(atPath: catalogue.path) ?? [])
      .filter { $0.hasSuffix(".md") && !$0.hasPrefix("Reference/") }
    return ["README.md", "CONTRIBUTING.md", ".pre-commit-hooks.yaml"].map(root.appendingPathComponent)
      + articles.sorted().map(catalogue.appendingPathComponent)
      + below.sorted().map(examples.appendingPathComponent)
  }
}
