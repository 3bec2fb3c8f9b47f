import JSON
import Postgres
import TestSupport
import Testing

/// `status` tells what the ledgers and the locks do.
@Suite("status", .freshDatabase, .timeLimit(.minutes(15)))
struct StatusTests {
  static let flows = """
    good: {source: {path: ok.csv}, destination: wh, writeMode: truncate_insert, schedule: "* * * * *", timezone: Asia/Tokyo}
    bad: {source: {path: bad.csv}, destination: wh, writeMode: truncate_insert, columns: {id: bigint}, retry: {attempts: 2}}
    off: {source: {path: ok.csv}, destination: wh, writeMode: truncate_insert, enabled: false}
    """

  private func world() async throws -> World {
    let world = try World(Self.flows, files: ["ok.csv": "id\n1\n2\n", "bad.csv": "id\none\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    return world
  }

  private func statuses(_ document: Document) -> [String: String] {
    Dictionary(
      (document.json["flows"]?.arrayValue ?? []).map {
        ($0["flow"]?.stringValue ?? "", $0["status"]?.stringValue ?? "")
      }, uniquingKeysWith: { first, _ in first })
  }

  @Test("A failure is tried again until it is broken, and a load by hand mends it")
  func broken() async throws {
    let world = try await world()
    #expect(statuses(try await world.document("status")) == ["good": "live", "bad": "live", "off": "inactive"])
    _ = try await world.sluice("run")
    #expect(statuses(try await world.document("status")) == ["good": "live", "bad": "retrying", "off": "inactive"])
    _ = try await world.sluice("run", "bad")
    let document = try await world.document("status", "bad")
    #expect(document.status == 0)
    let flow = try #require(document.json["flows"]?.arrayValue?.first)
    #expect(flow["status"] == "broken")
    #expect(flow["failures"] == 2)
    #expect(flow["lastSuccess"] == .null)
    #expect(flow["lastFailure"]?["sqlState"] == "22P02")
    #expect(flow["lastLoad"] == flow["lastFailure"])
    #expect(flow["history"]?.arrayValue?.count == 2)
    let short = try await world.document("status", "bad", "--limit", "1").json["flows"]?.arrayValue?.first
    #expect(short?["history"]?.arrayValue?.count == 1)

    try world.project.write("id\n3\n", to: "bad.csv")
    _ = try await world.sluice("run", "bad")
    let mended = try #require(try await world.document("status", "bad").json["flows"]?.arrayValue?.first)
    #expect(mended["status"] == "live")
    #expect(mended["failures"] == 0)
    #expect(mended["lastSuccess"]?["inserted"] == 1)
    #expect(mended["lastFailure"]?["status"] == "failed")
    let shown = try await world.sluice("status", "bad")
    #expect(shown.output.contains("flow/bad  live"))
    #expect(shown.output.contains("SQLSTATE 22P02: "))
    #expect(!shown.output.contains("one"), "the ledger holds no values")
  }

  @Test("A flow that is being loaded is running, and who loads it is said")
  func running() async throws {
    let world = try await world()
    let program = "echo id; until [ -e go ]; do sleep 0.05; done; echo 1"
    try world.setFlows(
      Self.flows + """

        slow:
          source: {command: [sh, -c, "\(program)"], format: csv}
          destination: wh
          writeMode: insert
          columns: {id: bigint}
        """)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    async let run = world.sluice("run", "slow")
    try await world.database.wait(
      until: """
        SELECT count(*) = 1 FROM pg_locks
        WHERE locktype = 'advisory' AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """)
    let flow = try #require(try await world.document("status", "slow").json["flows"]?.arrayValue?.first)
    #expect(flow["status"] == "running")
    #expect(flow["running"]?["by"]?.stringValue?.hasPrefix("sluice flow/slow on ") == true)
    try world.project.write("", to: "go")
    #expect(try await run.status == 0)
    #expect(statuses(try await world.document("status", "slow")) == ["slow": "live"])
  }

  @Test("A schedule says when the flow is due next, and one that was not loaded since its last slot is late")
  func schedule() async throws {
    let world = try await world()
    _ = try await world.sluice("run", "good")
    try await world.database.execute("UPDATE _sluice_loads SET started = started - interval '1 hour'")
    let before = try await world.database.value("SELECT now()")
    let late = try #require(try await world.document("status", "good").json["flows"]?.arrayValue?.first)
    let seconds = try #require(late["lateSeconds"].flatMap { Double($0.text(.line)) })
    #expect((0..<60).contains(seconds))
    let next = try #require(late["nextRun"]?.stringValue)
    // Minutes may pass while the command runs.
    let isNext = try await world.database.value(
      """
      SELECT date_trunc('minute', \(value: next)::timestamptz) = \(value: next)::timestamptz
        AND \(value: next)::timestamptz > \(value: before)::timestamptz
        AND \(value: next)::timestamptz <= now() + interval '1 minute'
      """)
    #expect(isNext == "t", "\(next)")
    #expect(try await world.sluice("status").output.contains("live, late by "))
  }

  @Test("An authorizer that cannot be reached is said, and the others are shown")
  func unreachable() async throws {
    let connection = """
      authorizers:
        wh: {url: {env: DATABASE_URL}}
        away: {url: {env: AWAY_URL}}
      destinations:
        wh: {authorizer: wh, defaultSchema: public}
        away: {authorizer: away, defaultSchema: public}

      """
    var world = try World(
      Self.flows + "\naway: {source: {path: ok.csv}, destination: away, writeMode: truncate_insert}",
      files: ["ok.csv": "id\n1\n", "bad.csv": "id\none\n"], connection: connection)
    world.environment["AWAY_URL"] = world.url
    #expect(try await world.sluice("apply", "--yes").status == 0)
    world.environment["AWAY_URL"] = "postgresql://nobody@/nowhere?host=/nonexistent"
    let document = try await world.document("status")
    #expect(document.status == 1)
    #expect(statuses(document) == ["good": "live", "bad": "live", "off": "inactive"])
    #expect(document.diagnostics("connection").count == 1)
    #expect(try await world.sluice("status", "nothing").error.contains("flow/nothing was never applied"))
  }
}
