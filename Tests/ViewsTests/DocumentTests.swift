import Diagnostics
import JSON
import Manifests
import OrderedCollections
import Planning
import TestSupport
import Testing
import Views

@Suite struct DocumentTests {
  @Test("A plan's document has every key that the design names")
  func plan() throws {
    let document = planDocument(withoutUnchanged(Samples.designPlan))
    try expectGolden(document.text(.document) + "\n", "plan.json")
    #expect(
      document.objectValue?.keys == ["formatVersion", "lineage", "serial", "summary", "steps", "diagnostics"])
    #expect(document["summary"]?.objectValue?.keys.map { $0 } == Step.Action.allCases.map(\.rawValue))
    for step in document["steps"]?.arrayValue ?? [] {
      #expect(
        step.objectValue?.keys == [
          "address", "action", "wanted", "reason", "changes", "checks", "hazards", "statements",
        ])
    }
    let change = planDocument(Samples.fullPlan)["steps"]?.arrayValue?[2]["changes"]?.arrayValue
    #expect(change?[0] == ["path": "columns.note.type", "before": nil, "after": "text"])
    #expect(change?[1] == ["path": "schedule", "before": "daily", "after": nil])
  }

  @Test("A validation's and a preview's document")
  func others() throws {
    let validation = validateDocument(valid: false, resources: 12, diagnostics: [Samples.schemaExists])
    try expectGolden(validation.text(.document) + "\n", "validate.json")
    try expectGolden(previewDocument(Samples.preview).text(.document) + "\n", "preview.json")
  }

  @Test("A diagnostic without a place has null for it")
  func noPlace() {
    let json = diagnosticJSON(Diagnostic(.warning, "unused", "not used"))
    #expect(
      json.text(.line)
        == #"{"severity":"warning","code":"unused","message":"not used","place":null,"label":null,"help":[],"related":[]}"#
    )
  }

  @Test("Each event is one line of JSON")
  func events() throws {
    var events: [Event] = [
      .stepFinished(address: "flow/orders", action: .create),
      .stepFailed(address: "flow/a", action: .update, Samples.schemaExists), .applied([.create: 1, .update: 2]),
      .loadStarted(flow: "orders", load: "l1", mode: "upsert", window: nil),
      .loadStarted(flow: "orders", load: "l1", mode: "upsert", window: Samples.window),
      .loadProgress(LoadProgress(flow: "orders", load: "l1", rows: 10, bytes: 20, totalBytes: 30, seconds: 1.23456)),
      .loadProgress(LoadProgress(flow: "orders", load: "l1", rows: 10, bytes: 20, totalBytes: nil, seconds: 2)),
      .loadRetrying(flow: "orders", load: "l1", attempt: 1, Samples.schemaExists, after: .seconds(30)),
      .loadWaiting(flow: "orders", load: "l1", message: "another load is running", waited: .seconds(3)),
      .loadInterrupted(flow: "orders", load: "l1"),
    ]
    var incremental = LoadOutcome(flow: "inc", load: "l9", status: .loaded, mode: .upsert)
    incremental.cursor = LoadOutcome.CursorRange(from: nil, to: "2024-01-01")
    events.append(.loadFinished(incremental))
    var progress = LoadProgress(flow: "orders", load: "l1", rows: 10, bytes: 20, totalBytes: nil, seconds: 2)
    progress.window = Samples.window
    events.append(.loadProgress(progress))
    events += (Samples.windows + Samples.outcomes).map { .loadFinished($0) }
    let lines = try events.map { try #require(eventJSON($0)).text(.line) }
    #expect(lines.allSatisfy { !$0.contains("\n") })
    try expectGolden(lines.joined(separator: "\n") + "\n", "events.jsonl")
    #expect(lines[0] == #"{"event":"step","address":"flow/orders","action":"create","status":"done"}"#)
    #expect(eventJSON(.stepStarted(address: "flow/orders", action: .create)) == nil)
  }

  @Test("What is written is JSON, whatever names and messages hold")
  func hostile() throws {
    let bad = "\u{0}\u{1b}\"\\\n\u{7f}\u{2028}"
    let json = diagnosticJSON(Diagnostic(.error, bad, bad, at: Place(file: bad, line: 1, column: 1), help: [bad]))
    #expect(try JSONValue(parsing: json.text(.line)) == json)
    #expect(json["message"]?.stringValue == bad)
  }

  @Test("A measured time that is no number is null")
  func noNumber() {
    let check = AuthorizerCheck(name: "a", server: nil, host: nil, milliseconds: .nan)
    #expect(checkDocument([check])["authorizers"]?.arrayValue?[0]["milliseconds"] == .null)
  }

  private func withoutUnchanged(_ plan: Plan) -> Plan {
    var plan = plan
    plan.steps.removeAll { $0.action == .unchanged }
    return plan
  }
}
