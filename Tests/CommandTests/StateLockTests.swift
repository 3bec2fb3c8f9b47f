import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// One command writes a state at a time; who comes second stops or waits, and plans go on.
@Suite("While an apply is at work", .freshDatabase, .timeLimit(.minutes(15)))
struct StateLockTests {
  @Test("another one stops with the holder's details, or waits; a plan sees what is done")
  func twoApplies() async throws {
    let (world, gate) = try await held()
    let log = try TemporaryProject()
    var second: (status: Int, text: String)?
    let first = try await withTool(apply(world), environment: world.variables) { process in
      try await isHeld(world)
      let stopped = try await world.stream("apply", "--yes")
      #expect(stopped.status == 1)
      let diagnostic = try #require(stopped.events("failed").first?["diagnostics"]?.arrayValue?.first)
      #expect(diagnostic["code"] == "state-locked")
      let message = try #require(diagnostic["message"]?.stringValue)
      let host = ProcessInfo.processInfo.hostName
      #expect(
        message.hasPrefix("the state is locked by `sluice apply`, process \(process) on \(host), since 20"),
        "\(message)")
      #expect(message.contains(#/\(for \d+ s\)$/#), "\(message)")
      for command in [["state", "rm", "flow/a"], ["state", "mv", "flow/a", "flow/x"], ["run", "--apply", "--yes"]] {
        let outcome = try await world.sluice(command)
        #expect(outcome.status == 1)
        #expect(outcome.error.contains("error[state-locked]"), "\(command): \(outcome.error)")
      }

      let plan = try await world.document("plan")
      #expect(plan.status == 0)
      #expect(plan.actions == ["flow/z": "update"])
      #expect(try await world.sluice("state", "list").status == 0)
      #expect(try await world.document("state", "show", "flow/a").json["spec"]?["description"] == "more")

      let waiting = log.file("waiting")
      let status = try await withTool(
        apply(world) + ["--lock-timeout", "10m"], environment: world.variables, output: waiting
      ) { _ in
        try await appears("waiting for the state: locked by `sluice apply`, process \(process) on ", in: log)
        await gate.close()
      }
      second = (status, try log.read("waiting"))
    }
    #expect(first == 0)
    #expect(second?.status == 0, "\(second?.text ?? "")")
    #expect(try await world.document("plan").actions == [:])
    #expect(try JSONValue(parsing: world.project.read("sluice.state.json"))["serial"] == 2)
  }

  @Test("or anybody else alters a table, a plan does not wait for it", arguments: ["", " PARTITION BY HASH (id)"])
  func alteredElsewhere(_ partitions: String) async throws {
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: insert, columns: {id: bigint}}",
      files: ["t.csv": "id\n1\n"],
      connection: World.connection.replacing("DATABASE_URL}", with: "DATABASE_URL}, lockTimeout: 1s"))
    try await world.database.execute("CREATE TABLE t (id bigint)\(partitions)")
    if !partitions.isEmpty {
      try await world.database.execute("CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 1, REMAINDER 0)")
    }
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let gate = try await world.database.session()
    try await gate.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
    let plan = try await world.document("plan", "--detailed-exitcode")
    #expect(plan.status == 0, "\(plan.diagnostics())")
    await gate.close()
  }

  @Test("one that waits gives up in time, and at an interrupt") func givesUp() async throws {
    let (world, gate) = try await held()
    let log = try TemporaryProject()
    let first = try await withTool(apply(world), environment: world.variables) { process in
      try await isHeld(world)
      let late = try await world.sluice("apply", "--yes", "--lock-timeout", "1s")
      #expect(late.status == 1)
      #expect(late.error.contains("waiting for the state: locked by"))
      #expect(late.error.contains("not free within 1 s"), "\(late.error)")
      let interrupted = try await withTool(
        apply(world) + ["--lock-timeout", "1h"], environment: world.variables, output: log.file("waiting")
      ) { waiting in
        try await appears("waiting for the state", in: log)
        kill(waiting, SIGINT)
      }
      #expect(interrupted == 130)
      await gate.close()
    }
    #expect(first == 0)
  }

  @Test("that is killed, the lock is free at once, though its note is still there") func killed() async throws {
    let (world, gate) = try await held()
    let status = try await interruptTool(apply(world), environment: world.variables, with: SIGKILL) {
      try await isHeld(world)
    }
    #expect(status == 128 + Int(SIGKILL))
    #expect(try world.project.read("sluice.state.json.lock").contains("sluice apply"))
    #expect(world.project.contains("sluice.state.json.journal"))
    await gate.close()
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan").actions == [:])
  }

  @Test("whose note cannot be read, who comes second is still told", arguments: ["", "{\"pid\": 4", "[]"])
  func unreadable(_ note: String) async throws {
    let (world, gate) = try await held()
    let first = try await withTool(apply(world), environment: world.variables) { _ in
      try await isHeld(world)
      let lock = try FileDescriptor.open(world.project.file("sluice.state.json.lock"), .writeOnly, options: .truncate)
      try lock.closeAfter { _ = try lock.writeAll(note.utf8) }
      let outcome = try await world.sluice("apply", "--yes")
      #expect(outcome.status == 1)
      #expect(outcome.error.contains("the state is locked by another process, whose note in"), "\(outcome.error)")
      #expect(outcome.error.contains("--lock-timeout"))
      await gate.close()
    }
    #expect(first == 0)
  }

  @Test("a wrong time to wait is a wrong command line", arguments: ["5", "x", "-1s"])
  func wrongTimeout(_ text: String) async throws {
    let world = try World("t: {source: {path: t.csv}, destination: wh, writeMode: insert}")
    let outcome = try await world.sluice("apply", "--yes", "--lock-timeout=\(text)")
    #expect(outcome.status == 64)
    #expect(outcome.error.contains("30s"), "\(outcome.error)")
  }

  /// A project whose next apply records flow/a and then waits, before it alters the table z, until the session ends.
  private func held() async throws -> (World, TestSession) {
    let flow = "{source: {path: t.csv}, destination: wh, writeMode: insert"
    let world = try World(
      "a: \(flow)}\nz: \(flow), columns: {id: bigint}}", files: ["t.csv": "id,b\n1,2\n"],
      connection: World.connection.replacing("DATABASE_URL}", with: "DATABASE_URL}, lockTimeout: 10m"))
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try world.setFlows("a: \(flow), description: more}\nz: \(flow), columns: {id: bigint, b: bigint}}")
    try await world.database.execute(
      """
      CREATE FUNCTION wait() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(42); END';
      CREATE EVENT TRIGGER wait ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION wait();
      """)
    let gate = try await world.database.session()
    try await gate.execute("SELECT pg_advisory_lock(42)")
    return (world, gate)
  }

  private func apply(_ world: World) -> [String] { ["-C", world.project.path.string, "apply", "--yes"] }

  /// Waits until the apply waits, flow/a being recorded.
  private func isHeld(_ world: World) async throws {
    let waiting = """
      SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      """
    while try await world.database.text(waiting) == "0" { await Task.yield() }
    while (try? world.project.read("sluice.state.json.journal").contains("flow/a")) != true { await Task.yield() }
  }

  /// Waits until a tool has written `text`.
  private func appears(_ text: String, in log: TemporaryProject) async throws {
    while (try? log.read("waiting").contains(text)) != true { await Task.yield() }
  }
}
