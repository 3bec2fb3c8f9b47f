import Manifests
import TestSupport
import Testing

@Suite struct ScheduleTests {
  private func minute(_ text: String) throws -> WallMinute { try #require(WallMinute(text)) }

  @Test(
    "The next time, and the last one",
    arguments: [
      ("0 6 * * *", "2024-02-28 06:00", "2024-02-29 06:00", "2024-02-28 06:00"),
      ("0 6 * * *", "2024-02-28 05:59", "2024-02-28 06:00", "2024-02-27 06:00"),
      ("*/15 8-10 * * mon-fri", "2024-03-01 10:45", "2024-03-04 08:00", "2024-03-01 10:45"),
      ("0 0 31 * *", "2024-04-10 12:00", "2024-05-31 00:00", "2024-03-31 00:00"),
      ("0 0 29 2 *", "2096-03-01 00:00", "2104-02-29 00:00", "2096-02-29 00:00"),
      ("30 4 1,15 * 5", "2024-06-02 00:00", "2024-06-07 04:30", "2024-06-01 04:30"),
      ("0 0 * * 7", "2024-06-03 00:00", "2024-06-09 00:00", "2024-06-02 00:00"),
      ("59 23 31 12 *", "1969-12-31 23:58", "1969-12-31 23:59", "1968-12-31 23:59"),
      ("day", "2024-12-31 00:01", "2025-01-01 00:00", "2024-12-31 00:00"),
      ("week", "2024-06-03 00:00", "2024-06-10 00:00", "2024-06-03 00:00"),
      ("month", "2024-01-31 23:59", "2024-02-01 00:00", "2024-01-01 00:00"),
    ])
  func times(_ text: String, _ now: String, _ next: String, _ last: String) throws {
    let schedule = try #require(Schedule(text))
    #expect(schedule.next(after: try minute(now))?.description == next)
    #expect(schedule.last(until: try minute(now))?.description == last)
  }

  @Test("One that never comes is never due", arguments: ["0 0 30 2 *", "0 0 31 4,6,9,11 *"])
  func never(_ text: String) throws {
    let schedule = try #require(Schedule(text))
    #expect(schedule.next(after: try minute("2024-01-01 00:00")) == nil)
    #expect(schedule.last(until: try minute("2024-01-01 00:00")) == nil)
  }

  @Test(
    "What is no schedule", arguments: ["", "hour", "* * * *", "60 * * * *", "* * 0 * *", "5-1 * * * *", "1/2 * * * *"])
  func wrong(_ text: String) { #expect(Schedule(text) == nil) }

  @Test("Between one time and the next nothing is due, whatever the schedule", arguments: 0..<60)
  func law(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func field(_ range: ClosedRange<Int>) -> String {
      let low = Int.random(in: range, using: &random), high = Int.random(in: low...range.upperBound, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: return "*"
      case 1: return "\(low)"
      case 2: return "\(low)-\(high)/\(Int.random(in: 1...7, using: &random))"
      default: return "*/\(Int.random(in: 1...20, using: &random)),\(high)"
      }
    }
    let parts = [field(0...59), field(0...23), field(1...28), field(1...12), field(0...6)]
    let schedule = try #require(Schedule(parts.joined(separator: " ")))
    var now = WallMinute(minutes: Int.random(in: 0...40_000_000, using: &random))
    for _ in 0..<20 {
      let next = try #require(schedule.next(after: now))
      #expect(next > now)
      #expect(schedule.last(until: next) == next)
      let before = WallMinute(minutes: next.minutes - 1)
      #expect(schedule.last(until: before).map { $0 <= now } ?? true, "\(parts), \(now)")
      #expect(WallMinute(next.description) == next)
      now = next
    }
  }
}
