import JSON
import TestSupport
import Testing

/// `run --failed` repeats what failed, as the ledgers have it.
@Suite("run --failed", .freshDatabase, .timeLimit(.minutes(15)))
struct RunFailedTests {
  static let flows = """
    bad: {source: {path: bad.csv}, destination: wh, writeMode: truncate_insert, columns: {id: bigint}}
    child: {source: {path: ok.csv}, destination: wh, writeMode: truncate_insert, after: [bad]}
    fine: {source: {path: ok.csv}, destination: wh, writeMode: truncate_insert}
    grandchild: {source: {path: ok.csv}, destination: wh, writeMode: truncate_insert, after: [child, fine]}
    elsewhere: {source: {path: bad.csv}, destination: other, writeMode: truncate_insert, columns: {id: bigint}}
    """
  static let connection = """
    authorizers:
      wh: {url: {env: DATABASE_URL}}
      second: {url: {env: DATABASE_URL}}
    destinations:
      wh: {authorizer: wh, defaultSchema: public}
      other: {authorizer: second, defaultSchema: other}

    """

  private func world() async throws -> World {
    let world = try World(
      Self.flows, files: ["ok.csv": "id\n1\n", "bad.csv": "id\none\n"], connection: Self.connection)
    try await world.database.execute("CREATE SCHEMA other")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    return world
  }

  /// The status of each flow of a run.
  private func statuses(_ stream: Stream) -> [String: String] {
    Dictionary(
      stream.events("finished").map { ($0["flow"]?.stringValue ?? "", $0["status"]?.stringValue ?? "") },
      uniquingKeysWith: { first, _ in first })
  }

  @Test("runs those that failed, and those that were skipped for it, until they are loaded")
  func repeated() async throws {
    let world = try await world()
    #expect(try await world.sluice("run", "--failed").status == 0, "nothing has failed yet")
    #expect(try await world.sluice("run").status == 1)
    let second = try await world.stream("run", "--failed")
    #expect(second.status == 1)
    #expect(
      statuses(second) == ["bad": "failed", "child": "skipped", "grandchild": "skipped", "elsewhere": "failed"])

    // Another machine has nothing but the state and the ledgers.
    let elsewhere = try World(Self.flows, files: ["ok.csv": "id\n1\n"], connection: Self.connection)
    try elsewhere.project.write(try world.project.read("sluice.state.json"), to: "sluice.state.json")
    try elsewhere.project.write("id\n2\n", to: "bad.csv")
    let third = try await elsewhere.stream("run", "--failed", "bad", "child", "fine")
    #expect(third.status == 0)
    #expect(statuses(third) == ["bad": "loaded", "child": "loaded"])

    // `bad` has not failed any more, so nobody knows that `grandchild` was skipped for it.
    try world.project.write("id\n3\n", to: "bad.csv")
    #expect(statuses(try await world.stream("run", "--failed")) == ["elsewhere": "loaded"])
    let last = try await world.sluice("run", "--failed")
    #expect(last.status == 0)
    #expect(last.error.contains("No flow's last load has failed."))
    #expect(last.output == "")
  }

  @Test("one that was loaded since is not run, nor is one that is disabled")
  func newer() async throws {
    let world = try await world()
    #expect(try await world.sluice("run").status == 1)
    #expect(try await world.sluice("run", "child").status == 0)
    let run = try await world.stream("run", "--failed", "--exclude", "elsewhere")
    #expect(statuses(run) == ["bad": "failed", "grandchild": "loaded"])
    try world.setFlows(Self.flows.replacing("bad: {", with: "bad: {enabled: false, "))
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(statuses(try await world.stream("run", "--failed")) == ["elsewhere": "failed"])
    #expect(statuses(try await world.stream("run", "--failed", "bad")) == ["bad": "failed"])
  }

  @Test("loads under a former name count")
  func renamed() async throws {
    let world = try await world()
    #expect(try await world.sluice("run").status == 1)
    try world.setFlows(
      Self.flows.replacing("bad: {", with: "worse: {renamedFrom: bad, table: bad, ").replacing(
        "[bad]", with: "[worse]"))
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try world.project.write("id\n4\n", to: "bad.csv")
    let run = try await world.stream("run", "--failed", "--exclude", "elsewhere")
    #expect(statuses(run) == ["worse": "loaded", "child": "loaded", "grandchild": "loaded"])
  }

  @Test("an unreadable ledger is an error")
  func unreadable() async throws {
    let world = try await world()
    try await world.database.execute("DROP TABLE other._sluice_loads")
    let run = try await world.stream("run", "--failed")
    #expect(run.status == 1)
    let diagnostic = run.events("failed").first?["diagnostics"]?.arrayValue?.first
    #expect(diagnostic?["code"] == "ledger")
    #expect(diagnostic?["message"]?.stringValue?.contains("authorizer second") == true)
    #expect(run.events("started").isEmpty)
  }
}
