import JSON
import TestSupport
import Testing

/// `pause` and `resume` are rows of the ledger, which no query takes for loads.
@Suite("pause and resume", .freshDatabase, .timeLimit(.minutes(15)))
struct PauseTests {
  private static let flows = """
    orders: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, schedule: day, columns: {id: bigint}}
    items: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, schedule: day, after: [orders]}
    """

  private func world(_ flows: String = flows, _ csv: String = "id\n1\n") async throws -> World {
    let world = try World(flows, files: ["t.csv": csv])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    return world
  }

  private func status(_ world: World, _ flow: String) async throws -> JSONValue {
    try #require(try await world.document("status", flow).json["flows"]?.arrayValue?.first)
  }

  private func moveSlots(_ world: World) async throws {
    try await world.database.execute("UPDATE _sluice_loads SET slot = slot - interval '1 day'")
  }

  @Test("Paused flows are passed over, and named in the words of who did it; a run that names one loads it")
  func paused() async throws {
    let world = try await world()
    let pause = try await world.sluice("pause", "orders", "--reason", "the source moves")
    #expect(pause.status == 0, "\(pause.error)")
    #expect(pause.output == "flow/orders is paused.\n")

    let due = try await world.sluice("run", "--due")
    #expect(due.status == 0)
    #expect(due.error.contains("flow/orders is not run: paused since "))
    #expect(due.error.contains(": the source moves. `sluice resume orders` ends that."))
    #expect(due.output.contains("1 loaded."), "what comes after it goes its own way: \(due.output)")
    let all = try await world.sluice("run")
    #expect(all.error.contains("flow/orders is not run: paused since "))
    #expect(all.output.contains("1 loaded."))
    let pattern = try await world.stream("run", "ord*")
    #expect(pattern.events("finished").isEmpty)
    #expect(try await world.sluice("run", "--due", "orders").error.contains("No flow is due."))

    let found = try await status(world, "orders")
    #expect(found["status"] == "inactive")
    #expect(found["paused"]?["reason"] == "the source moves")
    #expect(found["paused"]?["by"]?.stringValue?.contains("@") == true)
    #expect(found["paused"]?["since"]?.stringValue?.hasSuffix("Z") == true)
    #expect(found["lastLoad"] == .null, "a pause is no load")
    #expect(found["lateSeconds"] == .null)
    #expect(found["history"]?.arrayValue?.map { $0["status"] } == ["paused"])

    let named = try await world.sluice("run", "orders")
    #expect(named.status == 0)
    #expect(named.output.contains("1 loaded."))
    let later = try await status(world, "orders")
    #expect(later["status"] == "inactive")
    #expect(later["lastSuccess"]?["status"] == "loaded")
    let shown = try await world.sluice("status", "orders")
    #expect(shown.output.contains("flow/orders  paused by "))
    #expect(shown.output.contains(": the source moves\n"))
  }

  @Test("Pausing twice and resuming what is not paused say so, and write nothing")
  func twice() async throws {
    let world = try await world()
    #expect(try await world.sluice("resume", "orders").output == "flow/orders is neither paused nor broken.\n")
    #expect(try await world.database.text("SELECT count(*) FROM _sluice_loads") == "0")
    #expect(try await world.sluice("pause", "orders", "items").status == 0)
    let again = try await world.sluice("pause", "orders")
    #expect(again.status == 0)
    #expect(again.output.hasPrefix("flow/orders was paused since "))
    #expect(again.output.hasSuffix(" already.\n"))
    #expect(try await world.database.text("SELECT count(*) FROM _sluice_loads") == "2")
    #expect(
      try await world.sluice("resume", "*").output
        == "flow/items is no longer paused.\nflow/orders is no longer paused.\n")
    #expect(try await status(world, "orders")["paused"] == .null)
    #expect(try await world.stream("run", "--due").events("finished").map { $0["status"] } == ["loaded", "loaded"])
    #expect(try await world.sluice("pause").status == 64)
    let unknown = try await world.sluice("pause", "order")
    #expect(unknown.status == 1)
    #expect(unknown.error.contains("did you mean `orders`?"), "\(unknown.error)")
    let document = try await world.document("pause", "orders")
    #expect(document.json["flows"]?.arrayValue?.first?["status"] == "inactive")
  }

  @Test("A slot that passes while a flow is paused is caught up once it is resumed; rows of pauses stand for no slot")
  func caughtUp() async throws {
    let world = try await world()
    #expect(try await world.sluice("run", "--due").status == 0)
    #expect(try await world.sluice("pause", "orders").status == 0)
    try await moveSlots(world)
    #expect(try await world.stream("run", "--due").events("finished").map { $0["flow"] } == ["items"])
    #expect(try await world.sluice("resume", "orders").status == 0)
    #expect(try await world.stream("run", "--due").events("finished").map { $0["flow"] } == ["orders"])
    #expect(try await world.sluice("run", "--due").error.contains("No flow is due."))
  }

  @Test("resume ends that a flow is broken: what failed before does not count, and --failed still knows it")
  func broken() async throws {
    let world = try await world(
      """
      bad: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, schedule: day, columns: {id: bigint}, retry: {attempts: 2}}
      """, "id\nx\n")
    for _ in 1...2 {
      #expect(try await world.sluice("run", "--due").status == 1)
      try await moveSlots(world)
    }
    #expect(try await status(world, "bad")["status"] == "broken")
    // Who was paused while it was broken is both no longer.
    #expect(try await world.sluice("pause", "bad").status == 0)
    #expect(try await world.sluice("run", "--failed").error.contains("No flow's last load has failed."))
    #expect(try await world.sluice("resume", "bad").output == "flow/bad is no longer paused, nor broken.\n")
    let resumed = try await status(world, "bad")
    #expect(resumed["status"] == "live")
    #expect(resumed["failures"] == 0)
    #expect(resumed["lastLoad"]?["status"] == "failed")
    #expect(try await world.stream("run", "--failed").events("finished").count == 1)
    #expect(try await status(world, "bad")["status"] == "retrying")
    #expect(try await world.sluice("run", "--due").status == 1)
    #expect(try await status(world, "bad")["status"] == "broken")
    #expect(try await world.sluice("resume", "bad").output == "flow/bad is no longer broken.\n")
  }

  @Test("Rows of pauses change nothing of cursors, files, slots and lineages")
  func loads() async throws {
    let world = try World(
      """
      new: {source: {path: "in-*.csv"}, destination: wh, writeMode: insert}
      by:
        source: {authorizer: wh, table: public.source, cursor: {column: id, initial: 0}}
        destination: wh
        writeMode: insert
        key: [id]
      """, files: ["in-1.csv": "n\n1\n"])
    try await world.database.execute("CREATE TABLE source (id int PRIMARY KEY); INSERT INTO source VALUES (1), (2)")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.sluice("run").status == 0)
    #expect(try await world.sluice("pause", "new", "by").status == 0)
    #expect(try await world.sluice("resume", "new", "by").status == 0)
    try await world.database.execute("INSERT INTO source VALUES (3)")
    let next = try await world.stream("run")
    #expect(next.outcome("new")?["status"] == "skipped")
    #expect(next.outcome("by")?["cursor"]?["from"] == "2")
    #expect(next.outcome("by")?["inserted"] == 1)
    #expect(try await world.sluice("plan", "--detailed-exitcode").status == 0)
  }
}
