import Catalog
import Foundation
import JSON
import Loading
import SystemPackage
import TestSupport
import Testing

/// Two loads of one table: the second one fails, or waits.
@Suite("run --wait", .freshDatabase, .timeLimit(.minutes(15)))
struct RunWaitTests {
  static let flow = "t: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert}"
  static let others = """
    t: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert}
    u: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert}
    """

  private func world(_ flows: String) async throws -> World {
    let world = try World(
      flows, files: ["t.csv": "id\n1\n"],
      connection: World.connection.replacing("DATABASE_URL}", with: "DATABASE_URL}, lockTimeout: 10m"))
    #expect(try await world.sluice("apply", "--yes").status == 0)
    return world
  }

  /// A load of `t` that goes on until it is closed.
  private func otherLoad(_ world: World) async throws -> TestSession {
    let other = try await world.database.session()
    let key = tableLockKey(.init(schema: "public", name: "t"))
    try await other.execute("SET application_name = 'night shift'; BEGIN; SELECT pg_advisory_xact_lock(\(key))")
    return other
  }

  @Test("without it the flow fails at once, says who has the table, and leaves no row")
  func fails() async throws {
    let world = try await world(Self.flow)
    let other = try await otherLoad(world)
    let run = try await world.stream("run")
    #expect(run.status == 1)
    let error = run.outcome("t")?["error"]
    #expect(error?["code"] == "table-locked")
    #expect(error?["message"]?.stringValue?.contains("night shift, since 20") == true)
    #expect(try await world.database.text("SELECT count(*) FROM _sluice_loads") == "0")
    await other.close()
  }

  @Test("waits, says for whom, lets other flows go on, and loads as soon as the table is free")
  func waits() async throws {
    let world = try await world(Self.others)
    let other = try await otherLoad(world)
    let output = world.project.file("output")
    func lines() -> [String] {
      (try? world.project.read("output"))?.split(separator: "\n").map(String.init) ?? []
    }
    let status = try await withTool(
      ["-C", world.project.path.string, "run", "--wait", "--parallel", "1", "--output", "json"],
      environment: world.variables, output: output
    ) { _ in
      // The flow that waits takes no other's turn.
      while !lines().contains(where: { $0.contains("\"finished\"") && $0.contains("\"u\"") }) { await Task.yield() }
      while !lines().contains(where: { $0.contains("\"waiting\"") }) { await Task.yield() }
      // Nothing is held meanwhile: not a transaction that waits for the lock, and no idle one.
      try await world.database.wait(
        until: """
          SELECT count(*) = 0 FROM pg_stat_activity
          WHERE datname = current_database() AND application_name LIKE 'sluice%' AND state <> 'idle'
              AND pid <> pg_backend_pid()
          """)
      await other.close()
    }
    #expect(status == 0)
    let events = try lines().map { try JSONValue(parsing: $0) }
    let waiting = try #require(events.first { $0["event"] == "waiting" })
    #expect(waiting["flow"] == "t")
    #expect(waiting["message"]?.stringValue?.contains("night shift, since 20") == true)
    let finished = try #require(events.first { $0["event"] == "finished" && $0["flow"] == "t" })
    #expect(finished["status"] == "loaded")
    #expect(finished["load"] == waiting["load"])
    #expect(finished["attempt"] == 1)
    #expect(try await world.database.text("SELECT count(*) FROM t") == "1")
  }

  @Test("a load is known to others by its flow and host, and to no one any more when it has ended")
  func holder() async throws {
    let world = try await world(Self.flow)
    try await world.database.execute(
      """
      CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN NEW; END';
      CREATE TRIGGER stop BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION stop();
      """)
    let gate = try await world.database.session()
    try await gate.execute("SELECT pg_advisory_lock(42)")
    let status = try await withTool(
      ["-C", world.project.path.string, "run"], environment: world.variables
    ) { _ in
      try await world.database.wait(
        until: """
          SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          """)
      let second = try await world.stream("run")
      let message = try #require(second.outcome("t")?["error"]?["message"]?.stringValue)
      #expect(message.contains("another load of public.t is running (process "))
      #expect(message.contains(", sluice flow/t on \(ProcessInfo.processInfo.hostName), since 20"))
      await gate.close()
    }
    #expect(status == 0)
    #expect(try await world.sluice("run").status == 0)
  }

  @Test("an interrupt ends the waiting")
  func interrupted() async throws {
    let world = try await world(Self.flow)
    let other = try await otherLoad(world)
    let status = try await withTool(
      ["-C", world.project.path.string, "run", "--wait"], environment: world.variables,
      output: world.project.file("output")
    ) { process in
      while try !world.project.contains("output") || !world.project.read("output").contains("flow/t waits: ") {
        await Task.yield()
      }
      kill(process, SIGINT)
    }
    #expect(status == 130)
    let output = try world.project.read("output")
    #expect(output.contains("flow/t waits: another load of public.t is running (process "))
    #expect(output.contains("Rolled back: t."))
    await other.close()
  }
}
