import JSON
import SystemPackage
import TestSupport
import Testing

/// What `--reinfer` finds anew.
@Suite("--reinfer", .freshDatabase, .timeLimit(.minutes(15)))
struct ReinferTests {
  private func world(_ columns: String = "") async throws -> World {
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert\(columns)}\n"
        + "u: {source: {path: u.csv}, destination: wh, writeMode: truncate_insert}",
      files: ["t.csv": "id,v\n1,a\n", "u.csv": "id\n1\n"])
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    try world.project.write("id,added,v\nx1,2024-05-01,a\n", to: "t.csv")
    return world
  }

  @Test("A field that came to the source becomes a column, and columns that are there keep their types")
  func added() async throws {
    let world = try await world()
    #expect(try await world.document("plan").actions == [:])
    let plan = try await world.document("plan", "--reinfer", "t")
    #expect(plan.actions == ["flow/t": "update"])
    #expect(plan.step("flow/t")?["statements"]?.strings == ["ALTER TABLE public.t ADD COLUMN added date;"])
    #expect(try await world.sluice("apply", "--yes", "--reinfer", "t").status == 0)
    #expect(try await world.document("plan", "--reinfer", "t").actions == [:])
    try world.project.write("id,added,v\n2,2024-05-01,a\n", to: "t.csv")
    #expect(try await world.sluice("run", "t").status == 0)
    #expect(try await world.database.text("SELECT id, v, added FROM t") == "2|a|2024-05-01")
  }

  @Test("A saved plan holds what was inferred anew; columns that are declared are left as they are")
  func saved() async throws {
    let world = try await world()
    let plan = world.project.file("p.json").string
    #expect(try await world.sluice("plan", "--reinfer", "flow/*", "--out", plan).status == 0)
    #expect(try await world.sluice("apply", "--plan", plan, "--reinfer", "t", "--yes").status == 64)
    #expect(try await world.sluice("apply", "--plan", plan, "--yes").status == 0)
    #expect(
      try await world.database.text("SELECT count(*) FROM information_schema.columns WHERE table_name = 't'") == "3")

    try world.setFlows(
      "t: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, columns: {id: bigint, v: text}}")
    #expect(try await world.sluice("apply", "--yes", "--allow-delete", "1").status == 0)
    #expect(try await world.document("plan", "--reinfer", "t").actions == [:])
    let unknown = try await world.sluice("plan", "--reinfer", "tt")
    #expect(unknown.status == 1)
    #expect(unknown.error.contains("did you mean `t`?"), "\(unknown.error)")
    #expect(try await world.sluice("plan", "--reinfer", "t", "--offline").status == 64)
  }
}
