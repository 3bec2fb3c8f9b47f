import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

@Suite("Days of rows in databases", .freshDatabase)
struct DatabaseDayTests {
  private static let columns = [("id", "bigint")]

  @Test("A query is asked for the first and the last day, both included", arguments: Way.allCases)
  func query(_ way: Way) async throws {
    try await SourceWorld.with(
      way,
      """
      CREATE TABLE src.t (id bigint, day date);
      INSERT INTO src.t SELECT n, date '2024-01-01' + n::int FROM generate_series(0, 40) n;
      """, target: "CREATE TABLE t (id bigint)"
    ) { world in
      func load(_ query: String, _ change: (inout LoadRequest) throws -> Void) async throws -> LoadOutcome {
        let source = world.table {
          $0.table = nil
          $0.query = query
        }
        var request = world.request(source, .truncateInsert, Self.columns)
        try change(&request)
        return try await world.world.load(request)
      }
      let query = "SELECT id, '{{1}}' AS s FROM src.t WHERE day >= {{start}} AND day <= {{ end }}; "
      let outcome = try await load(query) { $0.window = try DayTests.window("2024-01-03", "2024-01-05") }
      // A window needs a range to take the place of.
      #expect(outcome.error?.code == "range-missing", "\(outcome)")
      let second = try await load(query) { request in
        request.range = RelativeRange("7d1")
        request.window = try DayTests.window("2024-01-03", "2024-01-05")
      }
      #expect(second.error == nil, "\(second)")
      #expect(try await world.world.rows() == [["2"], ["3"], ["4"]])
      // Dates are values, whatever they stand beside.
      let third = try await load(
        "SELECT id FROM src.t WHERE day BETWEEN {{start}} - 1 AND {{end}}::timestamp + '1 day' AND {{end}}>{{start}}"
      ) { request in
        request.range = RelativeRange("7d1")
        request.window = try DayTests.window("2024-01-03", "2024-01-05")
        request.again = true
      }
      #expect(third.error == nil, "\(third)")
      #expect(try await world.world.rows().count == 5)

      let today = try await TestDatabase.current.text("SELECT (now() AT TIME ZONE 'UTC')::date")
      try await world.source.execute(
        "INSERT INTO src.t SELECT 1000 + n, date '\(today)' - n::int FROM generate_series(0, 9) n")
      let now = try await load("SELECT id FROM src.t WHERE day BETWEEN {{start}} AND {{end}}") {
        $0.range = RelativeRange("3d2")
      }
      let ids = try await world.world.rows().compactMap { $0.first?.flatMap { Int($0) } }
      let later = try await TestDatabase.current.text("SELECT (now() AT TIME ZONE 'UTC')::date") != today
      #expect(ids == [1002, 1003] || later, "\(now)")
    }
  }

  @Test(
    "A cursor's windows have each row once, that of its own day, also where clocks are set forward or back",
    arguments: [
      ("Europe/Prague", "2024-03-30", "2024-04-01"), ("Europe/Prague", "2024-10-26", "2024-10-28"),
      ("America/Sao_Paulo", "2018-11-03", "2018-11-05"), ("America/Sao_Paulo", "2018-02-16", "2018-02-19"),
      ("Pacific/Apia", "2011-12-28", "2012-01-01"), ("Asia/Kathmandu", "2024-02-28", "2024-03-01"),
    ],
    [
      (Way.relay, "timestamptz"), (.here, "timestamptz"), (.sameDatabase, "timestamptz"), (.relay, "timestamp"),
      (.relay, "date"),
    ])
  func days(_ zone: (name: String, from: String, to: String), _ reading: (way: Way, type: String)) async throws {
    let type = reading.type
    try await SourceWorld.with(
      reading.way,
      """
      CREATE TABLE src.t (id bigint, at \(type));
      INSERT INTO src.t SELECT row_number() OVER (), a FROM generate_series(
        timestamptz '\(zone.from) 00:00Z' - interval '2 days', timestamptz '\(zone.to) 00:00Z' + interval '2 days',
        interval '20 minutes') a;
      INSERT INTO src.t VALUES (0, NULL), (-1, 'infinity');
      """, target: "CREATE TABLE t (id bigint)"
    ) { world in
      let day = type == "timestamptz" ? "(at AT TIME ZONE '\(zone.name)')::date" : "at::date"
      var all: [[String?]] = []
      for window in try #require(DayRange(from: zone.from, to: zone.to)).windows(try #require(WindowStep("1d"))) {
        var request = world.request(world.table { $0.cursor = Cursor(column: "at") }, .insert, Self.columns)
        request.window = LoadWindow(window, number: 1, of: 1)
        request.timezone = zone.name
        let outcome = try await world.world.load(request)
        #expect(outcome.error == nil, "\(outcome)")
        let expected = try await world.source.rows(
          "SELECT id FROM src.t WHERE \(raw: day) = \(value: window.from.description)::date ORDER BY 1")
        all += expected
        #expect(outcome.counts.read == expected.count, "\(window)")
      }
      #expect(try await world.world.rows() == all)
    }
  }

  @Test("A backfill leaves the cursor where it is; its rows are known by their key", arguments: Way.allCases)
  func cursorStays(_ way: Way) async throws {
    try await SourceWorld.with(
      way,
      """
      CREATE TABLE src.t (id bigint, at timestamptz);
      INSERT INTO src.t SELECT n, timestamptz '2024-01-01 12:00Z' + n * interval '1 day' FROM generate_series(0, 9) n;
      """, target: "CREATE TABLE t (id bigint PRIMARY KEY)"
    ) { world in
      func load(_ from: String? = nil, _ to: String? = nil) async throws -> LoadOutcome {
        var request = world.request(
          world.table { $0.cursor = Cursor(column: "at", initial: "2024-01-08") }, .insert, Self.columns, key: ["id"])
        if let from, let to { request.window = try DayTests.window(from, to) }
        return try await world.world.load(request)
      }
      // Before any other load.
      #expect(try await load("2024-01-01", "2024-01-02").counts.words == "read 2, inserted 2")
      let first = try await load()
      #expect(first.counts.words == "read 3, inserted 3")
      #expect(first.cursor?.from == "2024-01-08")
      let back = try await load("2024-01-05", "2024-01-08")
      #expect(back.counts.words == "read 4, inserted 3, unchanged 1", "\(back)")
      #expect(back.cursor == nil)
      try await world.source.execute("INSERT INTO src.t VALUES (10, '2024-01-11 12:00Z'), (11, '2024-01-04 12:00Z')")
      let next = try await load()
      #expect(next.cursor?.from == "2024-01-10 12:00:00+00")
      #expect(next.counts.inserted == 1)
      #expect(
        try await world.world.rows().map { $0[0] ?? "" } == ["0", "1", "4", "5", "6", "7", "8", "9", "10"])
      // An empty window is one that was loaded.
      #expect(try await load("2023-01-01", "2023-01-31").status == .empty)
      #expect(try await load("2023-01-01", "2023-01-31").status == .skipped)
    }
  }

  @Test("A cursor whose values lie in no days cannot be backfilled, unless the query gives the window's rows")
  func number() async throws {
    try await SourceWorld.with(
      .relay,
      """
      CREATE TABLE src.t (id bigint, day date);
      INSERT INTO src.t SELECT n, date '2024-01-01' + n::int FROM generate_series(0, 9) n;
      """, target: "CREATE TABLE t (id bigint)"
    ) { world in
      var request = world.request(world.table { $0.cursor = Cursor(column: "id") }, .insert, Self.columns)
      request.window = try DayTests.window("2024-01-01", "2024-01-01")
      let error = try #require(try await world.world.load(request).error)
      #expect(error.code == "backfill-unbounded")
      #expect(error.message.contains("is of type bigint"))
      let source = world.table {
        $0.table = nil
        $0.query = "SELECT id FROM src.t WHERE day BETWEEN {{start}} AND {{end}}"
        $0.cursor = Cursor(column: "id")
      }
      request = world.request(source, .insert, Self.columns)
      request.range = RelativeRange("1d1")
      request.window = try DayTests.window("2024-01-03", "2024-01-04")
      let outcome = try await world.world.load(request)
      #expect(outcome.error == nil, "\(outcome)")
      #expect(outcome.cursor == nil)
      #expect(try await world.world.rows() == [["2"], ["3"]])
    }
  }
}
