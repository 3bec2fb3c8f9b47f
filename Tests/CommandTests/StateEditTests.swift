import JSON
import TestSupport
import Testing

/// `sluice state mv` and `rm`: the record alone changes.
@Suite("The record of what was applied", .freshDatabase, .timeLimit(.minutes(15)))
struct StateEditTests {
  private static let flow = "{source: {path: t.csv}, destination: wh, writeMode: insert, table: t}"
  private static let files = ["t.csv": "id\n1\n"]

  @Test("goes by another address, and the next plan has nothing to do") func moved() async throws {
    let world = try await applied("a: \(Self.flow)")
    let database = try await world.dump()
    let moved = try await world.document("state", "mv", "flow/a", "flow/b")
    #expect(moved.status == 0, "\(moved.error)")
    #expect(moved.json == ["formatVersion": 1, "from": "flow/a", "to": "flow/b"])
    #expect(try await world.sluice("state", "list").output == "authorizer/wh\ndestination/wh\nflow/b\n")
    #expect(try await world.dump() == database)
    #expect(try world.project.read("sluice.state.json.backup").contains("\"flow/a\""))
    let state = try JSONValue(parsing: world.project.read("sluice.state.json"))
    #expect(state["serial"] == 2)
    #expect(state["resources"]?["flow/b"]?["formerNames"]?.strings == ["a"])
    try world.setFlows("b: \(Self.flow)")
    let plan = try await world.document("plan")
    #expect(plan.status == 0, "\(plan.json)")
    #expect(plan.actions == [:])
    let back = try await world.sluice("state", "mv", "flow/b", "flow/a")
    #expect(back.error == "flow/b is flow/a from now on. The state before is kept as its backup.\n")
    #expect(try await world.document("state", "show", "flow/a").json["formerNames"]?.strings == ["b"])
  }

  static let wrongMoves: [(arguments: [String], code: String, help: String)] = [
    (["flow/aa", "flow/c"], "unknown-address", "did you mean `flow/a`?"),
    (["flow/a", "flow/b"], "address-taken", "state rm flow/b"),
    (["flow/a", "source/c"], "wrong-address", "write flow/ and a name"),
    (["flow/a", "c"], "wrong-address", "write flow/ and a name"),
    (["flow/a", "flow/C!"], "wrong-address", "lower-case letters"),
  ]

  @Test("stays as it is where it cannot move", arguments: wrongMoves)
  func wrongMove(arguments: [String], code: String, help: String) async throws {
    let world = try await applied("a: \(Self.flow)\nb: \(Self.flow)")
    let before = try world.project.read("sluice.state.json")
    let document = try await world.document("state", "mv", arguments[0], arguments[1])
    #expect(document.status == 1)
    #expect(document.json["formatVersion"] == 1)
    #expect(document.diagnostics().map { $0["code"]?.stringValue } == [code])
    let shown = try await world.sluice(["state", "mv"] + arguments)
    #expect(shown.status == 1)
    #expect(shown.error.contains(help), "\(shown.error)")
    #expect(try world.project.read("sluice.state.json") == before)
    #expect(!world.project.contains("sluice.state.json.backup"))
  }

  @Test("is forgotten, the database untouched, and adopted by the next plan") func removed() async throws {
    let world = try await applied("a: \(Self.flow)\nb: \(Self.flow.replacing("table: t", with: "table: u"))")
    let database = try await world.dump()
    let removed = try await world.document("state", "rm", "flow/a", "flow/b")
    #expect(removed.status == 0, "\(removed.error)")
    #expect(removed.json == ["formatVersion": 1, "removed": ["flow/a", "flow/b"]])
    #expect(try await world.dump() == database)
    #expect(try world.project.read("sluice.state.json.backup").contains("\"flow/a\""))
    #expect(try await world.document("plan").actions == ["flow/a": "adopt", "flow/b": "adopt"])
    let said = try await world.sluice("state", "rm", "destination/wh")
    #expect(said.error.contains("No database was touched"))
  }

  @Test("forgets all that is named, or nothing; what is protected only by force") func refused() async throws {
    let world = try await applied(
      "a: \(Self.flow)\nb: \(Self.flow.replacing("table: t", with: "table: u, protect: true"))")
    let before = try world.project.read("sluice.state.json")
    let document = try await world.document("state", "rm", "flow/a", "flow/b", "flow/cc")
    #expect(document.status == 1)
    #expect(document.diagnostics().map { $0["code"]?.stringValue } == ["protected", "unknown-address"])
    #expect(try world.project.read("sluice.state.json") == before)
    #expect(!world.project.contains("sluice.state.json.backup"))
    #expect(try await world.sluice("state", "rm", "flow/b", "--force").status == 0)
    #expect(try await world.sluice("state", "list").output == "authorizer/wh\ndestination/wh\nflow/a\n")
  }

  @Test("is a document for programs") func documents() async throws {
    let world = try await applied("a: \(Self.flow)")
    #expect(
      try await world.document("state", "list").json
        == ["formatVersion": 1, "resources": ["authorizer/wh", "destination/wh", "flow/a"]])
    let shown = try await world.document("state", "show", "flow/a").json
    #expect(shown["formatVersion"] == 1)
    #expect(shown["address"] == "flow/a")
    #expect(shown["table"] == "public.t")
    let people = try await world.sluice("state", "show", "flow/a").output
    #expect(try JSONValue(parsing: people)["formatVersion"] == nil)
  }

  private func applied(_ flows: String) async throws -> World {
    let world = try World(flows, files: Self.files)
    let outcome = try await world.sluice("apply", "--yes")
    #expect(outcome.status == 0, "\(outcome.error)")
    return world
  }
}
