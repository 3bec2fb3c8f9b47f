import JSON
import TestSupport
import Testing

/// `run --due` loads each slot once.
@Suite("run --due", .freshDatabase, .timeLimit(.minutes(15)))
struct RunDueTests {
  @Test("loads what is due, for its slot, and nothing that was loaded for it; a missed slot is caught up by one load")
  func slots() async throws {
    let world = try World(
      """
      yearly: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, schedule: "0 0 1 1 *", timezone: Asia/Tokyo}
      never: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert}
      off: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, schedule: day, enabled: false}
      """, files: ["t.csv": "id\n1\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let first = try await world.stream("run", "--due")
    #expect(first.status == 0, "\(first.error)")
    #expect(first.events("finished").map { $0["flow"]?.stringValue } == ["yearly"])
    let slot = try #require(first.outcome("yearly")?["slot"]?.stringValue)
    let expected = try await world.database.text(
      """
      SELECT to_char(date_trunc('year', now() AT TIME ZONE 'Asia/Tokyo') AT TIME ZONE 'Asia/Tokyo' AT TIME ZONE 'UTC',
        'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      """)
    #expect(slot == expected)
    let second = try await world.sluice("run", "--due")
    #expect(second.status == 0)
    #expect(second.error.contains("No flow is due."))

    // Three slots were missed.
    try await world.database.execute("UPDATE _sluice_loads SET slot = slot - interval '3 years'")
    #expect(try await world.stream("run", "--due").events("finished").count == 1)
    #expect(try await world.stream("run", "--due").events("finished").count == 0)
    // A run by hand stands for no slot.
    #expect(try await world.stream("run", "yearly").outcome("yearly")?["slot"] == .null)
    #expect(try await world.sluice("run", "--due", "--failed").status == 64)
  }

  @Test("on two machines at once loads each slot once")
  func twice() async throws {
    let flows = (1...20).map {
      "t\($0): {source: {path: t.csv}, destination: wh, writeMode: insert, schedule: week}"
    }
    let world = try World(flows.joined(separator: "\n"), files: ["t.csv": "id\n1\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    async let one = world.stream("run", "--due", "--wait")
    async let other = world.stream("run", "--due", "--wait")
    let both = try await [one, other]
    #expect(both.map(\.status) == [0, 0], "\(both.map(\.error))")
    let loaded = both.flatMap { $0.events("finished") }.filter { $0["status"] == "loaded" }
    #expect(loaded.count == 20)
    #expect(try await world.database.text("SELECT count(*) FROM _sluice_loads WHERE status = 'loaded'") == "20")
  }

  @Test("A slot that failed is not tried again by itself, and a flow that is broken waits for somebody")
  func broken() async throws {
    let world = try World(
      """
      bad: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, schedule: day, columns: {id: bigint}, retry: {attempts: 2}}
      """, files: ["t.csv": "id\nx\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.sluice("run", "--due").status == 1)
    #expect(try await world.sluice("run", "--due").error.contains("No flow is due."))
    try await world.database.execute("UPDATE _sluice_loads SET slot = slot - interval '1 day'")
    #expect(try await world.sluice("run", "--due").status == 1)
    try await world.database.execute("UPDATE _sluice_loads SET slot = slot - interval '1 day'")
    let waiting = try await world.sluice("run", "--due")
    #expect(waiting.status == 0)
    #expect(waiting.error.contains("flow/bad is broken, and not run"))
    try world.project.write("id\n1\n", to: "t.csv")
    #expect(try await world.sluice("run", "bad").status == 0)
    #expect(try await world.stream("run", "--due").outcome("bad")?["status"] == "loaded")
  }
}
