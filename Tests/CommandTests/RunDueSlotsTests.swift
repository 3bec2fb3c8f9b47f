import Foundation
import JSON
import TestSupport
import Testing

/// Two processes of `run --due` at once, slot after slot. SLUICE_SLOTS says how many slots there are in all (1,000 for the
/// long form).
@Suite("run --due on two machines", .freshDatabase, .timeLimit(.minutes(60)))
struct RunDueSlotsTests {
  private static let flows = 20
  private static let slots = ProcessInfo.processInfo.environment["SLUICE_SLOTS"].flatMap(Int.init) ?? 60

  @Test("loads each slot exactly once")
  func once() async throws {
    // Each load appends a row: what was loaded twice would show in the tables, whatever the ledger says.
    let flows = (1...Self.flows).map {
      "t\($0): {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert, schedule: \"0 0 1 1 *\", columns: {id: bigint}}"
    }
    let world = try World(flows.joined(separator: "\n"))
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let rounds = (Self.slots + Self.flows - 1) / Self.flows
    var both = [0, 0]
    for round in 1...rounds {
      async let one = world.stream("run", "--due")
      async let other = world.stream("run", "--due")
      for (index, run) in try await [one, other].enumerated() {
        #expect(run.status == 0, "round \(round): \(run.error)\(run.events)")
        let ends = Set(run.events("finished").compactMap { $0["status"]?.stringValue })
        #expect(ends.isSubset(of: ["loaded", "skipped"]), "round \(round): \(ends)")
        both[index] += run.events("finished").count { $0["status"] == "loaded" }
      }
      let taken = try await world.database.text(
        "SELECT count(DISTINCT flow) FROM _sluice_loads WHERE slot > now() - interval '1 year'")
      #expect(taken == "\(Self.flows)", "round \(round)")
      // The slot of this year is last year's: there is a new one. By way of another age, as slots are unique row by row.
      for step in ["- interval '2000 years'", "+ interval '1999 years'"] {
        try await world.database.execute("UPDATE _sluice_loads SET slot = slot \(step)")
      }
    }
    #expect(both[0] + both[1] == rounds * Self.flows)
    // Of so many, none of the two can have had all.
    #expect(Self.slots < 1000 || both.allSatisfy { $0 > 0 }, "\(both)")
    #expect(
      try await world.database.text(
        "SELECT count(*), count(DISTINCT (flow, slot)), min(status), max(status) FROM _sluice_loads")
        == "\(rounds * Self.flows)|\(rounds * Self.flows)|loaded|loaded")
    let tables = (1...Self.flows).map { "SELECT count(*) AS n FROM t\($0)" }.joined(separator: " UNION ALL ")
    #expect(try await world.database.text("SELECT min(n), max(n) FROM (\(tables)) t") == "\(rounds)|\(rounds)")
  }
}
