import Postgres
import TestSupport
import Testing

@Suite(.freshDatabase, .timeLimit(.minutes(15))) struct PipelineTests {
  let database = TestDatabase.current

  @Test func `Thousands of statements with large parameters and answers take one round trip`() async throws {
    try await database.perform { database in
      // 5,000 times 10 KB there and 10 KB back: more than any socket buffer holds, in both directions.
      let text = String(repeating: "x", count: 10_000)
      let items = (0..<5_000).map { PipelineItem.query("SELECT \(value: $0)::int, \(value: text)::text") }
      let results = try database.pipeline(items)
      #expect(database.roundTrips == 1)
      #expect(results.count == 5_000)
      for (index, result) in results.enumerated() {
        let rows = try result.rows().map { row in (row.int(0), row.text(1)?.utf8.count) }
        #expect(rows.count == 1 && rows[0] == (index, 10_000))
      }
    }
  }

  @Test func `An error with a Sync of its own leaves the others alone`() async throws {
    try await database.perform { database in
      let results = try database.pipeline([
        .describe("SELECT NULL::numeric(12,2)[]"), .describe("SELECT NULL::nonsense[]"),
        .describe("SELECT NULL::varchar(7)[], 1 AS one WHERE \(value: nil as String?)::int = 1"),
        .query("SELECT 'fine'", sync: true), .query("SELECT 1/0", sync: true), .query("SELECT 'still'"),
      ])
      try #expect(results[0].columns().map(\.typeModifier) == [(12 << 16 | 2) + 4])
      guard case .failure(let missing) = results[1] else { return #expect(Bool(false), "no failure") }
      #expect(missing.sqlState == "42704")
      #expect(missing.statement == "SELECT NULL::nonsense[]")
      guard case .description(let columns, let parameters) = results[2] else { return #expect(Bool(false)) }
      #expect(columns.map(\.name) == ["varchar", "one"])
      #expect(columns.map(\.type) == [1015, 23])
      #expect(parameters == [23])
      try #expect(results[3].rows().map { $0.text(0) } == ["fine"])
      guard case .failure(let division) = results[4] else { return #expect(Bool(false), "no failure") }
      #expect(division.sqlState == "22012")
      try #expect(results[5].rows().map { $0.text(0) } == ["still"])
      #expect(database.roundTrips == 1)
    }
  }

  @Test func `An error without Sync skips the rest and undoes what went before`() async throws {
    try await database.perform { database in
      try database.script("CREATE TABLE t (id int)")
      let results = try database.pipeline([
        .query("INSERT INTO t VALUES (1)"), .query("SELECT 1/0"), .query("SELECT 'never'"),
        .describe("SELECT 1", sync: true), .query("SELECT count(*) FROM t"),
      ])
      guard case .rows(let inserted) = results[0], case .failure = results[1], case .skipped = results[2],
        case .skipped = results[3]
      else { return #expect(Bool(false), "\(results)") }
      #expect(inserted.affected == 1)
      try #expect(results[4].rows().map { $0.int(0) } == [0])
      #expect(throws: PostgresError.self) { try results[2].rows() }
    }
  }

  @Test func `A connection that breaks in a pipeline is an error, not a hang`() async throws {
    try await database.perform { database in
      let error = #expect(throws: PostgresError.self) {
        _ = try database.pipeline([
          .query("SELECT 1", sync: true), .query("SELECT pg_terminate_backend(pg_backend_pid())", sync: true),
          .query("SELECT 2"),
        ])
      }
      #expect(error?.isConnectionLost == true)
    }
  }
}

@Suite(.freshDatabase, .timeLimit(.minutes(15))) struct TransactionTests {
  let database = TestDatabase.current
  private struct Stop: Error {}

  @Test func `What returns is committed, what throws is not`() async throws {
    try await database.perform { database in
      try database.script("CREATE TABLE t (id int)")
      let answer = try database.transaction { database in
        try database.run("INSERT INTO t VALUES (1)")
        return 42
      }
      #expect(answer == 42)
      #expect(throws: Stop.self) {
        try database.transaction { database in
          try database.run("INSERT INTO t VALUES (2)")
          throw Stop()
        }
      }
      #expect(database.isInTransaction == false)
      try #expect(database.rows("SELECT id FROM t") { $0.int(0) } == [1])
    }
  }

  @Test func `BEGIN and its settings travel together`() async throws {
    try await database.perform { database in
      let values = try database.transaction(
        readOnly: true, isolation: .repeatableRead,
        prelude: ["SET LOCAL TimeZone = 'UTC'", "SELECT set_config('search_path', \(value: "pg_catalog"), true)"]
      ) { database in
        #expect(database.roundTrips == 1)
        return try ["transaction_isolation", "transaction_read_only", "TimeZone", "search_path"].map {
          try database.rows("SELECT current_setting(\(value: $0))") { $0.text(0) }[0]
        }
      }
      #expect(values == ["repeatable read", "on", "UTC", "pg_catalog"])
      #expect(database.roundTrips == 6)
    }
  }

  @Test func `A refused setting ends the transaction`() async throws {
    try await database.perform { database in
      let error = #expect(throws: PostgresError.self) {
        try database.transaction(prelude: ["SET LOCAL nonsense = 1"]) { _ in }
      }
      #expect(error?.sqlState == "42704")
      #expect(database.isInTransaction == false)
    }
  }

  @Test func `A failure that the body kept to itself is not taken for a commit`() async throws {
    try await database.perform { database in
      let error = #expect(throws: PostgresError.self) {
        try database.transaction { database in _ = try? database.run("SELECT 1/0") }
      }
      #expect(error?.sqlState == "25P02")
    }
  }

  @Test func `A failure at COMMIT is an error like any other`() async throws {
    try await database.perform { database in
      try database.script("CREATE TABLE t (id int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)")
      let error = #expect(throws: PostgresError.self) {
        try database.transaction { try $0.run("INSERT INTO t VALUES (1), (1)") }
      }
      #expect(error?.sqlState == "23505")
      #expect(error?.isCommitUnknown == false)
    }
  }

  @Test func `A connection that breaks at COMMIT leaves the outcome open`() async throws {
    try await database.execute(
      """
      CREATE TABLE t (id int);
      CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER leave AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION leave();
      """)
    try await database.perform { database in
      let error = #expect(throws: PostgresError.self) {
        try database.transaction { try $0.run("INSERT INTO t VALUES (1)") }
      }
      #expect(error?.isConnectionLost == true)
      #expect(error?.isCommitUnknown == true)
    }
  }
}
