import Manifests
import Postgres
import TestSupport
import Testing

@testable import Loading

/// Schedules where clocks are set forward or back.
@Suite("Slots around changes of the clock", .freshDatabase, .timeLimit(.minutes(15)))
struct ClockChangeTests {
  /// What a run of what is due each minute would load, by the wall clock.
  private func loaded(_ text: String, _ zone: String, from start: String, hours: Int) async throws -> [String] {
    let schedule = try #require(Schedule(text))
    return try await TestDatabase.current.perform { database in
      var taken = ""
      var walls: [String] = []
      // The slot before is not to be caught up.
      for minute in -1..<(hours * 60) {
        let now: SQL = "(\(value: start)::timestamptz + \(value: minute)::integer * interval '1 minute')"
        let slots = try LedgerReader.slots(of: [("f", schedule, zone)], now: now, on: database)
        let slot = try #require(slots.first)
        guard let last = slot.last, slot.age >= 0, last > taken else { continue }
        taken = last
        if minute < 0 { continue }
        walls += try database.rows(
          "SELECT to_char(\(value: last)::timestamptz AT TIME ZONE \(value: zone), 'DD HH24:MI')"
        ) { $0.text(0) ?? "" }
      }
      return walls
    }
  }

  @Test(
    "A time that comes twice is due once, and one that is left out is due as soon as it may have been",
    arguments: [
      // Back, from 03:00 to 02:00.
      ("30 2 * * *", "Europe/Prague", "2024-10-26 20:00Z", 20, ["27 02:30"]),
      ("30 1,2,3 * * *", "Europe/Prague", "2024-10-26 22:00Z", 8, ["27 01:30", "27 02:30", "27 03:30"]),
      // Forward, from 02:00 to 03:00.
      ("30 2 * * *", "Europe/Prague", "2024-03-30 20:00Z", 20, ["31 03:30"]),
      ("30 2,3 * * *", "Europe/Prague", "2024-03-30 20:00Z", 20, ["31 03:30"]),
      ("30 1,3 * * *", "Europe/Prague", "2024-03-30 20:00Z", 20, ["31 01:30", "31 03:30"]),
      ("day", "Europe/Prague", "2024-03-30 20:00Z", 27, ["31 00:00", "01 00:00"]),
      // By half an hour, at midnight, and not at all.
      ("45 1 * * *", "Australia/Lord_Howe", "2024-04-06 08:00Z", 12, ["07 01:45"]),
      ("day", "America/Havana", "2024-03-10 02:00Z", 12, ["10 01:00"]),
      ("day", "Asia/Tokyo", "2024-03-30 20:00Z", 20, ["01 00:00"]),
    ])
  func times(_ text: String, _ zone: String, _ start: String, _ hours: Int, _ expected: [String]) async throws {
    #expect(try await loaded(text, zone, from: start, hours: hours) == expected)
  }

  @Test(
    "Each quarter of an hour that the clock shows is due once",
    arguments: [
      ("Europe/Prague", "2024-10-26 20:00Z"), ("Europe/Prague", "2024-03-30 20:00Z"),
      ("America/New_York", "2024-11-03 02:00Z"), ("America/New_York", "2024-03-10 02:00Z"),
      ("Australia/Lord_Howe", "2024-04-06 08:00Z"), ("Australia/Lord_Howe", "2024-10-05 08:00Z"),
    ])
  func quarters(_ zone: String, _ start: String) async throws {
    let found = try await loaded("*/15 * * * *", zone, from: start, hours: 12)
    let expected = try await TestDatabase.current.rows(
      """
      SELECT DISTINCT to_char(t AT TIME ZONE \(value: zone), 'DD HH24:MI') FROM generate_series(
        \(value: start)::timestamptz, \(value: start)::timestamptz + interval '719 minutes', '15 minutes') t ORDER BY 1
      """
    ).map { $0[0] ?? "" }
    #expect(found.count == Set(found).count)
    #expect(found.sorted() == expected)
  }
}
