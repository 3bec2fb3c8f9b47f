import JSON
import SystemPackage
import TestSupport
import Testing

/// A saved plan is applied just as it was shown, once, or not at all.
@Suite("Saved plans", .freshDatabase, .timeLimit(.minutes(15)))
struct SavedPlanTests {
  private static let flow = "t: {source: {path: t.csv}, destination: wh, columns: {id: bigint, note: text}}"
  private static let files = ["t.csv": "id,note\n1,a\n"]

  private func saved(_ world: World, _ arguments: String...) async throws -> String {
    let file = world.project.path.appending("saved.plan").string
    let outcome = try await world.sluice(["plan", "--out", file] + arguments)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.error.contains("apply --plan"))
    return file
  }

  @Test("is applied, and the next plan is empty; a second time it is refused")
  func once() async throws {
    let world = try World(Self.flow, files: Self.files)
    let file = try await saved(world)
    let apply = try await world.stream("apply", "--plan", file, "--yes")
    #expect(apply.status == 0, "\(apply.error)")
    #expect(apply.events("step").count == 4)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    let state = try world.project.read("sluice.state.json")
    let again = try await world.sluice("apply", "--plan", file, "--yes")
    #expect(again.status == 1)
    #expect(again.error.contains("error[plan-stale]"))
    #expect(again.error.contains("applied already"))
    #expect(try world.project.read("sluice.state.json") == state)
  }

  @Test("holds on to its selection")
  func selection() async throws {
    let world = try World(Self.flow + "\n" + Self.flow.replacing("t:", with: "u:"), files: Self.files)
    let file = try await saved(world, "u")
    #expect(try await world.sluice("apply", "--plan", file, "--yes").status == 0)
    #expect(try await world.document("plan").actions == ["flow/t": "create"])
    #expect(try await world.sluice("apply", "--plan", file, "t").status == 64)
  }

  @Test("is refused with the name of what moved: a manifest, a table, a privilege, the state")
  func stale() async throws {
    let world = try World(Self.flow, files: Self.files)
    func refusal() async throws -> String {
      let outcome = try await world.sluice(
        "apply", "--yes", "--plan", world.project.path.appending("saved.plan").string)
      #expect(outcome.status == 1)
      return outcome.error
    }
    _ = try await saved(world)
    let before = try await world.dump()
    try world.setFlows(Self.flow.replacing("note: text", with: "note: text, more: {type: text, from: note}"))
    #expect(try await refusal().contains("the manifests have changed since the plan was saved: flow/t"))
    try world.setFlows(Self.flow + "\n" + Self.flow.replacing("t:", with: "u:"))
    #expect(try await refusal().contains("the manifests have changed since the plan was saved: flow/u"))
    try world.setFlows(Self.flow)
    #expect(try await world.dump() == before)

    try await world.database.execute("CREATE TABLE t (id bigint)")
    #expect(
      try await refusal().contains(
        "the databases have changed since the plan was saved: table public.t of authorizer/wh"))
    try await world.database.execute("DROP TABLE t")
    // A comment, rows in other tables and the order of manifests are no change.
    try world.setFlows("# a comment\n" + Self.flow)
    try await world.database.execute("CREATE TABLE unrelated AS SELECT 1")
    #expect(
      try await world.sluice("apply", "--yes", "--plan", world.project.path.appending("saved.plan").string).status == 0)

    try world.setFlows(Self.flow.replacing("note: text", with: "note: text, more: {type: text, from: note}"))
    _ = try await saved(world)
    try await world.database.execute("INSERT INTO t VALUES (1)")
    let rows = try await world.sluice(
      "apply", "--yes", "--plan", world.project.path.appending("saved.plan").string)
    #expect(rows.status == 0, "row counts are no part of it: \(rows.error)")
  }

  @Test("of another state is refused; what is no plan is told so; --offline cannot be saved")
  func others() async throws {
    let world = try World(Self.flow, files: Self.files)
    let file = try await saved(world)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.sluice("apply", "--yes", "--plan", file).error.contains("error[plan-stale]"))
    try world.project.write("{}", to: "saved.plan")
    #expect(try await world.sluice("apply", "--yes", "--plan", file).error.contains("error[not-a-plan]"))
    try world.project.write("{\"formatVersion\": 99}", to: "saved.plan")
    #expect(try await world.sluice("apply", "--yes", "--plan", file).error.contains("error[plan-newer]"))
    try world.project.write("{\"lineage\"", to: "saved.plan")
    #expect(try await world.sluice("apply", "--yes", "--plan", file).error.contains("error[not-a-plan]"))
    try world.project.remove("saved.plan")
    #expect(try await world.sluice("apply", "--yes", "--plan", file).error.contains("error[plan-file]"))
    #expect(try await world.sluice("plan", "--offline", "--out", file).status == 64)
    #expect(!world.project.files.contains("saved.plan"))
  }

  @Test("--offline compares the manifests with the state, and connects to nothing")
  func offline() async throws {
    var world = try World(Self.flow, files: Self.files)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    world.environment = ["DATABASE_URL": "postgresql://nobody@/nothing?host=/nonexistent"]
    #expect(try await world.document("plan", "--offline", "--detailed-exitcode").status == 0)
    try world.setFlows(Self.flow.replacing("destination: wh", with: "destination: wh, enabled: false"))
    let plan = try await world.document("plan", "--offline", "--detailed-exitcode")
    #expect(plan.status == 2)
    #expect(plan.actions == ["flow/t": "update"])
    #expect(plan.checks("failed", of: "flow/t") == [])
    #expect(plan.checks("skipped", of: "flow/t") == ["connection"])
  }
}
