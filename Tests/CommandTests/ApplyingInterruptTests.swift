import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// An apply that is stopped rolls back what is under way, and keeps what is done.
@Suite("Stopped applies", .freshDatabase, .timeLimit(.minutes(15)))
struct ApplyingInterruptTests {
  private func isRecorded(_ address: String, in world: World) throws -> Bool {
    let journal = "sluice.state.json.journal"
    return try world.project.contains(journal) && world.project.read(journal).contains(address)
  }

  @Test("roll back the step that waits, and record those that are done", arguments: [SIGINT, SIGTERM, SIGKILL])
  func waiting(_ signal: Int32) async throws {
    let world = try World(
      """
      a: {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert}
      b: {source: {rows: [{id: 1, v: x}]}, destination: wh, writeMode: insert, columns: {id: bigint, v: text}}
      """, connection: ApplyingTests.patient)
    try await world.database.execute("CREATE TABLE b (id bigint)")
    let gate = try await world.database.session()
    try await gate.execute("BEGIN; SELECT * FROM b")
    let status = try await interruptTool(
      ["-C", world.project.path.string, "apply", "--yes"], environment: world.variables, with: signal
    ) {
      try await world.database.wait(forLockIn: "ALTER TABLE public.b %")
      // What can be done beside it, is.
      try await world.database.wait(until: "SELECT to_regclass('public.a') IS NOT NULL")
      if signal == SIGKILL { return }
      while try !isRecorded("flow/a", in: world) { await Task.yield() }
    }
    #expect(status == (signal == SIGKILL ? 128 + Int(SIGKILL) : 130))
    if signal != SIGKILL {
      // The server rolled back at once, though nobody let go of the lock.
      #expect(
        try await world.database.text(
          "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'ALTER TABLE%' AND state <> 'idle'"
        ) == "0")
      #expect(try await world.document("plan").actions == ["flow/b": "create"])
    }
    await gate.close()
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 0, "\(apply.error)")
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  @Test(
    "drop the index that was being built, as soon as nobody is in the way; else the next apply does",
    arguments: [true, false])
  func building(_ opens: Bool) async throws {
    let world = try World(ApplyingTests.indexed, files: ["t.csv": "id,v\n1,a\n"], connection: ApplyingTests.patient)
    try await world.database.execute("CREATE TABLE t (id bigint, v text); INSERT INTO t VALUES (1, 'a')")
    let gate = try await world.database.session()
    try await gate.execute("BEGIN; INSERT INTO t VALUES (2, 'b')")
    async let opening: Void = opens ? open(gate, of: world) : ()
    let status = try await interruptTool(
      ["-C", world.project.path.string, "apply", "--yes"], environment: world.variables, with: SIGINT
    ) {
      try await world.database.wait(forLockIn: "CREATE UNIQUE INDEX CONCURRENTLY%")
    }
    #expect(status == 130)
    try await opening
    let left = try await world.database.text(
      "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('t_id_sluice_key')")
    #expect(left == (opens ? "" : "f"))
    await gate.close()
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  /// Opens the gate when the index is being dropped.
  private func open(_ gate: TestSession, of world: World) async throws {
    try await world.database.wait(forLockIn: "DROP INDEX CONCURRENTLY%")
    await gate.close()
  }
}
