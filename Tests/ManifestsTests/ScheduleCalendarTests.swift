import Foundation
import Manifests
import Subprocess
import TestSupport
import Testing

/// What systemd and Kubernetes take for a schedule is due whenever the schedule is, and no more often, but for the one case
/// that Kubernetes cannot say.
@Suite struct ScheduleCalendarTests {
  @Test(
    "In the words of systemd and of Kubernetes",
    arguments: [
      ("day", "*-*-* 00:00:00", "0 0 * * *"),
      ("week", "Mon *-*-* 00:00:00", "0 0 * * 1"),
      ("month", "*-*-1 00:00:00", "0 0 1 * *"),
      ("0 6 * * mon-fri", "Mon..Fri *-*-* 06:00:00", "0 6 * * 1-5"),
      ("*/15 8-10 * jan,jul 7", "Sun *-1,7-* 08..10:00,15,30,45:00", "0,15,30,45 8-10 * 1,7 0"),
      ("30 4 1,15 * fri", "*-*-1,15 04:30:00 | Fri *-*-* 04:30:00", "30 4 1,15 * 5"),
      // A day of the month that starts with a star must fit as well as that of the week.
      (
        "0 0 */2 * 1", "Mon *-*-1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 00:00:00",
        "0 0 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 * *"
      ),
      // Either of two, and one of them is every day.
      ("0 0 1-31 * 1", "*-*-* 00:00:00", "0 0 * * *"),
    ])
  func words(_ text: String, _ events: String, _ fields: String) throws {
    let schedule = try #require(Schedule(text))
    #expect(schedule.calendarEvents.joined(separator: " | ") == events)
    #expect(schedule.plainFields == fields)
  }

  /// Fields of any form.
  private static func schedule(_ random: inout SeededGenerator) -> String {
    func field(_ range: ClosedRange<Int>) -> String {
      let low = Int.random(in: range, using: &random), high = Int.random(in: low...range.upperBound, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0, 1: return "*"
      case 2: return "\(low)"
      case 3: return "\(low)-\(high)/\(Int.random(in: 1...7, using: &random))"
      default: return "*/\(Int.random(in: 1...20, using: &random)),\(high)"
      }
    }
    return [field(0...59), field(0...23), field(1...28), field(1...12), field(0...7)].joined(separator: " ")
  }

  @Test(
    "Kubernetes' fields are due whenever the schedule is, and no more often unless two days must both fit",
    arguments: 0..<200)
  func fields(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let text = Self.schedule(&random)
    let schedule = try #require(Schedule(text))
    // Its parser knows no star in a list, and takes each day field that has no star for restricted: as ours does then.
    let plain = try #require(Schedule(schedule.plainFields))
    let parts = text.split(separator: " ")
    let needsBoth =
      (parts[2].hasPrefix("*") || parts[4].hasPrefix("*")) && !["*", "*/1"].contains(parts[2]) && parts[4] != "*"
    var now = WallMinute(minutes: Int.random(in: 0...40_000_000, using: &random))
    for _ in 0..<50 {
      let next = try #require(schedule.next(after: now))
      #expect(plain.last(until: next) == next, "\(text) is \(schedule.plainFields)")
      if !needsBoth { #expect(plain.next(after: now) == next, "\(text) is \(schedule.plainFields)") }
      now = next
    }
    #expect(!schedule.plainFields.contains("7 ") || !schedule.plainFields.hasSuffix("7"))
  }

  static func hasSystemd() async -> Bool {
    if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
    let result = try? await run(
      .name("systemd-analyze"), arguments: ["--version"], output: .discarded, error: .discarded)
    return result?.terminationStatus.isSuccess == true
  }

  @Test("systemd is due at the very times", .enabled("needs systemd-analyze") { await hasSystemd() })
  func systemd() async throws {
    var random = SeededGenerator(seed: 4)
    for text in ["day", "week", "month", "30 4 1,15 * fri"] + (0..<40).map({ _ in Self.schedule(&random) }) {
      let schedule = try #require(Schedule(text))
      let start = WallMinute(minutes: Int.random(in: 26_000_000...30_000_000, using: &random))
      var expected: [String] = []
      var now = start
      while expected.count < 12, let next = schedule.next(after: now) {
        expected.append(next.description)
        now = next
      }
      var found: Set<String> = []
      for event in schedule.calendarEvents { found.formUnion(try await Self.times(event, after: start)) }
      #expect(Array(found.sorted().prefix(12)) == expected, "\(text): \(schedule.calendarEvents)")
    }
  }

  /// The next times of an event, as `systemd-analyze calendar` has them.
  private static func times(_ event: String, after start: WallMinute) async throws -> [String] {
    let result = try await run(
      .name("systemd-analyze"),
      arguments: Arguments([
        "calendar", "--iterations=12", "--base-time=\(start.description):30 UTC", "\(event) UTC",
      ]), environment: .inherit.updating(["TZ": "UTC"]), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20)
    )
    try #require(result.terminationStatus.isSuccess, "\(event): \(result.standardError)")
    let lines = result.standardOutput.split(separator: "\n").map { $0.drop { $0 == " " } }
    return lines.filter { $0.hasPrefix("Next elapse:") || $0.hasPrefix("Iter. #") }.map { line in
      // `Next elapse: Fri 2024-05-31 00:00:00 UTC`
      line.split(separator: " ").suffix(3).prefix(2).joined(separator: " ").dropLast(3).description
    }
  }
}
