import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import TestSupport
import Testing

@Suite("A cursor", .freshDatabase)
struct CursorTests {
  private static let columns = [("id", "bigint"), ("name", "text")]

  private static func with(_ way: Way, _ body: (SourceWorld) async throws -> Void) async throws {
    try await SourceWorld.with(
      way,
      """
      CREATE TABLE src.t (id bigint, name text, at timestamptz);
      INSERT INTO src.t VALUES (1, 'a', '2024-01-01 10:00Z'), (2, 'b', '2024-01-01 11:00Z');
      """, target: "CREATE TABLE t (id bigint, name text)", body)
  }

  private static func load(
    _ world: SourceWorld, _ mode: Flow.WriteMode, key: [Identifier] = [], cursor: Cursor = Cursor(column: "at"),
    _ change: (inout LoadRequest) -> Void = { _ in }
  ) async throws -> LoadOutcome {
    var request = world.request(world.table { $0.cursor = cursor }, mode, columns, key: key)
    change(&request)
    return try await world.world.load(request)
  }

  private static func table() async throws -> String {
    try await TestDatabase.current.text("SELECT * FROM t ORDER BY 1, 2").replacing("\n", with: ";")
  }

  @Test("reads on from where the last load ended; what it reads again is known by the key", arguments: Way.allCases)
  func goesOn(_ way: Way) async throws {
    try await Self.with(way) { world in
      try await TestDatabase.current.execute("ALTER TABLE t ADD PRIMARY KEY (id)")
      let first = try await Self.load(world, .upsert, key: ["id"])
      #expect(first.counts.words == "read 2, inserted 2", "\(first)")
      #expect(first.cursor == LoadOutcome.CursorRange(from: nil, to: "2024-01-01 11:00:00+00"))
      let nothing = try await Self.load(world, .upsert, key: ["id"])
      #expect(nothing.status == .empty)
      #expect(nothing.error == nil)
      #expect(nothing.cursor?.to == "2024-01-01 11:00:00+00")
      // One is changed, one is new, one was committed late with the last value, one four minutes before it, one too late.
      try await world.source.execute(
        """
        UPDATE src.t SET name = 'A', at = '2024-01-01 12:00Z' WHERE id = 1;
        INSERT INTO src.t VALUES (3, 'c', '2024-01-01 12:00Z'), (4, 'd', '2024-01-01 11:00Z'),
          (5, 'e', '2024-01-01 10:56Z'), (6, 'f', '2024-01-01 10:50Z');
        """)
      let second = try await Self.load(world, .upsert, key: ["id"])
      #expect(second.counts.words == "read 5, inserted 3, updated 1, unchanged 1", "\(second)")
      #expect(
        second.cursor
          == LoadOutcome.CursorRange(from: "2024-01-01 11:00:00+00", to: "2024-01-01 12:00:00+00"))
      #expect(try await Self.table() == "1|A;2|b;3|c;4|d;5|e")
      #expect(
        try await TestDatabase.current.text(
          "SELECT status, cursor_from, cursor_to FROM _sluice_loads ORDER BY finished")
            == """
            loaded||2024-01-01 11:00:00+00
            empty|2024-01-01 11:00:00+00|2024-01-01 11:00:00+00
            loaded|2024-01-01 11:00:00+00|2024-01-01 12:00:00+00
            """)
      let full = try await Self.load(world, .upsert, key: ["id"]) { $0.fullRefresh = true }
      #expect(full.counts.words == "read 6, inserted 1, unchanged 5", "\(full)")
    }
  }

  @Test(
    "in insert mode rows whose key is there are left out; without a key none is read twice", arguments: Way.allCases)
  func appends(_ way: Way) async throws {
    for (mode, key) in [
      (Flow.WriteMode.insert, ["id"]), (.insertIgnore, ["id"]), (.insert, []), (.insertIgnore, []),
    ] as [(Flow.WriteMode, [Identifier])] {
      try await Self.with(way) { world in
        #expect(try await Self.load(world, mode, key: key).counts.words == "read 2, inserted 2")
        let again = try await Self.load(world, mode, key: key)
        #expect(again.status == .empty, "\(mode) \(key) \(again)")
        try await world.source.execute(
          "INSERT INTO src.t VALUES (3, 'c', '2024-01-01 11:00Z'), (4, 'd', '2024-01-01 12:00Z')")
        let next = try await Self.load(world, mode, key: key)
        #expect(
          next.counts.words == (key.isEmpty ? "read 1, inserted 1" : "read 3, inserted 2, unchanged 1"),
          "\(mode) \(key) \(next)")
        #expect(try await Self.table() == (key.isEmpty ? "1|a;2|b;4|d" : "1|a;2|b;3|c;4|d"))
        try await world.source.execute("DROP SCHEMA src CASCADE")
        try await TestDatabase.current.execute("DROP TABLE t, _sluice_loads")
      }
    }
  }

  @Test(
    "starts at `initial`; rows without a place in its order are counted, said, and never loaded",
    arguments: Way.allCases)
  func initial(_ way: Way) async throws {
    try await Self.with(way) { world in
      try await world.source.execute("INSERT INTO src.t VALUES (3, 'c', NULL), (4, 'd', 'infinity')")
      let outcome = try await Self.load(
        world, .insert, cursor: Cursor(column: "at", initial: "2024-01-01 10:30+00"))
      #expect(outcome.counts.words == "read 1, inserted 1", "\(outcome)")
      #expect(outcome.warnings.map(\.code) == ["cursor-null"])
      #expect(outcome.warnings.first?.message.contains("2 rows of") == true)
      #expect(try await Self.table() == "2|b")
      try await world.source.execute("INSERT INTO src.t VALUES (5, 'e', '2024-01-02')")
      #expect(try await Self.load(world, .insert).counts.words == "read 1, inserted 1")
    }
  }

  @Test("a former name's cursor is taken along; another table starts anew")
  func names() async throws {
    try await Self.with(.relay) { world in
      #expect(try await Self.load(world, .insert).counts.inserted == 2)
      let renamed = try await Self.load(world, .insert) {
        $0.flow = "other"
        $0.formerNames = ["flow"]
      }
      #expect(renamed.status == .empty)
      try await TestDatabase.current.execute("CREATE TABLE t2 (LIKE t)")
      let elsewhere = try await Self.load(world, .insert) { $0.target = QualifiedName(schema: "public", name: "t2") }
      #expect(elsewhere.counts.inserted == 2)
    }
  }

  @Test("may be a number, a text, a query's column; nothing there yet is nothing to do", arguments: Way.allCases)
  func types(_ way: Way) async throws {
    for type in ["bigint", "text", "numeric", "uuid", "double precision", "date"] {
      let values =
        switch type {
        case "uuid": ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"]
        case "date": ["2024-01-01", "2024-01-02"]
        default: ["1.5", "2.5"].map { type == "bigint" ? String($0.first ?? "0") : $0 }
        }
      try await SourceWorld.with(
        way, "CREATE TABLE src.t (id bigint, name text, c \(type))", target: "CREATE TABLE t (id bigint, name text)"
      ) { world in
        let source = world.table {
          $0.table = nil
          $0.query = "SELECT id, name, c AS \"the c\" FROM src.t -- all"
          $0.cursor = Cursor(column: "the c")
        }
        func load() async throws -> LoadOutcome {
          try await world.world.load(world.request(source, .insert, Self.columns))
        }
        #expect(try await load().status == .empty)
        for (index, value) in values.enumerated() {
          try await world.source.execute("INSERT INTO src.t VALUES (\(index), 'x', '\(value)')")
          let outcome = try await load()
          #expect(outcome.counts.words == "read 1, inserted 1", "\(type) \(outcome)")
          #expect(outcome.cursor?.to == value)
          #expect(outcome.cursor?.from == (index == 0 ? nil : values[0]))
        }
        #expect(try await load().status == .empty)
        try await world.source.execute("DROP SCHEMA src CASCADE")
        try await TestDatabase.current.execute("DROP TABLE t, _sluice_loads")
      }
    }
  }

  @Test("of several sources each has its own place")
  func several() async throws {
    try await Self.with(.relay) { world in
      try await world.source.execute(
        "CREATE TABLE src.u (id bigint, name text, at int); INSERT INTO src.u VALUES (9, 'u', 7)")
      func load() async throws -> LoadOutcome {
        var request = world.request(world.table { $0.cursor = Cursor(column: "at") }, .insert, Self.columns)
        request.sources = [
          ("one", .postgres(world.table { $0.cursor = Cursor(column: "at") })),
          (
            "two",
            .postgres(
              world.table {
                $0.table = "src.u"
                $0.cursor = Cursor(column: "at")
              })
          ),
        ]
        return try await world.world.load(request)
      }
      let first = try await load()
      #expect(first.counts.words == "read 3, inserted 3", "\(first)")
      #expect(first.cursor?.to == #"{"one":"2024-01-01 11:00:00+00","two":"7"}"#)
      #expect(try await load().status == .empty)
      try await world.source.execute("INSERT INTO src.u VALUES (10, 'v', 8)")
      #expect(try await load().counts.words == "read 1, inserted 1")
    }
  }
}
