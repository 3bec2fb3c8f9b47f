import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

@Suite("Days", .freshDatabase)
struct DayTests {
  static func window(_ from: String, _ to: String) throws -> LoadWindow {
    LoadWindow(try #require(DayRange(from: from, to: to)), number: 1, of: 1)
  }

  private static let columns = [("id", "bigint")]

  @Test("A range has the days that PostgreSQL's own arithmetic gives, whatever the day, the numbers and the unit")
  func calendar() async throws {
    var random = SeededGenerator(seed: 20_240_229)
    var cases: [(today: CivilDate, range: RelativeRange)] = []
    // The ends of months and years, leap days and their neighbours come more often than at random.
    let edges = try ["2024-02-29", "2000-02-29", "2100-02-28", "2023-12-31", "2024-01-01", "2024-03-31"].map {
      try #require(CivilDate($0))
    }
    while cases.count < 8000 {
      let edge = try #require(edges.randomElement(using: &random))
      let today =
        Bool.random(using: &random)
        ? edge.advanced(by: Int.random(in: -3...3, using: &random))
        : CivilDate(day: Int.random(in: -20_000...80_000, using: &random))
      let unit = try #require(CalendarUnit.allCases.randomElement(using: &random))
      let from = Int.random(in: 0...(unit == .year ? 90 : 500), using: &random)
      let to = Int.random(in: 0...from, using: &random)
      cases.append((today, try #require(RelativeRange(from: from, unit, to: to))))
    }
    let units = ["d": "day", "w": "week", "m": "month", "y": "year"]
    let found = try await TestDatabase.current.rows(
      """
      SELECT (date_trunc(u, today) - n * ('1 ' || u)::interval)::date,
        (date_trunc(u, today) - m * ('1 ' || u)::interval + ('1 ' || u)::interval - interval '1 day')::date
      FROM unnest(\(value: cases.map(\.today.description))::timestamp[], \(value: cases.map(\.range.from))::int[],
        \(value: cases.map { units[$0.range.unit.rawValue] })::text[], \(value: cases.map(\.range.to))::int[])
        WITH ORDINALITY AS c (today, n, u, m, number)
      ORDER BY number
      """)
    let own = cases.map { $0.range.days(asOf: $0.today) }.map { [$0.from.description, $0.to.description] }
    #expect(found.count == cases.count)
    for (index, pair) in zip(found, own).enumerated() where pair.0 != pair.1 {
      Issue.record("\(cases[index].range) as of \(cases[index].today): \(pair.1), PostgreSQL has \(pair.0)")
    }
  }

  @Test("Windows have the ends that PostgreSQL's own arithmetic gives")
  func windows() async throws {
    var random = SeededGenerator(seed: 7)
    for _ in 0..<12 {
      let from = CivilDate(day: Int.random(in: 10_000...30_000, using: &random))
      let range = try #require(DayRange(from: from, to: from.advanced(by: Int.random(in: 0...4000, using: &random))))
      let unit = try #require(CalendarUnit.allCases.randomElement(using: &random))
      let step = try #require(WindowStep("1\(unit.rawValue)"))
      let name = ["d": "day", "w": "week", "m": "month", "y": "year"][unit.rawValue] ?? ""
      let found = try await TestDatabase.current.rows(
        """
        SELECT min(d)::date, max(d)::date
        FROM generate_series(\(value: range.from.description)::timestamp, \(value: range.to.description)::timestamp, '1 day') d
        GROUP BY date_trunc(\(value: name)::text, d) ORDER BY 1
        """)
      #expect(found == range.windows(step).map { [$0.from.description, $0.to.description] })
    }
  }

  @Test(
    "Today is that of the flow's time zone by the server's clock",
    arguments: ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
  func today(zone: String) async throws {
    func today() async throws -> CivilDate {
      try #require(CivilDate(try await TestDatabase.current.text("SELECT (now() AT TIME ZONE '\(zone)')::date")))
    }
    let world = try await LoadingWorld("CREATE TABLE t (id bigint)")
    let before = try await today()
    for day in (-4...3).map(before.advanced) {
      try world.project.write("id\n\(day.day)\n", to: "in_\(day.description.replacing("-", with: "")).csv")
    }
    var request = world.request("in_{{2d1|Ymd}}.csv", .insert, Self.columns)
    request.timezone = zone
    let outcome = try await world.load(request)
    #expect(outcome.status == .loaded, "\(String(describing: outcome.error))")
    let found = try await world.rows().compactMap { $0.first?.flatMap { Int($0) } }
    // Midnight may pass between the question and the load.
    let after = try await today()
    let expected = [before, after].map { today in (-2 ... -1).map { today.day + $0 } }
    #expect(expected.contains(found))
    let range = try #require(outcome.range)
    #expect([range.from.day, range.to.day] == found)
    #expect(
      try await TestDatabase.current.rows("SELECT range_from, range_to, status FROM _sluice_loads")
        == [[range.from.description, range.to.description, "loaded"]])
  }

  @Test("A zone that the server does not know fails the load")
  func unknownZone() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint)")
    var request = world.request("in_{{2d1|Ymd}}.csv", .insert, Self.columns)
    request.timezone = "Mars/Olympus"
    let outcome = try await world.load(request)
    #expect(outcome.status == .failed)
    #expect(outcome.error?.message.contains("Mars/Olympus") == true, "\(String(describing: outcome.error))")
  }

  @Test(
    "The files of a range are read day by day; days without one are all named, or passed over where that is allowed")
  func files() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id bigint, file text)",
      files: [
        "in/1.1/a.csv": "id\n1\n", "in/1.1/b.csv": "id\n2\n", "in/2.1/a.csv": "id\n3\n", "in/10.1/a.csv": "id\n4\n",
        "in/9.1/note.txt": "",
      ])
    func load(_ path: String, _ from: String, _ to: String, allowEmpty: Bool = false) async throws -> LoadOutcome {
      var request = world.request(path, .truncateInsert, Self.columns) { $0.allowEmpty = allowEmpty }
      request.columns.append(TargetColumn(name: "file", type: "text", from: .file))
      request.window = try Self.window(from, to)
      return try await world.load(request)
    }
    let both = try await load("in/{{1d1|j.n}}/*.csv", "2024-01-01", "2024-01-02")
    #expect(both.files == ["in/1.1/a.csv", "in/1.1/b.csv", "in/2.1/a.csv"], "\(both)")
    let missing = try await load("in/{{1d1|j.n}}/*.csv", "2024-01-01", "2024-01-10")
    #expect(
      missing.error?.message == """
        7 of the 10 files of in/{{1d1|j.n}}/*.csv are missing: in/3.1/*.csv, in/4.1/*.csv, in/5.1/*.csv, in/6.1/*.csv, \
        in/7.1/*.csv and 2 more
        """)
    #expect(missing.error?.code == "source-readable")
    #expect(try await world.rows("id") == [["1"], ["2"], ["3"]])
    // The tenth day's name comes before the second's, and its file is read behind it all the same.
    let some = try await load("in/{{1d1|j.n}}/*.csv", "2024-01-01", "2024-01-10", allowEmpty: true)
    #expect(some.files.last == "in/10.1/a.csv")
    let one = try await load("in/{{1d1|j.n}}/a.csv", "2024-01-05", "2024-01-05")
    #expect(one.error?.message == "there is no file in/5.1/a.csv in the project")
    // A format that several days share is one file.
    #expect(try await load("in/{{1d1|n}}.1/a.csv", "2024-01-01", "2024-01-31").files == ["in/1.1/a.csv"])
    let none = try await load("in/{{1d1|j.n}}/a.csv", "2024-02-05", "2024-02-06", allowEmpty: true)
    #expect(none.status == .empty || none.counts.deleted > 0, "\(none)")
    #expect(try await world.rows() == [])
  }

  @Test(
    "Each write mode takes a range without any file",
    arguments: [Flow.WriteMode.insert, .insertIgnore, .upsert, .delete])
  func noFiles(mode: Flow.WriteMode) async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint PRIMARY KEY)")
    var request = world.request("{{1d1|Ymd}}.csv", mode, Self.columns, key: mode.needsKey ? ["id"] : []) {
      $0.allowEmpty = true
    }
    request.window = try Self.window("2024-01-01", "2024-01-02")
    let outcome = try await world.load(request)
    #expect(outcome.status == .empty, "\(outcome)")
    #expect(
      try await TestDatabase.current.rows("SELECT range_from, range_to, status FROM _sluice_loads")
        == [["2024-01-01", "2024-01-02", "empty"]])
  }

  @Test("A window that was loaded is skipped under the table's lock, but not one that was not over then")
  func once() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id bigint)", files: ["20240101.csv": "id\n1\n", "20240102.csv": "id\n2\n"])
    func request(_ from: String, _ to: String, again: Bool = false) throws -> LoadRequest {
      var request = world.request("{{1d1|Ymd}}.csv", .insert, Self.columns) { $0.files = .all }
      request.window = try Self.window(from, to)
      request.again = again
      return request
    }
    #expect(try await world.load(request("2024-01-01", "2024-01-01")).status == .loaded)
    #expect(try await world.load(request("2024-01-01", "2024-01-01")).status == .skipped)
    #expect(try await world.load(request("2024-01-02", "2024-01-02")).status == .loaded)
    // Both days were loaded, if not by one load.
    #expect(try await world.load(request("2024-01-01", "2024-01-02")).status == .skipped)
    #expect(try await world.load(request("2024-01-01", "2024-01-02", again: true)).status == .loaded)
    #expect(try await world.rows() == [["1"], ["1"], ["2"], ["2"]])
    // Had they been loaded on the day itself, more rows might have come later.
    try await TestDatabase.current.execute("UPDATE _sluice_loads SET started = '2024-01-02 23:59Z'")
    #expect(try await world.load(request("2024-01-01", "2024-01-01")).status == .skipped)
    #expect(try await world.load(request("2024-01-02", "2024-01-02")).status == .loaded)
  }

  @Test("A ledger without columns for ranges is an error of a backfill, with what its owner has to run")
  func oldLedger() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id bigint)", files: ["20240101.csv": "id\n1\n"])
    try await TestDatabase.current.execute("ALTER TABLE _sluice_loads DROP COLUMN range_from, DROP COLUMN range_to")
    var request = world.request("{{1d1|Ymd}}.csv", .insert, Self.columns)
    request.window = try Self.window("2024-01-01", "2024-01-01")
    let error = try #require(try await world.load(request).error)
    #expect(error.code == "ledger")
    for statement in error.help.dropFirst() { try await TestDatabase.current.execute(statement) }
    #expect(try await world.load(request).status == .loaded)
  }
}
