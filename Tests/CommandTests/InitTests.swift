import JSON
import SystemPackage
import TestSupport
import Testing

/// `init` makes a project that works.
@Suite("init", .timeLimit(.minutes(15)))
struct InitTests {
  private func sluice(_ project: TemporaryProject, _ arguments: String...) async throws -> ToolOutcome {
    try await runTool(["-C", project.path.string] + arguments)
  }

  @Test("The project that it makes loads in the sandbox at once")
  func works() async throws {
    let parent = try TemporaryProject([:])
    let made = try await sluice(parent, "init", "My Shop")
    #expect(made.status == 0, "\(made.error)")
    #expect(made.output.contains("connections.yaml"))
    #expect(made.error.contains("'\(parent.path.string)/My Shop'"))
    let folder = parent.path.appending("My Shop").string
    let validated = try await runTool(["-C", folder, "validate", "--output", "json"])
    #expect(try JSONValue(parsing: validated.output)["valid"] == true, "\(validated.output)")
    let run = try await runTool(["-C", folder, "run", "--apply", "--yes", "--sandbox"])
    #expect(run.status == 0, "\(run.error)")
    let plan = try await runTool(["-C", folder, "plan", "--sandbox", "--detailed-exitcode"])
    #expect(plan.status == 0, "\(plan.output)")
    let rows = try await runTool([
      "-C", folder, "sandbox", "psql", "--", "-Atc", "SELECT name, coalesce(email, '-') FROM people ORDER BY id",
    ])
    #expect(rows.output == "Ada Lovelace|ada@example.com\nHopper, Grace|grace@example.com\nŽofie Nováková|-\n")
    #expect(try await runTool(["-C", folder, "sandbox", "reset"]).status == 0)
    #expect(try parent.read("My Shop/sluice.yaml").contains("project: my-shop\n"))
    #expect(try JSONValue(parsing: parent.read("My Shop/.schemas/manifest.schema.json"))["title"] == "Sluice manifest")
  }

  @Test("Nothing that is there is overwritten")
  func keeps() async throws {
    let project = try TemporaryProject(["flows.yaml": "flows: {}\n"])
    let refused = try await sluice(project, "init")
    #expect(refused.status == 1)
    #expect(refused.error.contains("error[init-exists]: . has flows.yaml already; nothing was written"))
    #expect(throws: (any Error).self) { try project.read("sluice.yaml") }
  }

  @Test("What its options say stands in the manifests, whatever it is")
  func options() async throws {
    let project = try TemporaryProject([:])
    let made = try await sluice(
      project, "init", "--name", "123", "--host", "db: #1", "--port", "6432", "--database", "no", "--username",
      "a\"b\\c",
      "--schema", "Sales 2024", "--output", "json")
    #expect(made.status == 0, "\(made.output)")
    let text = try project.read("connections.yaml")
    #expect(text.contains(#"host: "db: #1""#))
    #expect(text.contains(#"database: "no""#))
    #expect(text.contains(#"username: "a\"b\\c""#))
    #expect(text.contains("defaultSchema: Sales 2024\n"))
    #expect(text.contains("port: 6432"))
    #expect(try project.read("sluice.yaml").contains(#"project: "123""#))
    #expect(try await sluice(project, "init", "--port", "0").status == 64)
  }
}
