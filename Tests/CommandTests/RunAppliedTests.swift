import JSON
import TestSupport
import Testing

/// What `run` says of manifests that are not applied.
@Suite("run of what was applied", .freshDatabase, .timeLimit(.minutes(15)))
struct RunAppliedTests {
  static let flows = """
    a: {source: orders, destination: wh, writeMode: truncate_insert}
    b: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert}
    """

  private func world() async throws -> World {
    let world = try World(Self.flows, files: ["t.csv": "id\n1\n", "u.csv": "id\n2\n"])
    try world.project.write("sources:\n  orders: {path: t.csv}\n", to: "sources.yaml")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    return world
  }

  private func warnings(_ error: String) -> [String] {
    error.split(separator: "\n").filter { $0.hasPrefix("warning[") }.map(String.init)
  }

  @Test("a changed source of a flow is a change that is not applied, for the flows that run")
  func changedSource() async throws {
    let world = try await world()
    #expect(warnings(try await world.sluice("run").error) == [])
    try world.project.write("sources:\n  orders: {path: u.csv}\n", to: "sources.yaml")
    let run = try await world.sluice("run")
    #expect(run.status == 0)
    #expect(
      warnings(run.error) == [
        "warning[changes-not-applied]: flow/a has changes in source/orders that are not applied; it runs as applied"
      ])
    #expect(try await world.database.text("TABLE a") == "1")
    #expect(warnings(try await world.sluice("run", "b").error) == [])
  }

  @Test("a flow that left the manifests runs as applied, with a warning")
  func gone() async throws {
    let world = try await world()
    try world.setFlows(String(Self.flows.split(separator: "\n")[0]))
    let run = try await world.sluice("run", "b")
    #expect(run.status == 0)
    #expect(
      warnings(run.error) == [
        "warning[changes-not-applied]: flow/b is in no manifest any more; it runs as applied"
      ])
    #expect(try await world.database.text("TABLE b") == "1")
  }

  @Test("a flow that was never applied is an error where it is selected, a warning where all are run")
  func neverApplied() async throws {
    let world = try await world()
    try world.setFlows(
      Self.flows + "\nnew: {source: {path: t.csv}, destination: wh, writeMode: insert, labels: {team: x}}")
    let all = try await world.sluice("run")
    #expect(all.status == 0)
    #expect(warnings(all.error) == ["warning[not-applied]: flow/new was never applied, and is not run"])
    #expect(all.error.contains("sluice run --apply new"))
    for arguments in [["new"], ["ne*"], ["--select", "team=x"], ["--select", "flow/new"], ["a", "new"]] {
      let run = try await world.sluice(["run"] + arguments)
      #expect(run.status == 1, "\(arguments)")
      #expect(run.error.contains("error[not-applied]: flow/new was never applied"), "\(arguments): \(run.error)")
      #expect(run.error.contains("sluice run --apply new"))
    }
    #expect(try await world.sluice("run", "ne*", "--apply", "--yes").status == 0)
    #expect(try await world.database.text("TABLE new") == "1")
  }

  @Test("--select and --exclude choose among the enabled flows")
  func selection() async throws {
    let world = try await world()
    func flows(_ arguments: String...) async throws -> [String] {
      try await world.sluice(["run", "--output", "json"] + arguments).output.split(separator: "\n")
        .compactMap { try? JSONValue(parsing: String($0)) }.filter { $0["event"] == "finished" }
        .compactMap { $0["flow"]?.stringValue }.sorted()
    }
    #expect(try await flows() == ["a", "b"])
    #expect(try await flows("--exclude", "a") == ["b"])
    #expect(try await flows("--select", "flow/a") == ["a"])
    #expect(try await flows("a", "flow/b") == ["a", "b"])
    let unknown = try await world.sluice("run", "--exclude", "nothing*")
    #expect(unknown.status == 1)
    #expect(unknown.error.contains("error[selects-nothing]"))
  }
}
