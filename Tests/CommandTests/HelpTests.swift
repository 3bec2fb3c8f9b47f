import ArgumentParser
import JSON
import TestSupport
import Testing

@testable import sluice

/// What `--help` says.
struct HelpTests {
  /// Every command that can be run, with its discussion.
  private static func commands(below command: JSONValue, _ path: [String] = []) -> [(name: String, text: String)] {
    (command["subcommands"]?.arrayValue ?? []).flatMap { child -> [(name: String, text: String)] in
      let name = path + [child["commandName"]?.stringValue ?? ""]
      guard name != ["help"], child["shouldDisplay"] != false else { return [] }
      let below = commands(below: child, name)
      return below.isEmpty ? [(name.joined(separator: " "), child["discussion"]?.stringValue ?? "")] : below
    }
  }

  @Test("Every command has examples, which it takes")
  func examples() async throws {
    let help = try JSONValue(parsing: try await runTool(["--experimental-dump-help"]).output)
    let commands = Self.commands(below: help["command"] ?? .null)
    #expect(commands.count > 20)
    for command in commands {
      let lines = DocumentedCommand.all(in: command.text, isMarkdown: false).filter {
        command.text.contains("\n  \($0)")
      }
      #expect(lines.contains { $0.contains(command.name) }, "\(command.name) has no example")
      for line in lines {
        do { _ = try Sluice.parseAsRoot(DocumentedCommand.arguments(of: line)) } catch {
          Issue.record("\(line)\n\(Sluice.fullMessage(for: error))")
        }
      }
    }
  }
}
