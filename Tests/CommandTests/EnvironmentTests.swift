import JSON
import SystemPackage
import TestSupport
import Testing

/// Environments, variables, and where the project and its state are.
@Suite("Environments", .freshDatabase, .timeLimit(.minutes(15)))
struct EnvironmentTests {
  private func world() throws -> World {
    try World(
      "t: {source: {path: t.csv}, destination: wh, table: '${schema}.t', writeMode: truncate_insert}",
      files: [
        "t.csv": "id\n1\n",
        "sluice.yaml": """
        project: shop
        variables: {schema: }
        environments:
          staging: {schema: stg}
          prod: {schema: live}

        """,
      ])
  }

  @Test("each has a state file of its own, chosen by --env or SLUICE_ENV")
  func states() async throws {
    var world = try world()
    try await world.database.execute("CREATE SCHEMA stg; CREATE SCHEMA live")
    let unchosen = try await world.document("plan")
    #expect(unchosen.status == 1)
    #expect(unchosen.diagnostics("environment-required").count == 1)
    #expect(try await world.sluice("run", "--apply", "--yes", "--env", "staging").status == 0)
    #expect(world.project.contains("sluice.staging.state.json"))
    #expect(!world.project.contains("sluice.prod.state.json"))
    #expect(!world.project.contains("sluice.state.json"))
    world.environment["SLUICE_ENV"] = "prod"
    #expect(try await world.document("plan").json["serial"] == 0)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.database.text("SELECT to_regclass('live.t') IS NOT NULL, count(*) FROM stg.t") == "t|1")
    #expect(try await world.document("plan", "--env", "staging", "--detailed-exitcode").status == 0)
    #expect(try await world.sluice("state", "list").output.contains("flow/t"))
    let unknown = try await world.document("plan", "--env", "stagin")
    #expect(unknown.status == 1)
    #expect(
      unknown.diagnostics("unknown-environment").first?["help"]?.strings.contains { $0.contains("staging") } == true)
    #expect(try await world.database.text("SELECT DISTINCT project FROM stg._sluice_loads") == "shop")
  }

  @Test("--var goes before the environment, SLUICE_VAR after it")
  func variables() async throws {
    var world = try world()
    world.environment = ["SLUICE_VAR_schema": "ignored"]
    for (arguments, schema) in [(["--var", "schema=mine"], "mine"), ([], "stg")] {
      let plan = try await world.sluice(["plan", "--env", "staging", "--output", "json"] + arguments)
      #expect(plan.output.contains("schema \\\"\(schema)\\\" does not exist"))
    }
  }

  @Test("the folder may stand before the subcommand and after it, the state anywhere")
  func places() async throws {
    let world = try World("t: {source: {path: t.csv}, destination: wh, writeMode: insert}", files: ["t.csv": "id\n1\n"])
    let folder = world.project.path.string
    for arguments in [
      ["-C", folder, "plan"], ["plan", "-C", folder], ["plan", "--detailed-exitcode", "-C", folder, "--quiet"],
    ] {
      let outcome = try await runTool(arguments, environment: world.variables)
      #expect(outcome.status == (arguments.contains("--detailed-exitcode") ? 2 : 0), "\(arguments): \(outcome.error)")
      #expect(outcome.output.contains("flow/t"))
    }
    #expect(try await world.sluice("apply", "--yes", "--state", "kept/other.json").status == 0)
    #expect(world.project.contains("kept/other.json"))
    #expect(!world.project.contains("sluice.state.json"))
    #expect(try await world.document("plan", "--state", "kept/other.json", "--detailed-exitcode").status == 0)
    #expect(try await world.document("plan").json["summary"]?["adopt"] == 3)
  }
}
