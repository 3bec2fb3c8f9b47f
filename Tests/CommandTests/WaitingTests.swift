import JSON
import TestSupport
import Testing

/// A flow whose file is not there yet waits for it.
@Suite("waiting", .freshDatabase, .timeLimit(.minutes(15)))
struct WaitingTests {
  private func status(_ world: World, _ flow: String) async throws -> JSONValue {
    try #require(try await world.document("status", flow).json["flows"]?.arrayValue?.first)
  }

  @Test("Each run --due looks again until the file is there, and the ledger says once that it waits")
  func late() async throws {
    let world = try World(
      """
      late: {source: {path: "in/*.csv"}, destination: wh, writeMode: truncate_insert, schedule: day, columns: {id: bigint}, retry: {attempts: 1}}
      """)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    for _ in 1...3 {
      let run = try await world.sluice("run", "--due")
      #expect(run.status == 0)
      #expect(run.output.contains("0 loaded, 1 waiting."), "\(run.output)")
      #expect(
        run.error.contains("flow/late waits for its file: no file of the project matches in/*.csv"), "\(run.error)")
    }
    #expect(try await world.database.text("SELECT status, count(*) FROM _sluice_loads GROUP BY 1") == "waiting|1")
    let waiting = try await status(world, "late")
    #expect(waiting["status"] == "waiting")
    #expect(waiting["failures"] == 0)
    #expect(waiting["lastLoad"] == .null)
    #expect(waiting["waiting"]?["slot"]?.stringValue?.hasSuffix("Z") == true)
    #expect(try await world.sluice("status", "late").output.contains("flow/late  waiting\n"))
    #expect(try await world.sluice("run", "--failed").error.contains("No flow's last load has failed."))
    // By hand it is an error, as before.
    #expect(try await world.sluice("run", "late").status == 1)
    #expect(try await status(world, "late")["status"] == "broken")
    #expect(try await world.sluice("resume", "late").status == 0)

    try world.project.write("id\n7\n", to: "in/a.csv")
    let loaded = try await world.stream("run", "--due")
    #expect(loaded.outcome("late")?["status"] == "loaded", "\(loaded.error)")
    #expect(try await status(world, "late")["status"] == "live")
    #expect(try await status(world, "late")["waiting"] == .null)
    #expect(try await world.sluice("run", "--due").error.contains("No flow is due."))
  }

  @Test("At the next slot a new wait begins, and waiting alone never breaks a flow")
  func slots() async throws {
    let world = try World(
      """
      late: {source: {path: in.csv}, destination: wh, writeMode: upsert, key: [id], schedule: day, columns: {id: bigint}, retry: {attempts: 1}}
      """)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    for _ in 1...3 {
      #expect(try await world.stream("run", "--due").outcome("late")?["status"] == "waiting")
      try await world.database.execute("UPDATE _sluice_loads SET slot = slot - interval '1 day'")
    }
    #expect(try await world.database.text("SELECT count(DISTINCT slot) FROM _sluice_loads") == "3")
    #expect(try await status(world, "late")["status"] == "waiting")
    try world.project.write("id\n1\n", to: "in.csv")
    #expect(try await world.stream("run", "--due").outcome("late")?["status"] == "loaded")
    #expect(try await world.sluice("run", "--due").error.contains("No flow is due."))
  }

  @Test("Where only files are there that were loaded before, the flow waits for a new one")
  func new() async throws {
    let world = try World(
      "inbox: {source: {path: 'in-*.csv'}, destination: wh, writeMode: insert, schedule: day}",
      files: ["in-1.csv": "id\n1\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.stream("run", "--due").outcome("inbox")?["status"] == "loaded")
    try await world.database.execute("UPDATE _sluice_loads SET slot = slot - interval '1 day'")
    let waits = try await world.stream("run", "--due")
    #expect(waits.status == 0)
    #expect(waits.outcome("inbox")?["status"] == "waiting")
    #expect(waits.outcome("inbox")?["warnings"]?.arrayValue?.first?["reason"] == "no-file")
    // By hand there is nothing to wait for.
    #expect(try await world.stream("run", "inbox").outcome("inbox")?["status"] == "skipped")
    try world.project.write("id\n2\n", to: "in-2.csv")
    #expect(try await world.stream("run", "--due").counts("inbox") == "read 1, inserted 1")
  }

  @Test("What comes after a flow that waits is not begun, and keeps its slot")
  func after() async throws {
    let world = try World(
      """
      first: {source: {path: in.csv}, destination: wh, writeMode: truncate_insert, schedule: day, columns: {id: bigint}}
      then: {source: {rows: [{id: 1}]}, destination: wh, writeMode: truncate_insert, schedule: day, after: [first]}
      last: {source: {rows: [{id: 1}]}, destination: wh, writeMode: truncate_insert, schedule: day, after: [then]}
      """)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let waits = try await world.stream("run", "--due")
    #expect(waits.status == 0)
    #expect(waits.events("finished").map { $0["status"] } == ["waiting", "skipped", "skipped"])
    #expect(waits.outcome("last")?["warnings"]?.arrayValue?.first?["code"] == "slot-pending")
    try world.project.write("id\n1\n", to: "in.csv")
    #expect(
      try await world.stream("run", "--due").events("finished").map { $0["status"] } == ["loaded", "loaded", "loaded"])
  }

  @Test("A load that another session keeps from its table leaves the slot to it, and is no failure")
  func locked() async throws {
    let world = try World(
      """
      t: {source: {rows: [{id: 1}]}, destination: wh, writeMode: truncate_insert, schedule: day}
      slow:
        source: {command: [sh, -c, "echo id; until [ -e go ]; do sleep 0.05; done; echo 1"], format: csv}
        destination: wh
        writeMode: truncate_insert
        table: t
        columns: {id: bigint}
      """)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    async let slow = world.sluice("run", "slow")
    try await world.database.wait(
      until: """
        SELECT count(*) = 1 FROM pg_locks
        WHERE locktype = 'advisory' AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """)
    let due = try await world.stream("run", "--due")
    #expect(due.status == 0)
    #expect(due.outcome("t")?["status"] == "skipped")
    #expect(due.outcome("t")?["warnings"]?.arrayValue?.first?["code"] == "table-locked")
    try world.project.write("", to: "go")
    #expect(try await slow.status == 0)
    #expect(try await world.stream("run", "--due").outcome("t")?["status"] == "loaded")
  }
}
