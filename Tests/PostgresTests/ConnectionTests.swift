import Catalog
import Postgres
import TestSupport
import Testing

@Suite(.freshDatabase, .timeLimit(.minutes(15))) struct ConnectionTests {
  let database = TestDatabase.current

  @Test func `Values come back as they went in`() async throws {
    let rows = try await database.perform { database in
      let names: [String?] = ["a", "b \"c\" \\", nil, "NULL", "", "{,}"]
      return try database.rows(
        """
        SELECT \(value: "é'\\x")::text, \(value: 42)::int, \(value: true)::bool, \(value: names)::text[], \
        \(value: nil as String?)::text, \(literal: Literal("it's\\n")), '{}'::text[], ARRAY[1, NULL, 3]
        """
      ) { row in
        #expect(row.count == 8)
        #expect(row.text(0) == "é'\\x")
        #expect(row.int(1) == 42)
        #expect(row.bool(2) == true)
        #expect(row.optionalTextArray(3) == names)
        #expect(row.textArray(3) == names.compactMap { $0 })
        #expect(row.text(4) == nil)
        #expect(row.int(4) == nil)
        #expect(row.text(5) == "it's\\n")
        #expect(row.textArray(6) == [])
        #expect(row.textArray(7) == ["1", "3"])
        return 1
      }
    }
    #expect(rows == [1])
  }

  @Test func `Run tells how many rows were touched`() async throws {
    try await database.perform { database in
      let table = QualifiedName(schema: "public", name: "Odd \"name\"")
      try #expect(database.run("CREATE TABLE \(name: table) (id int)") == 0)
      try #expect(database.run("INSERT INTO \(name: table) SELECT generate_series(1, \(value: 5)::int)") == 5)
      try #expect(database.run("DELETE FROM \(name: table) WHERE id > \(value: 2)") == 3)
    }
  }

  @Test func `A server's error keeps its fields, and never the parameters`() async throws {
    try await database.perform { database in
      try database.script("CREATE TABLE t (id int CONSTRAINT t_pk PRIMARY KEY, n int NOT NULL)")
      try database.run("INSERT INTO t VALUES (1, 1)")
      let error = #expect(throws: PostgresError.self) {
        try database.run("INSERT INTO t VALUES (\(value: 1), \(value: 4711))")
      }
      #expect(error?.sqlState == "23505")
      #expect(error?.kind == .statement)
      #expect(error?.severity == "ERROR")
      #expect(error?.schema == "public")
      #expect(error?.table == "t")
      #expect(error?.constraint == "t_pk")
      #expect(error?.statement == "INSERT INTO t VALUES ($1, $2)")
      #expect(error?.description.contains("4711") == false)
      #expect(error?.isTransient == false)
      let wrong = #expect(throws: PostgresError.self) { try database.run("SELECT 1 FROM nowhere") }
      #expect(wrong?.position == 15)
      // The connection is as good as before.
      try #expect(database.rows("SELECT 1") { $0.int(0) } == [1])
    }
  }

  @Test func `Notices are kept, not printed`() async throws {
    try await database.perform { database in
      try database.script("DO $$ BEGIN RAISE WARNING 'careful' USING HINT = 'look'; RAISE NOTICE 'second'; END $$")
      let notices = database.takeNotices()
      #expect(notices.map(\.message) == ["careful", "second"])
      #expect(notices.first?.severity == "WARNING")
      #expect(notices.first?.hint == "look")
      #expect(database.takeNotices().isEmpty)
    }
  }

  @Test func `A connection says what it is`() async throws {
    let name = database.name
    try await database.perform { database in
      #expect(database.name == name)
      #expect(database.user == "postgres")
      #expect(database.tlsProtocol == nil)
      #expect(database.serverVersion >= 120_000)
      #expect(database.parameterStatus("client_encoding") == "UTF8")
      try #expect(database.rows("SELECT pg_backend_pid()") { $0.int(0) } == [database.backendPID])
      try #expect(database.rows("SHOW application_name") { $0.text(0) } == ["sluice"])
    }
  }

  @Test func `A NUL byte is refused before anything is sent`() async throws {
    try await database.perform { database in
      #expect(throws: PostgresError.self) { try database.run("SELECT \(value: "a\0b")::text") }
      #expect(throws: PostgresError.self) { try database.run(SQL(raw: "SELECT 1\0; DROP TABLE t")) }
      #expect(throws: PostgresError.self) { try database.script("SELECT 1\0") }
      #expect(database.roundTrips == 0)
    }
  }

  @Test func `COPY is refused where no rows are given or taken`() async throws {
    try await database.perform { database in
      try database.script("CREATE TABLE t (id int)")
      #expect(throws: PostgresError.self) { try database.run("COPY t FROM STDIN") }
      #expect(throws: PostgresError.self) {
        try database.run("COPY (SELECT generate_series(1, 100000)) TO STDOUT")
      }
      try #expect(database.rows("SELECT count(*) FROM t") { $0.int(0) } == [0])
    }
  }

  @Test func `A server that leaves is told as such`() async throws {
    let connection = try await database.connect()
    let pid = try await connection.perform { $0.backendPID }
    _ = try await database.value("SELECT pg_terminate_backend(\(value: pid)::int, 10000)")
    let error = await #expect(throws: PostgresError.self) {
      try await connection.perform { _ = try $0.run("SELECT 1") }
    }
    #expect(error?.isConnectionLost == true)
    #expect(error?.sqlState == "57P01")
    #expect(error?.isTransient == true)
    let again = await #expect(throws: PostgresError.self) {
      try await connection.perform { _ = try $0.run("SELECT 1") }
    }
    #expect(again?.isConnectionLost == true)
  }

  @Test func `A closed connection refuses to work`() async throws {
    let connection = try await database.connect()
    await connection.close()
    await connection.close()
    await #expect(throws: PostgresError.self) { try await connection.perform { _ = try $0.run("SELECT 1") } }
  }
}
