import Catalog
import Diagnostics
import JSON
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

@testable import Loading

/// Loads of random rows, next to one INSERT a row, each under a savepoint.
@Suite("insert_ignore takes and rejects just what single INSERTs do", .freshDatabase, .timeLimit(.minutes(15)))
struct IgnoreReferenceTests {
  /// What is special about a target; `sql` is run for the table called `@`.
  struct Target: CustomTestStringConvertible {
    var name: String
    var sql = ""
    var body = "PRIMARY KEY (id), UNIQUE (k, n)"
    var suffix = ""
    var columns = ["id", "k", "n", "d", "p", "c", "j"]
    var grants = "ALL"
    var database = ""
    var isOwner = true

    var testDescription: String { name }
  }

  static let targets = [
    Target(name: "keys and checks"),
    Target(name: "no key", body: "CHECK (n <> 13)"),
    Target(name: "a type that goes as text", columns: ["id", "a", "k", "n", "d", "p", "c", "j"]),
    Target(
      name: "a partial and an expression's index",
      sql: "CREATE UNIQUE INDEX ON @ (lower(k), c) WHERE n > 4; CREATE UNIQUE INDEX ON @ ((n * 2), k)",
      body: "PRIMARY KEY (id)"),
    Target(name: "NULLs that are the same", body: "UNIQUE NULLS NOT DISTINCT (id, k)"),
    Target(
      name: "a deferred key", body: "PRIMARY KEY (id) DEFERRABLE INITIALLY DEFERRED, UNIQUE (k, n) DEFERRABLE"),
    Target(
      name: "a trigger that changes and refuses",
      sql: """
        CREATE FUNCTION f_@() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF NEW.n = 7 THEN RAISE 'seven'; END IF;
          IF NEW.n = 8 THEN NEW.id := 1; END IF;
          RETURN NEW; END $$;
        CREATE TRIGGER tr BEFORE INSERT ON @ FOR EACH ROW EXECUTE FUNCTION f_@();
        """),
    Target(
      name: "an exclusion", body: "PRIMARY KEY (id), EXCLUDE USING gist (int4range(id, id + 2) WITH &&) WHERE (n > 9)"),
    Target(
      name: "partitions",
      sql:
        "CREATE TABLE @1 PARTITION OF @ FOR VALUES IN (1, 2, 3); CREATE TABLE @2 PARTITION OF @ FOR VALUES IN (6, 7, 8)",
      body: "PRIMARY KEY (id, n)", suffix: "PARTITION BY LIST (n)"),
    Target(name: "a CHECK that fails by itself", body: "PRIMARY KEY (id), CHECK (10 / (n - 6) < 100)"),
    Target(name: "no PL/pgSQL", database: "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC", isOwner: false),
    Target(
      name: "no temporary tables", database: "REVOKE TEMPORARY ON DATABASE \"$\" FROM PUBLIC", isOwner: false),
    Target(name: "INSERT and nothing else", grants: "INSERT", isOwner: false),
  ]

  private static let types = [
    "id": "int", "k": "text", "n": "int NOT NULL CHECK (n <> 4)", "d": "small", "p": "int REFERENCES parent",
    "c": "varchar(3)", "j": "jsonb", "a": "int[]",
  ]

  private static func create(_ table: String, _ target: Target) -> String {
    let columns = target.columns.map { "\($0) \(types[$0] ?? "text")" }.joined(separator: ", ")
    return """
      CREATE TABLE \(table) (\(columns), \(target.body)) \(target.suffix);
      \(target.sql.replacing("@", with: table));
      INSERT INTO \(table) (id, k, n) VALUES (1, 'there', 1), (2, 'there', 2), (3, 'also', 3);
      """
  }

  @Test(arguments: targets, 1...3)
  func sameAsSingle(target: Target, seed: UInt64) async throws {
    let database = TestDatabase.current
    let role = try await database.createRole()
    var source = RandomRows(seed: seed)
    let rows = (0..<300).map { _ in target.columns.map { source.value($0) } }
    let world = try await LoadingWorld(
      """
      CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1), (2);
      CREATE DOMAIN small AS int CHECK (VALUE < 50);
      \(Self.create("t", target)) \(Self.create("r", target))
      GRANT \(target.grants) ON t TO \(role); GRANT SELECT, INSERT ON _sluice_loads TO \(role);
      \(target.database.replacing("$", with: database.name));
      """, files: ["in.csv": RandomRows.csv(target.columns, rows)])
    let expected = try await single(target, rows)

    var request = world.request(
      .insertIgnore, target.columns.map { ($0, Self.typeName($0)) })
    request.batchRows = 41
    let outcome = try await world.load(request, as: target.isOwner ? nil : role)
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == "read 300, inserted \(300 - expected.count), rejected \(expected.count)")
    let lines = try world.project.read(".sluice/rejects/flow/\(request.load).jsonl").split(separator: "\n")
    let found = try lines.map { line in
      let reject = try JSONValue(parsing: String(line))
      return "\(reject["line"]?.intValue ?? 0) \(reject["sqlState"]?.stringValue ?? "")"
    }
    #expect(found == expected)
    for (row, line) in zip(found, lines) {
      let number = try #require(Int(row.prefix { $0 != " " })) - 2
      let reject = try JSONValue(parsing: String(line))
      for (name, value) in zip(target.columns, rows[number]) {
        #expect(reject["row"]?[name] == .string(value))
      }
    }
    let columns = target.columns.joined(separator: ", ")
    #expect(
      try await database.text("SELECT \(columns) FROM t ORDER BY t::text")
        == database.text("SELECT \(columns) FROM r ORDER BY r::text"))
  }

  @Test("from a database too, whose values are all text", arguments: targets.filter { $0.isOwner }, 1...2)
  func sameFromDatabase(target: Target, seed: UInt64) async throws {
    let database = TestDatabase.current
    var rows = RandomRows(seed: seed)
    let all = (0..<300).map { _ in target.columns.map { rows.value($0) } }
    let definitions = target.columns.map { "\($0) text" }.joined(separator: ", ")
    try await SourceWorld.with(
      .here, "CREATE TABLE src.t (row serial, \(definitions))",
      target: """
        CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1), (2);
        CREATE DOMAIN small AS int CHECK (VALUE < 50);
        \(Self.create("t", target)) \(Self.create("r", target));
        """
    ) { world in
      try await database.perform { database in
        for row in all {
          let values: [SQL] = row.map { "\(value: $0)" }
          try database.run(
            """
            INSERT INTO src.t (\(raw: target.columns.joined(separator: ", "))) \
            VALUES (\(sql: values.joined(separator: ", ")))
            """)
        }
      }
      let expected = try await single(target, all)
      var source = world.table()
      source.cursor = Cursor(column: "row")
      let request = world.request(source, .insertIgnore, target.columns.map { ($0, Self.typeName($0)) })
      let outcome = try await world.world.load(request)
      #expect(outcome.error == nil)
      #expect(outcome.counts.words == "read 300, inserted \(300 - expected.count), rejected \(expected.count)")
      let lines = try world.world.project.read(".sluice/rejects/flow/\(request.load).jsonl").split(separator: "\n")
      let found = try lines.map { line in
        let reject = try JSONValue(parsing: String(line))
        return "\((reject["line"]?.intValue ?? 0) + 1) \(reject["sqlState"]?.stringValue ?? "")"
      }
      #expect(found == expected)
      let columns = target.columns.joined(separator: ", ")
      #expect(
        try await database.text("SELECT \(columns) FROM t ORDER BY t::text")
          == database.text("SELECT \(columns) FROM r ORDER BY r::text"))
    }
  }

  /// The column's type as the plan would hand it on.
  private static func typeName(_ column: String) -> String {
    switch column {
    case "id", "n", "p": "integer"
    case "d": "public.small"
    case "c": "character varying(3)"
    case "j": "jsonb"
    case "a": "integer[]"
    default: "text"
    }
  }

  /// Inserts each row into `r` by itself.
  ///
  /// - Returns: the lines that were refused, with their SQLSTATEs.
  private func single(_ target: Target, _ rows: [[String?]]) async throws -> [String] {
    try await TestDatabase.current.perform { database in
      try database.transaction { database in
        try database.run("SET CONSTRAINTS ALL IMMEDIATE")
        var refused: [String] = []
        for (index, row) in rows.enumerated() {
          let values: [SQL] = row.map { "\(value: $0)" }
          try database.run("SAVEPOINT one")
          do {
            try database.run(
              "INSERT INTO r (\(raw: target.columns.joined(separator: ", "))) VALUES (\(sql: values.joined(separator: ", ")))"
            )
          } catch let error as PostgresError {
            try database.run("ROLLBACK TO SAVEPOINT one")
            refused.append("\(index + 2) \(error.sqlState ?? "")")
          }
        }
        return refused
      }
    }
  }
}

/// Rows of which many fit, with at most one value of the wrong kind; keys often come twice.
private struct RandomRows: RandomNumberGenerator {
  private var numbers: SeededGenerator
  private var badness = 0

  init(seed: UInt64) { numbers = SeededGenerator(seed: seed &* 0x9E37_79B9_7F4A_7C15) }

  mutating func next() -> UInt64 { numbers.next() }

  private mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }

  /// A value for `column`; the first one of a row is that of `id`.
  mutating func value(_ column: String) -> String? {
    if column == "id" { badness = chance(0.2) ? 1 : 0 }
    let isBad = badness > 0 && chance(0.25)
    if isBad { badness = 0 }
    switch column {
    case "id": return isBad ? one(["x", "99999999999", ""]) : one(["", " ", "+"]).map { "\($0)\(next() % 250)" }
    case "k":
      let number = next() % 60
      return one(["k", "K", "k", "K", nil]).map { "\($0)\(number)" }
    case "n": return isBad ? one([nil, "4", "y"]) : one(Self.numbers)
    case "d": return isBad ? one(["60", "1e"]) : one(["7", nil, " 8"])
    case "p": return isBad ? one(["9", "z"]) : one(["1", "2", nil])
    case "c": return isBad ? "abcd" : one(["ab", "ab  ", "", nil])
    case "j": return isBad ? one(Self.badJSON) : one(Self.goodJSON)
    default: return isBad ? "{1,q}" : one(["{1,2}", "{}", nil])
    }
  }

  private static let numbers: [String?] = ["1", "2", "3", "+3", "6", "7", "8", "9", "8", "4"]
  private static let badJSON: [String?] = ["{bad", "\"\\u0000\"", "{\"a\":1,}"]
  private static let goodJSON: [String?] = ["{\"a\": [1, 2.50, {}]}", "\"\\u00e9\"", nil]

  private mutating func one(_ values: [String?]) -> String? { values[Int(next() % UInt64(values.count))] }

  static func csv(_ columns: [String], _ rows: [[String?]]) -> String {
    var text = columns.joined(separator: ",") + "\n"
    for row in rows {
      let fields = row.map { value -> String in
        guard let value else { return "" }
        return "\"" + value.replacing("\"", with: "\"\"") + "\""
      }
      text += fields.joined(separator: ",") + "\n"
    }
    return text
  }
}
