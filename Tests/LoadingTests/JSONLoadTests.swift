import Catalog
import Diagnostics
import JSON
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

@testable import Loading

@Suite("Loads of JSON", .freshDatabase, .timeLimit(.minutes(15)))
struct JSONLoadTests {
  static let columns = [
    ("id", "bigint"), ("n", "numeric"), ("f", "double precision"), ("ok", "boolean"), ("at", "timestamptz"),
    ("s", "text"), ("j", "jsonb"), ("raw", "json"),
  ]
  static let table =
    "CREATE TABLE t (id bigint, n numeric, f double precision, ok boolean, at timestamptz, s text, j jsonb, raw json)"
  static let objects = [
    #"{"id":1,"n":1234567890123456789.123456789012345600,"f":1e-7,"ok":true,"at":"2024-05-01T09:15:00Z","s":"a\n\u017e\ud83d\ude00","j":{"b":1.10,"a":[null]},"raw":{ "z":1,  "a":2}}"#,
    #"{"s":"","raw":"text","j":"text","id":2,"ok":null}"#,
    #"{"id":"3","n":"1.50","ok":"false","s":12.50,"j":7,"raw":[1]}"#,
    #"{"s":true,"id":4,"raw":false,"j":true}"#, #"{"s":{"k":"v"},"id":5}"#,
  ]

  @Test(
    "scalars become what they are, nested values stay as they are, what is left out is NULL", arguments: [false, true])
  func values(isArray: Bool) async throws {
    let text = isArray ? "[\(Self.objects.joined(separator: ",\n"))]" : Self.objects.joined(separator: "\n")
    let name = isArray ? "in.json" : "in.jsonl"
    let world = try await LoadingWorld(Self.table, files: [name: text])
    let outcome = try await world.load(world.request(name, .insert, Self.columns))
    #expect(outcome.status == .loaded, "\(outcome.error?.message ?? "")")
    #expect(
      try await world.rows("id, n, f, ok, at AT TIME ZONE 'UTC', s, j, raw") == [
        [
          "1", "1234567890123456789.123456789012345600", "1e-07", "t", "2024-05-01 09:15:00", "a\nž😀",
          #"{"a": [null], "b": 1.10}"#, #"{ "z":1,  "a":2}"#,
        ],
        ["2", nil, nil, nil, nil, "", #""text""#, #""text""#], ["3", "1.50", nil, "f", nil, "12.50", "7", "[1]"],
        ["4", nil, nil, nil, nil, "true", "true", "false"], ["5", nil, nil, nil, nil, #"{"k":"v"}"#, nil, nil],
      ])
  }

  @Test("what comes out of PostgreSQL as JSON goes in as the same", arguments: ["insert", "upsert"])
  func roundTrip(mode: String) async throws {
    let world = try await LoadingWorld(Self.table + "; ALTER TABLE t ADD PRIMARY KEY (id)")
    try await world.database.execute(
      """
      INSERT INTO t SELECT i, i / 7.0, sqrt(i), i % 3 = 0, '2024-01-01T00:00:00Z'::timestamptz + i * interval '1 second',
        repeat(chr(i % 250 + 1) || '"\\', i % 20), json_build_object('a', i), json_build_array(i, chr(i % 250 + 1))
      FROM generate_series(1, 5000) i;
      CREATE TABLE was AS SELECT * FROM t
      """)
    let lines = try await world.database.rows("SELECT row_to_json(t) FROM t")
    try world.project.write(lines.compactMap { $0[0] }.joined(separator: "\n"), to: "in.jsonl")
    try await world.database.execute("DELETE FROM t")
    let request = world.request(
      "in.jsonl", mode == "upsert" ? .upsert : .insert, Self.columns, key: mode == "upsert" ? ["id"] : [])
    let outcome = try await world.load(request)
    #expect(outcome.counts.words == "read 5000, inserted 5000", "\(outcome.error?.message ?? "")")
    #expect(
      try await world.database.value(
        "SELECT count(*) FROM (SELECT t::text FROM t EXCEPT SELECT was::text FROM was) d") == "0")
  }

  @Test("a value that does not fit is told with file, line, column and value")
  func badValue() async throws {
    let world = try await LoadingWorld(
      Self.table,
      files: [
        "in.jsonl": "{\"id\":1}\n{\"s\":\"é\", \"id\":\"two\"}\n", "in.json": "[{\"id\":1},\n {\"s\":1,\n\"id\": 2.5}]",
      ]
    )
    let lines = try await world.load(world.request("in.jsonl", .insert, Self.columns))
    #expect(lines.error?.message.contains("\"two\" does not fit column id") == true)
    #expect(lines.error?.place == Place(file: "in.jsonl", line: 2, column: 16, endColumn: 19))
    let array = try await world.load(world.request("in.json", .insert, Self.columns))
    #expect(array.error?.message.contains("\"2.5\" does not fit column id") == true)
    #expect(array.error?.place == Place(file: "in.json", line: 3, column: 7, endColumn: 10))
    #expect(try await world.rows().isEmpty)
  }

  @Test("what is no JSON fails an insert, and is a reject of insert_ignore, which goes on at the next line")
  func invalid() async throws {
    let world = try await LoadingWorld(
      Self.table,
      files: [
        "in.jsonl":
          "{\"id\":1}\n{\"id\":2,\n{\"id\":3,\"x\":{}}\n[4]\n{\"id\":5,\"s\":\"\\u0000\"}\n{\"id\":\"six\",\"new\":1}\n"
      ])
    let failed = try await world.load(world.request("in.jsonl", .insert, Self.columns))
    #expect(failed.error?.code == "bad-row")
    #expect(failed.error?.place?.line == 2)
    #expect(try await world.rows().isEmpty)
    let request = world.request("in.jsonl", .insertIgnore, Self.columns)
    let outcome = try await world.load(request)
    #expect(outcome.counts.words == "read 6, inserted 2, rejected 4", "\(outcome.error?.message ?? "")")
    #expect(try await world.rows("id") == [["1"], ["3"]])
    let rejects = try world.project.read(".sluice/rejects/flow/\(request.load).jsonl").split(separator: "\n")
      .map { try JSONValue(parsing: String($0)) }
    #expect(Set(rejects.map { $0["line"]?.intValue }) == [2, 4, 5, 6])
  }

  @Test("fields that are new since apply are counted in the ledger")
  func newFields() async throws {
    let world = try await LoadingWorld(
      Self.table,
      files: [
        "a.jsonl": "{\"id\":1,\"old\":1}\n{\"id\":2,\"new\":1}\n", "b.jsonl": "{\"id\":3,\"newer\":1,\"s\":\"\"}\n",
      ])
    var request = world.request("*.jsonl", .insert, Self.columns)
    request.knownFields = ["id", "n", "f", "ok", "at", "s", "j", "raw", "old"]
    #expect(try await world.load(request).status == .loaded)
    #expect(try await world.database.value("SELECT new_fields FROM _sluice_loads") == "2")
  }

  @Test("objects that are larger than the window, and long arrays, are read whole")
  func large() async throws {
    let long = String(repeating: "x", count: 3 << 20)
    let text = "[" + (1...3).map { "{\"id\":\($0),\"s\":\"\(long)\"}" }.joined(separator: ",") + "]"
    let world = try await LoadingWorld(Self.table, files: ["in.json": text])
    #expect(try await world.load(world.request("in.json", .insert, Self.columns)).counts.words == "read 3, inserted 3")
    #expect(try await world.rows("id, length(s)") == (1...3).map { ["\($0)", "\(3 << 20)"] })
  }
}
