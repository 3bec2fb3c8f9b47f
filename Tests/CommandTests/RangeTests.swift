import JSON
import TestSupport
import Testing

/// What a plan, a preview and a run make of ranges.
@Suite("Ranges", .freshDatabase, .timeLimit(.minutes(15)))
struct RangeTests {
  private static let query =
    "SELECT id, day FROM public.visits WHERE day BETWEEN {{start}} AND {{end}}"

  /// A world in which `public.visits` has a row for each of the last ten days.
  private static func world(_ flows: String, files: [String: String] = [:]) async throws -> World {
    try await TestDatabase.current.execute(
      """
      CREATE TABLE public.visits (id bigint, day date);
      INSERT INTO public.visits SELECT n, (now() AT TIME ZONE 'UTC')::date - n::int FROM generate_series(0, 9) n;
      """)
    return try World(flows, files: files)
  }

  @Test("A query with days is described and explained by the plan, in a constant number of round trips, and loaded")
  func query() async throws {
    let world = try await Self.world(
      """
      visits:
        source: {authorizer: wh, query: "\(Self.query)"}
        destination: wh
        writeMode: truncate_insert
        table: seen
        range: 3d1
      """)
    let plan = try await world.document("plan")
    #expect(plan.status == 0, "\(plan.diagnostics())")
    let statement = plan.step("flow/visits")?["statements"]?.strings.first ?? ""
    #expect(statement.contains("id bigint") && statement.contains("day date"), "\(statement)")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
    let run = try await world.stream("run")
    #expect(run.status == 0, "\(run.error)")
    let range = run.outcome("visits")?["range"]
    let expected = try await world.database.text(
      "SELECT concat_ws('|', min(id), max(id), min(day), max(day)) FROM seen")
    // Midnight may pass meanwhile.
    let days = "|\(range?["from"]?.stringValue ?? "")|\(range?["to"]?.stringValue ?? "")"
    #expect(expected == "1|3" + days || expected.hasSuffix(days), "\(expected)")
    #expect(try await world.document("preview", "visits").json["rows"]?.arrayValue?.count == 3)

    let state = try await world.document("state", "show", "flow/visits")
    #expect(state.json["resource"]?["spec"]?["range"] == "3d1" || state.json.text(.line).contains("\"range\":\"3d1\""))
    try world.setFlows(
      """
      visits:
        source: {authorizer: wh, query: "\(Self.query)"}
        destination: wh
        writeMode: truncate_insert
        table: seen
        range: 4d1
      """)
    let changed = try await world.document("plan")
    #expect(
      changed.step("flow/visits")?["changes"]?.arrayValue?.first.map { $0["path"] == "range" && $0["after"] == "4d1" }
        == true, "\(changed.json)")
  }

  @Test("A mistake in a query behind a placeholder is placed where it is written")
  func mistake() async throws {
    let world = try await Self.world(
      """
      visits:
        source: {authorizer: wh, query: "SELECT id FROM public.visits WHERE day >= {{start}} AND {{end}} >= dayy"}
        destination: wh
        table: seen
        range: 3d1
      """)
    let plan = try await world.sluice("plan")
    #expect(plan.status == 1)
    let column = try #require(
      try world.project.read("flows.yaml").split(separator: "\n").first { $0.contains("dayy") }?.firstRange(of: "dayy"))
    let line = try #require(try world.project.read("flows.yaml").split(separator: "\n").first { $0.contains("dayy") })
    let number = line.distance(from: line.startIndex, to: column.lowerBound) + 1
    #expect(plan.error.contains("flows.yaml:3:\(number)"), "\(plan.error)")
  }

  @Test("A plan looks into the files of a range that are there, by the server's day; one without any is a mistake")
  func files() async throws {
    let world = try await Self.world(
      """
      found: {source: {path: "in/{{7d0|Ymd}}.csv"}, destination: wh}
      none: {source: {path: "out/{{7d0|Ymd}}.csv"}, destination: wh}
      zone: {source: {path: "in/{{7d0|Ymd}}.csv"}, destination: wh, timezone: Mars/Olympus}
      """)
    let yesterday = try await world.database.text("SELECT to_char((now() AT TIME ZONE 'UTC')::date - 1, 'YYYYMMDD')")
    try world.project.write("id,name\n1,a\n", to: "in/\(yesterday).csv")
    let plan = try await world.document("plan")
    #expect(plan.action("flow/found") == "create", "\(plan.diagnostics())")
    #expect(plan.step("flow/found")?["statements"]?.strings.first?.contains("name text") == true)
    #expect(plan.action("flow/none") == "blocked")
    #expect(plan.action("flow/zone") == "blocked")
    #expect(
      plan.diagnostics("source-readable").compactMap { $0["message"]?.stringValue }.contains {
        $0.hasPrefix("8 of the 8 files of out/{{7d0|Ymd}}.csv are missing: out/")
      }, "\(plan.diagnostics())")
    #expect(
      plan.diagnostics("source-readable").compactMap { $0["message"]?.stringValue }.contains {
        $0.hasPrefix("the server knows no time zone `Mars/Olympus`")
      })
    // Without a server there is no day, and no file is looked for.
    #expect(try await world.sluice("plan", "--offline").status == 0)
  }

  @Test("With --untrusted a path of days may not lead out of the project either")
  func untrusted() async throws {
    let world = try World("a: {source: {path: \"../{{7d0|Ymd}}/x.csv\"}, destination: wh}")
    let outcome = try await world.sluice("validate", "--untrusted")
    #expect(outcome.status == 1)
    #expect(outcome.error.contains("untrusted"))
  }
}
