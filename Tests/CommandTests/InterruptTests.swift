import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// A load that is stopped in the middle leaves nothing behind.
@Suite("Stopped loads", .freshDatabase, .timeLimit(.minutes(15)))
struct InterruptTests {
  @Test(
    "leave the table as it was, and the next run loads all", arguments: [SIGKILL, SIGINT, SIGTERM],
    ["insert", "upsert", "truncate_insert"])
  func stopped(_ signal: Int32, _ mode: String) async throws {
    let rows = 30_000
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: \(mode)\(mode == "upsert" ? ", key: [id]" : "")}",
      files: ["t.csv": "id,v\n" + (1...rows).map { "\($0),value \($0)\n" }.joined()],
      // However busy the machine is, the load waits at the gate until it is stopped.
      connection: World.connection.replacing("DATABASE_URL}", with: "DATABASE_URL}, lockTimeout: 10m"))
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try await world.database.execute(
      """
      INSERT INTO t VALUES (-1, 'there before');
      CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN NEW; END';
      CREATE TRIGGER stop BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.id = \(rows / 2)) EXECUTE FUNCTION stop();
      """)
    let gate = try await world.database.session()
    try await gate.execute("SELECT pg_advisory_lock(42)")

    // Other tests' databases have such locks too.
    let isWaiting = """
      SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """
    let status = try await interruptTool(
      ["-C", world.project.path.string, "run"], environment: world.variables, with: signal
    ) {
      while try await world.database.text(isWaiting) == "0" { await Task.yield() }
    }
    #expect(status == (signal == SIGKILL ? 128 + Int(SIGKILL) : 130))
    await gate.close()

    #expect(try await world.database.text("SELECT id FROM t") == "-1")
    #expect(try await world.database.text("SELECT count(*) FROM _sluice_loads WHERE status = 'loaded'") == "0")
    let next = try await world.stream("run")
    #expect(next.status == 0, "\(next.events)")
    #expect(next.outcome("t")?["inserted"]?.intValue == rows)
    #expect(try await world.database.text("SELECT count(*) FROM t WHERE id > 0") == "\(rows)")
  }
}
