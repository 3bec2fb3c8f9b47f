import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// A run of many flows: what is said at its end, and what an interrupt leaves.
@Suite("run over many flows", .freshDatabase, .timeLimit(.minutes(15)))
struct RunManyTests {
  private static func flow(_ name: String, _ file: String, also: String = "") -> String {
    "\(name): {source: {path: \(file)}, destination: wh, writeMode: truncate_insert, columns: {id: bigint}\(also)}"
  }

  @Test("the last lines give the command that repeats the failures, with the same options")
  func lastLines() async throws {
    let world = try World(
      [Self.flow("a", "bad.csv"), Self.flow("b", "ok.csv"), Self.flow("c", "ok.csv", also: ", after: [a]")].joined(
        separator: "\n"), files: ["ok.csv": "id\n1\n", "bad.csv": "id\none\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let run = try await world.sluice("run", "--again", "--parallel", "2", "--wait", "--var", "x=1")
    #expect(run.status == 64 || run.status == 1)
    let plain = try await world.sluice("run", "--again", "--parallel", "2", "--wait")
    #expect(plain.status == 1)
    let folder = world.project.path.string
    #expect(
      plain.error.hasSuffix(
        "To run again what failed:\n  sluice run a c --again --wait --parallel 2 -C \(folder)\n"), "\(plain.error)")
    #expect(plain.output.contains("1 loaded, 1 failed, 1 skipped."))
    #expect(plain.output.contains("flow  mode             read  inserted  updated  deleted  rejected  seconds"))
    // One flow alone is its own command.
    #expect(try await !world.sluice("run", "a").error.contains("To run again"))
  }

  @Test("of many failures --failed tells, where the ledger knows them all")
  func manyFailures() async throws {
    let flows = (10...21).map { Self.flow("f\($0)", "bad.csv", also: ", labels: {team: a}") }
    let world = try World(flows.joined(separator: "\n"), files: ["bad.csv": "id\none\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let run = try await world.sluice("run", "--select", "team=a", "f*")
    #expect(run.status == 1)
    #expect(run.error.contains("  sluice run --failed 'f*' --select team=a -C "), "\(run.error)")
    #expect(try await world.stream("run", "--failed", "f*", "--select", "team=a").events("finished").count == 12)
    // Where nothing reaches the server, the ledger has no rows.
    var unreachable = world
    unreachable.environment = ["DATABASE_URL": "postgresql:///nowhere?host=/nowhere"]
    #expect(try await unreachable.sluice("run").error.contains("  sluice run f10 f11 f12"))
  }

  @Test(
    "an interrupt rolls back what runs, and says what is done, what is not, and how to go on",
    arguments: [SIGINT, SIGTERM])
  func interrupted(_ signal: Int32) async throws {
    let names = ["a_done", "b_slow", "c_waits", "d_never"]
    let after = [", after: [a_done]", ", after: [b_slow]", ", after: [a_done, c_waits]"]
    let flows = zip(names, [""] + after).map { Self.flow($0, "ok.csv", also: $1) }
    let world = try World(
      flows.joined(separator: "\n"), files: ["ok.csv": "id\n1\n"],
      connection: World.connection.replacing("DATABASE_URL}", with: "DATABASE_URL}, lockTimeout: 10m"))
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try await world.database.execute(
      """
      INSERT INTO b_slow VALUES (-1);
      CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN NEW; END';
      CREATE TRIGGER stop BEFORE INSERT ON b_slow FOR EACH ROW EXECUTE FUNCTION stop();
      """)
    for format in ["human", "json"] {
      let gate = try await world.database.session()
      try await gate.execute("SELECT pg_advisory_lock(42)")
      let file = "output.\(format)"
      let status = try await withTool(
        ["-C", world.project.path.string, "run", "--output", format], environment: world.variables,
        output: world.project.file(file)
      ) { process in
        try await world.database.wait(
          until: """
            SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """)
        kill(process, signal)
      }
      #expect(status == 130)
      await gate.close()
      let output = try world.project.read(file)
      if format == "human" {
        #expect(output.contains("✓ a_done"))
        #expect(output.contains("1 loaded."))
        #expect(output.contains("Done: a_done."))
        #expect(output.contains("Rolled back: b_slow."))
        #expect(output.contains("Not begun: c_waits, d_never."))
        #expect(output.contains("sluice run b_slow c_waits d_never -C "))
      } else {
        let events = try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        let run = Stream(events: events, status: status, error: "")
        #expect(run.events("finished").map { $0["flow"] } == ["a_done"])
        #expect(run.events("interrupted").map { $0["flow"] } == ["b_slow"])
        #expect(run.events("started").map { $0["flow"] } == ["a_done", "b_slow"])
        let diagnostics = events.last?["diagnostics"]?.arrayValue
        #expect(events.last?["event"] == "failed")
        #expect(diagnostics?.first?["code"] == "interrupted")
      }
    }
    #expect(try await world.database.text("TABLE b_slow") == "-1")
    #expect(try await world.database.text("SELECT DISTINCT flow, status FROM _sluice_loads") == "a_done|loaded")
  }

  @Test("no more flows load side by side than --parallel says", arguments: [1, 3])
  func parallel(_ most: Int) async throws {
    let names = (1...6).map { "f\($0)" }
    let world = try World(
      names.map { Self.flow($0, "ok.csv") }.joined(separator: "\n"), files: ["ok.csv": "id\n1\n"],
      connection: World.connection.replacing("DATABASE_URL}", with: "DATABASE_URL}, lockTimeout: 10m"))
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let triggers = names.map {
      "CREATE TRIGGER stop BEFORE INSERT ON \($0) FOR EACH ROW EXECUTE FUNCTION stop();"
    }
    try await world.database.execute(
      """
      CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN NEW; END';
      \(triggers.joined(separator: "\n"))
      """)
    let gate = try await world.database.session()
    try await gate.execute("SELECT pg_advisory_lock(42)")
    let status = try await withTool(
      ["-C", world.project.path.string, "run", "--parallel", "\(most)"], environment: world.variables
    ) { _ in
      let waiting = """
        SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """
      try await world.database.wait(until: "SELECT (\(waiting)) = \(most)")
      // The others have not so much as connected.
      #expect(
        try await world.database.text(
          """
          SELECT count(*) FROM pg_stat_activity
          WHERE datname = current_database() AND application_name LIKE 'sluice flow/%'
          """) == "\(most)")
      await gate.close()
    }
    #expect(status == 0)
    #expect(try await world.database.text("SELECT count(*) FROM _sluice_loads WHERE status = 'loaded'") == "6")
  }
}
