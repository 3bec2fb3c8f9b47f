import JSON
import Planning
import TestSupport
import Testing

/// A ledger of layout 1, as versions before `skip_quality` made it, that a new version meets.
@Suite("A ledger of an older layout", .freshDatabase, .timeLimit(.minutes(15)))
struct LedgerUpgradeTests {
  private static let older = """
    CREATE TABLE _sluice_loads (
      load_id uuid NOT NULL, layout_version integer NOT NULL, project text NOT NULL, flow text NOT NULL,
      lineage text NOT NULL, table_name text NOT NULL, mode text NOT NULL, slot timestamptz, attempt integer NOT NULL,
      again boolean NOT NULL, status text NOT NULL, cursor_from text, cursor_to text, files jsonb,
      rows_read bigint NOT NULL, rows_inserted bigint NOT NULL, rows_updated bigint NOT NULL,
      rows_deleted bigint NOT NULL, rows_unchanged bigint NOT NULL, rows_superseded bigint NOT NULL,
      rows_rejected bigint NOT NULL, new_fields integer NOT NULL, sql_state text, message text,
      started timestamptz NOT NULL, finished timestamptz NOT NULL, host text NOT NULL, sluice_version text NOT NULL,
      PRIMARY KEY (load_id));
    CREATE UNIQUE INDEX _sluice_loads_slot ON _sluice_loads (project, flow, slot) WHERE status = 'loaded' AND NOT again;
    CREATE INDEX _sluice_loads_flow ON _sluice_loads (project, flow, finished);
    """
  private static let flow =
    "t: {source: {rows: [{id: 1}]}, destination: wh, writeMode: truncate_insert, columns: {id: bigint}}"

  private func layouts(_ world: World) async throws -> String {
    try await world.database.text("SELECT layout_version FROM _sluice_loads ORDER BY finished")
  }

  @Test("that is the role's own is brought to this version's by a step of the plan, once")
  func owned() async throws {
    let world = try World(Self.flow)
    try await world.database.execute("SET ROLE \(world.role); \(Self.older)")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    // Loads of the old version stand in it.
    try await world.database.execute("ALTER TABLE _sluice_loads DROP skip_quality")
    #expect(try await world.stream("run").counts("t") == "read 1, inserted 1")
    #expect(try await layouts(world) == "1")

    let plan = try await world.document("plan", "--detailed-exitcode")
    #expect(plan.status == 2, "\(plan.error)")
    #expect(plan.action("ledger/wh.public") == "update")
    #expect(plan.action("flow/t") == nil || plan.action("flow/t") == "unchanged")
    #expect(
      plan.step("ledger/wh.public")?["statements"]?.strings
        == ["ALTER TABLE public._sluice_loads ADD COLUMN IF NOT EXISTS skip_quality boolean;"])
    let human = try await world.sluice("plan")
    #expect(human.output.contains("ledger public._sluice_loads: skip_quality"), "\(human.output)")

    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.sluice("plan", "--detailed-exitcode").status == 0)
    #expect(try await world.stream("run").counts("t") == "read 1, inserted 1, deleted 1")
    #expect(try await layouts(world) == "1\n\(LedgerLayout.version)")
  }

  @Test("that is somebody else's stays as it is, and is used")
  func ofOthers() async throws {
    let role = try await TestDatabase.current.createRole()
    let world = try World(Self.flow, role: role)
    try await world.database.execute(
      """
      \(Self.older) GRANT SELECT, INSERT ON _sluice_loads TO \(role); GRANT USAGE, CREATE ON SCHEMA public TO \(role)
      """)
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 0, "\(apply.output) \(apply.error)")
    #expect(!apply.output.contains("skip_quality"))
    #expect(try await world.sluice("plan", "--detailed-exitcode").status == 0)
    #expect(try await world.stream("run").counts("t") == "read 1, inserted 1")
    #expect(try await layouts(world) == "1")
  }
}
