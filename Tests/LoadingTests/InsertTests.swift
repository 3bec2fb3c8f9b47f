import Catalog
import Diagnostics
import JSON
import Loading
import Manifests
import Planning
import Postgres
import SystemPackage
import TestSupport
import Testing

@Suite("insert", .freshDatabase, .timeLimit(.minutes(15)))
struct InsertTests {
  @Test("appends the rows, and writes one row of the ledger")
  func appends() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id bigint, name text, at timestamptz DEFAULT now(), n numeric(6,2)); INSERT INTO t VALUES (0)",
      files: ["in.csv": "n,id,name\n1.005,1,a\n,2,\"\"\n-3,3,\n"])
    let outcome = try await world.load(
      world.request(.insert, [("id", "bigint"), ("name", "text"), ("n", "numeric(6,2)")]))
    #expect(outcome.error == nil)
    #expect(outcome.status == .loaded)
    #expect(outcome.counts.words == "read 3, inserted 3")
    #expect(outcome.files == ["in.csv"])
    #expect(
      try await world.rows("id, name, n, at IS NULL") == [
        ["0", nil, nil, "f"], ["1", "a", "1.01", "f"], ["2", "", nil, "f"], ["3", nil, "-3.00", "f"],
      ])
    #expect(try await world.ledgerRows() == [["loaded", "3", "3", "0", "0", "0", "0", "0", nil, nil]])
  }

  @Test("what psql's \\copy writes is written, byte for byte, for random awkward data")
  func sameAsCopy() async throws {
    let types = [
      ("a", "bigint"), ("b", "numeric"), ("c", "text"), ("d", "date"), ("e", "timestamp with time zone"),
      ("f", "boolean"),
      ("g", "double precision"), ("h", "character varying(30)"), ("i", "jsonb"), ("j", "uuid"), ("k", "bytea"),
      ("l", "character(6)"), ("m", "real"),
    ]
    let values = [
      ["", "0", "-17", " 42 ", "9223372036854775807", "+5"],
      ["", "1.10", "-0.000100", "1e5", "NaN", "12345678901234567890.5"],
      [
        "", "\"\"", "x", "\"say \"\"hi\"\"\"", "\"a\nb\"", "\"c\r\nd\"", "žluť 😀", "back\\slash", "\"\\.\"", "\\N",
        "\"a,b\"", "tab\there",
      ],
      ["", "2024-02-29", "Jan 5 2024", "infinity", "20240105"],
      ["", "2024-01-31 10:00:00+02", "2024-01-31T10:00:00.123456Z", "2024-01-31 10:00:00 Europe/Prague", "epoch"],
      ["", "t", "false", "yes", " on"], ["", "1.5", "-0", "1e300", "NaN", "0.1", "123456789.123456789"],
      ["", "short", "\"\"", "ěščřžýáíé"], ["", "\"{\"\"b\"\": 1, \"\"a\"\": [1.10, null]}\"", "12"],
      ["", "550e8400-e29b-41d4-a716-446655440000", "{550E8400-e29b-41d4-a716-446655440000}"], ["", "\\x00ff", "abc"],
      ["", "ab", "abcdef", "ž"], ["", "1.25", "3.4e38", "0.1"],
    ]
    var random = SeededGenerator(seed: 1)
    var csv = types.map(\.0).joined(separator: ",") + "\n"
    for _ in 0..<3000 {
      csv +=
        values.map { choices in
          // Mostly plain, so that binary and text take turns.
          UInt.random(in: 0..<20, using: &random) == 0
            ? random.pick(choices)
            : choices[min(Int.random(in: 0...2, using: &random), choices.count - 1)]
        }.joined(separator: ",") + "\n"
    }
    let columns = types.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    let world = try await LoadingWorld(
      "CREATE TABLE t (\(columns)); CREATE TABLE u (\(columns))", files: ["in.csv": csv])
    let bytes = Array(csv.utf8)
    try await world.database.perform { database in
      try database.script("SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'")
      _ = try database.copyIn("COPY u FROM STDIN (FORMAT csv, HEADER)") { copy in
        try bytes.withUnsafeBytes { try copy.send($0) }
      }
    }
    let outcome = try await world.load(world.request(.insert, types))
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == "read 3000, inserted 3000")
    let different = try await world.database.rows(
      "SELECT count(*) FROM ((SELECT t::text FROM t EXCEPT ALL SELECT u::text FROM u) UNION ALL (SELECT u::text FROM u EXCEPT ALL SELECT t::text FROM t)) d"
    )
    #expect(different == [["0"]])
  }

  @Test("a table with a type that has no converter goes by text, with the same result")
  func textOnly() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int, a int[], i interval, n numeric)",
      files: [
        "in.csv": "id,a,i,n\n1,\"{1,2}\",1 day,1.10\n2,,,\n\"3\",{},\"\\\",0\n".replacing(",\"\\\",", with: ",02:00,")
      ])
    let outcome = try await world.load(
      world.request(.insert, [("id", "integer"), ("a", "integer[]"), ("i", "interval"), ("n", "numeric")]))
    #expect(outcome.error == nil)
    #expect(
      try await world.rows() == [
        ["1", "{1,2}", "1 day", "1.10"], ["2", nil, nil, nil], ["3", "{}", "02:00:00", "0"],
      ])
  }

  @Test(
    "a bad value fails the load with its place and value, and nothing is written",
    arguments: [
      ("bigint", "abc", "22P02"), ("smallint", "70000", "22003"), ("date", "2024-02-30", "22008"),
      ("interval", "never", "22007"), ("jsonb", "{bad", "22P02"),
    ])
  func badValue(type: String, value: String, state: String) async throws {
    var csv = "id,note,v\n"
    for number in 1...70_100 {
      if number == 60_000 {
        csv += "\(number),\"two\nlines\",\n"
      } else {
        csv += "\(number),ž,\(number == 70_000 ? value : "")\n"
      }
    }
    let world = try await LoadingWorld("CREATE TABLE t (id bigint, note text, v \(type))", files: ["data/in.csv": csv])
    let request = world.request("data/*.csv", .insert, [("id", "bigint"), ("note", "text"), ("v", type)])
    let outcome = try await world.load(request)
    #expect(outcome.status == .failed)
    let error = try #require(outcome.error)
    #expect(error.code == "bad-value")
    #expect(error.place == Place(file: "data/in.csv", line: 70_002, column: 9, endColumn: 9 + value.count))
    #expect(error.message.hasPrefix("\"\(value)\" does not fit column v (\(type)): "))
    #expect(error.help.contains("SQLSTATE \(state)"))
    #expect(try await world.rows().isEmpty)
    #expect(
      try await world.ledgerRows() == [
        ["failed", "0", "0", "0", "0", "0", "0", "0", state, "bad-value in column v at data/in.csv:70002"]
      ])
  }

  @Test("what a constraint refuses is placed too, in binary and text")
  func constraints() async throws {
    let cases: [(String, String, Int, Int)] = [
      ("1,,x", "not-null-violation", 5, 3), ("1,-1,x", "check-violation", 5, 1), ("0,1,x", "duplicate-key", 5, 1),
    ]
    for (row, code, line, column) in cases {
      for doubtful in ["0", " 0"] {
        try await withDatabase { database in
          let project = try TemporaryProject(["in.csv": "id,n,s\n\(doubtful),1,a\n10,1,b\n11,1,c\n\(row)\n12,1,d\n"])
          try await database.execute(LedgerLayout.statements(for: LoadingWorld.ledger).joined())
          try await database.execute("CREATE TABLE t (id int PRIMARY KEY, n int NOT NULL CHECK (n > 0), s text)")
          var source = FileSource()
          source.path = "in.csv"
          let request = LoadRequest(
            project: "p", flow: "f", lineage: "l", root: project.path, sources: [(nil, .files(source))],
            target: LoadingWorld.target, ledger: LoadingWorld.ledger, mode: .insert,
            columns: [("id", "integer"), ("n", "integer"), ("s", "text")].map {
              TargetColumn(name: Identifier($0.0), type: $0.1, from: .field($0.0))
            }, host: "h", sluiceVersion: "0")
          let connection = try await database.connect()
          let outcome = try await load(request, on: connection)
          await connection.close()
          #expect(outcome.error?.code == code)
          // A doubtful row goes after the plain ones, so that a duplicate may be either of the two.
          let isMoved = code == "duplicate-key" && doubtful == " 0"
          #expect(outcome.error?.place == Place(file: "in.csv", line: isMoved ? 2 : line, column: column))
        }
      }
    }
  }

  @Test("a row that is not well-formed fails the load with its place")
  func badRow() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (a int, b int)", files: ["in.csv": "a,b\n1,2\n3\n"])
    let outcome = try await world.load(world.request(.insert, [("a", "integer"), ("b", "integer")]))
    #expect(outcome.error?.code == "bad-row")
    #expect(outcome.error?.place == Place(file: "in.csv", line: 3, column: 2))
    #expect(try await world.ledgerRows().first?.last == "bad-row at in.csv:3")
  }

  @Test("the same files are not loaded twice; a changed one is an error, and --again loads it")
  func newFiles() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (a int)", files: ["1.csv": "a\n1\n", "2.csv": "a\n2\n"])
    func run(again: Bool = false) async throws -> LoadOutcome {
      var request = world.request("*.csv", .insert, [("a", "integer")])
      request.again = again
      return try await world.load(request)
    }
    #expect(try await run().counts.words == "read 2, inserted 2")
    let second = try await run()
    #expect(second.status == .skipped)
    #expect(second.counts.words == "")
    try world.project.write("a\n3\n", to: "3.csv")
    let third = try await run()
    #expect(third.counts.words == "read 1, inserted 1")
    #expect(third.files == ["3.csv"])
    try world.project.write("a\n22\n", to: "2.csv")
    let changed = try await run()
    #expect(changed.error?.code == "file-changed")
    #expect(changed.error?.place?.file == "2.csv")
    #expect(try await run(again: true).counts.words == "read 3, inserted 3")
    #expect(try await world.rows() == [["1"], ["1"], ["2"], ["3"], ["3"], ["22"]])
    #expect(try await run().status == .skipped)
  }

  @Test("an empty source fails unless it may be empty")
  func emptySource() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (a int)", files: ["in.csv": "a\n", "blank.csv": ""])
    for file in ["in.csv", "blank.csv"] {
      let failed = try await world.load(world.request(file, .insert, [("a", "integer")]))
      #expect(failed.error?.code == "source-empty")
      let allowed = try await world.load(world.request(file, .insert, [("a", "integer")]) { $0.allowEmpty = true })
      #expect(allowed.error == nil)
      #expect(allowed.status == .empty)
    }
  }

  @Test("day and month are never guessed; dateOrder says which is which, and timezone what a time means")
  func dates() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (d date, at timestamptz)",
      files: ["in.csv": "d,at\n2024-07-01,2024-07-01 10:00\n05/01/2024,2024-01-01 10:00\n"])
    let columns = [("d", "date"), ("at", "timestamp with time zone")]
    let refused = try await world.load(world.request(.insert, columns))
    #expect(refused.error?.code == "bad-value")
    #expect(refused.error?.place?.line == 3)
    #expect(refused.error?.help == ["write `csv: {dateOrder: dmy}` (or mdy, ymd) on the source"])
    let loaded = try await world.load(
      world.request(.insert, columns) {
        $0.csv.dateOrder = .dmy
        $0.csv.timezone = "Europe/Prague"
      })
    #expect(loaded.error == nil)
    #expect(
      try await world.rows("d, at AT TIME ZONE 'UTC'") == [
        ["2024-01-05", "2024-01-01 09:00:00"], ["2024-07-01", "2024-07-01 08:00:00"],
      ])
  }

  @Test("inline rows go the same way")
  func inlineRows() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (code text, n numeric, j jsonb, line int, file text)")
    var source = RowsSource()
    source.fields = ["code", "n", "j"]
    source.rows = [[.text("a\n\"b\""), .number("1.50"), .nested(["x": 1])], [.text(""), .null, .null]]
    var request = world.request(.rows(source), .insert, [("code", "text"), ("n", "numeric"), ("j", "jsonb")])
    request.columns += [
      TargetColumn(name: "line", type: "integer", from: .line), TargetColumn(name: "file", type: "text", from: .file),
    ]
    #expect(try await world.load(request).error == nil)
    #expect(
      try await world.rows(order: "line") == [["a\n\"b\"", "1.50", "{\"x\": 1}", "1", nil], ["", nil, nil, "2", nil]])
    source.rows.append([.text("c"), .text("much"), .null])
    request.sources = [(nil, .rows(source))]
    request.load = LoadRequest.newLoad()
    let failed = try await world.load(request)
    #expect(failed.error?.message.hasPrefix("row 3: \"much\" does not fit column n (numeric): ") == true)
  }

  @Test("$loadedAt, $loadId, $file and $line fill columns")
  func metadata() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (a int, at timestamptz, id uuid, file text, line bigint)",
      files: ["1.csv": "a\n1\n", "2.csv": "x,a\n\"\n\",2\n,3\n"])
    var request = world.request("*.csv", .insert, [("a", "integer")])
    request.columns += [
      TargetColumn(name: "at", type: "timestamp with time zone", from: .loadedAt),
      TargetColumn(name: "id", type: "uuid", from: .loadID), TargetColumn(name: "file", type: "text", from: .file),
      TargetColumn(name: "line", type: "bigint", from: .line),
    ]
    #expect(try await world.load(request).error == nil)
    #expect(
      try await world.rows("a, now() - at < '1 min', id, file, line") == [
        ["1", "t", request.load, "1.csv", "2"], ["2", "t", request.load, "2.csv", "2"],
        ["3", "t", request.load, "2.csv", "4"],
      ])
  }

  @Test("a missing field is an error; in a union of sources it is NULL")
  func missingField() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (a int, b int)", files: ["1.csv": "a\n1\n", "2.csv": "b,a\n3,2\n"])
    var request = world.request("1.csv", .insert, [("a", "integer"), ("b", "integer")])
    let failed = try await world.load(request)
    #expect(failed.error?.code == "source-field-missing")
    #expect(failed.error?.place == Place(file: "1.csv", line: 1, column: 1))
    var second = FileSource()
    second.path = "2.csv"
    request.sources.append(("b", .files(second)))
    request.load = LoadRequest.newLoad()
    #expect(try await world.load(request).error == nil)
    #expect(try await world.rows() == [["1", nil], ["2", "3"]])
  }

  @Test("INSERT on the columns, and SELECT and INSERT on the ledger, is all that it needs")
  func leastPrivilege() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (a int, b int DEFAULT 7)", files: ["in.csv": "a\n1\n"])
    let role = try await world.database.createRole()
    try await world.database.execute(
      "GRANT INSERT (a) ON t TO \(role); GRANT SELECT, INSERT ON _sluice_loads TO \(role)")
    #expect(try await world.load(world.request(.insert, [("a", "integer")]), as: role).error == nil)
    #expect(try await world.rows() == [["1", "7"]])
  }
}
