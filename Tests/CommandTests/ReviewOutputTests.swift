import JSON
import SystemPackage
import TestSupport
import Testing

/// What `validate` and `plan` print for reviews of changes.
@Suite("--output for reviews", .freshDatabase, .timeLimit(.minutes(15)))
struct ReviewOutputTests {
  private func world() throws -> World {
    try World(
      "good: {source: {path: t.csv}, destination: wh, writeMode: insert}\n"
        + "bad: {source: {path: t.csv}, destination: wh, table: nowhere.t, writeMode: insert}",
      files: ["t.csv": "id\n1\n"])
  }

  @Test("GitHub gets an annotation for each diagnostic, with the file as the repository has it, and the plan's counts")
  func gitHub() async throws {
    let world = try world()
    let parent = world.project.path.removingLastComponent(), name = world.project.path.lastComponent?.string ?? ""
    let plan = try await runTool(
      ["-C", name, "plan", "--output", "github"], in: parent, environment: world.variables)
    #expect(plan.status == 1)
    #expect(plan.error == "")
    let lines = plan.output.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("::error file=\(name)/flows.yaml,line=3,endLine=3,"), "\(lines)")
    #expect(lines[0].contains("title=schema-exists::schema \"nowhere\" does not exist"))
    #expect(lines[1].hasPrefix("::notice title=sluice plan::Plan: 4 to create, "), "\(lines)")
    let valid = try await world.sluice("validate", "--output", "github")
    #expect(valid.status == 0)
    #expect(valid.output == "")
  }

  @Test("SARIF and Markdown are printed whole, also of a command that fails at once")
  func others() async throws {
    let world = try world()
    let sarif = try JSONValue(parsing: try await world.sluice("plan", "--output", "sarif").output)
    #expect(sarif["version"] == "2.1.0")
    try world.project.write(sarif.text(.document), to: "log.json")
    if await DocumentSchema.canBeChecked() {
      let schema = DocumentSchema(at: fixture("../../ViewsTests/Fixtures/sarif.schema.json"))
      #expect(try await schema.problem(in: [world.project.file("log.json").string]) == nil)
    }
    let run = sarif["runs"]?.arrayValue?.first
    let rules = (run?["tool"]?["driver"]?["rules"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
    let used = (run?["results"]?.arrayValue ?? []).compactMap { $0["ruleId"]?.stringValue }
    #expect(Set(rules).count == rules.count && Set(rules) == Set(used), "\(rules) \(used)")
    #expect(sarif["runs"]?.arrayValue?.first?["results"]?.arrayValue?.first?["ruleId"] == "schema-exists")
    let markdown = try await world.sluice("plan", "--output", "markdown")
    #expect(markdown.status == 1)
    #expect(markdown.output.hasPrefix("**Plan: 4 to create, "))
    #expect(markdown.output.contains("```text\n"))
    #expect(markdown.output.contains("CREATE TABLE"))
    try world.project.write("flows: [", to: "broken.yaml")
    for command in ["validate", "plan"] {
      let failed = try await world.sluice(command, "--output", "markdown")
      #expect(failed.status == 1)
      #expect(failed.output.hasPrefix("**1 error"), "\(failed.output)")
      let log = try JSONValue(parsing: try await world.sluice(command, "--output", "sarif").output)
      #expect(log["runs"]?.arrayValue?.first?["results"]?.arrayValue?.count == 1)
    }
    #expect(try await world.sluice("run", "--output", "sarif").status == 64)
  }
}
