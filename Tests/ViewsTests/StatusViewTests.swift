import JSON
import Manifests
import Planning
import TestSupport
import Testing
import Views

@Suite struct StatusViewTests {
  @Test("Draws how flows stand, last success and failure side by side")
  func table() throws {
    try expectDrawing("status", width: 120) { StatusView(style: $0).text(Self.statuses) }
    let document = statusDocument(
      Self.statuses, history: ["broken": Self.history], diagnostics: [Samples.schemaExists])
    try expectGolden(document.text(.document) + "\n", "status.json")
    #expect(StatusView(style: .plain).text([]) == "No flow was applied.")
  }

  @Test("Draws a flow's last loads, and why the last one failed")
  func history() throws {
    try expectDrawing("status-history", width: 120) { style in
      StatusView(style: style).text(Self.statuses[1], history: Self.history)
    }
    try expectDrawing("status-paused", width: 120) { style in
      StatusView(style: style).text(Self.statuses[6], history: Self.marks.reversed() + Self.history.suffix(1))
    }
    try expectDrawing("status-waiting", width: 120) { style in
      StatusView(style: style).text(Self.statuses[5], history: Self.marks.prefix(1) + Self.history.suffix(1))
    }
    var ranged = Self.history
    ranged[0].range = DayRange(from: "2024-01-01", to: "2024-01-31")
    ranged[2].range = DayRange(from: "2024-02-29", to: "2024-02-29")
    try expectDrawing("status-ranges", width: 140) { StatusView(style: $0).text(Self.statuses[1], history: ranged) }
    let never = StatusView(style: .plain).text(FlowStatus(flow: "new", attempts: 3, isEnabled: true), history: [])
    #expect(never == "flow/new  live\nIt was never loaded.")
  }

  private static func load(
    _ status: RecordedLoad.Status, at day: Int, age: Double, rows: Int = 0, message: String? = nil
  ) -> RecordedLoad {
    var counts = LoadCounts()
    counts.read = rows
    counts.inserted = rows
    return RecordedLoad(
      load: "00000000-0000-4000-8000-00000000000\(day)", status: status, mode: "upsert", counts: counts, newFields: 0,
      attempt: 1, started: "2024-05-0\(day)T06:00:00Z", finished: "2024-05-0\(day)T06:00:02Z", seconds: 1.75, age: age,
      host: "etl-1", slot: "2024-05-0\(day)T06:00:00Z", message: message, sqlState: message == nil ? nil : "22P02")
  }

  private static var history: [RecordedLoad] {
    [
      load(.failed, at: 3, age: 75, message: "invalid input\u{1b}[31m\nfor integer"),
      load(.failed, at: 2, age: 90_000, message: "before"), load(.loaded, at: 1, age: 200_000, rows: 1_234_567),
      load(.empty, at: 1, age: 300_000),
    ]
  }

  /// Rows that are no loads.
  private static var marks: [RecordedLoad] {
    var paused = load(.paused, at: 3, age: 50, message: "the source\u{1b}[31m moves")
    paused.host = "anna@etl-1"
    paused.sqlState = nil
    return [load(.waiting, at: 3, age: 60), paused]
  }

  private static var statuses: [FlowStatus] {
    var live = FlowStatus(flow: "注文", attempts: 3, isEnabled: true)
    live.lastSuccess = history[2]
    live.last = live.lastSuccess
    live.nextRun = "2024-05-04T06:00:00Z"
    live.late = 3_700
    var broken = FlowStatus(flow: "broken", attempts: 2, isEnabled: true)
    (broken.lastSuccess, broken.lastFailure, broken.last) = (history[2], history[0], history[0])
    broken.failures = 2
    var retrying = FlowStatus(flow: "retrying", attempts: 3, isEnabled: true)
    (retrying.lastFailure, retrying.last, retrying.failures) = (history[0], history[0], 1)
    var running = FlowStatus(flow: "running", attempts: 3, isEnabled: true)
    running.running = ("sluice flow/running on etl-2", "2024-05-03T06:01:00Z")
    var waiting = FlowStatus(flow: "waiting", attempts: 3, isEnabled: true)
    (waiting.waiting, waiting.nextRun) = (marks[0], "2024-05-04T06:00:00Z")
    var paused = FlowStatus(flow: "paused", attempts: 3, isEnabled: true)
    paused.paused = marks[1]
    return [
      live, broken, retrying, running, FlowStatus(flow: "off", attempts: 3, isEnabled: false), waiting, paused,
    ]
  }
}
