import Dispatch
import Postgres
import TestSupport
import Testing

@Suite(.freshDatabase, .timeLimit(.minutes(15))) struct CopyTests {
  let database = TestDatabase.current
  private struct Stop: Error {}

  /// Blocks until the session `pid` has answered its statement.
  private func waitUntilIdle(_ pid: Int) {
    let isIdle = DispatchSemaphore(value: 0)
    Task.detached { [database] in
      while try await database.value("SELECT state FROM pg_stat_activity WHERE pid = \(value: pid)::int") != "idle" {}
      isIdle.signal()
    }
    isIdle.wait()
  }

  @Test func `Large blocks go in, and come out the same`() async throws {
    try await database.perform { database in
      try database.script("CREATE TABLE t (id int, name text)")
      var lines = ""
      for id in 0..<10_000 { lines += "\(id)\tname \(id)\n" }
      var bytes = Array(lines.utf8)
      let outcome = try database.copyIn("COPY t FROM STDIN") { copy in
        try bytes.withUnsafeBytes { buffer in
          // Cut anywhere: a block need not end where a row does.
          for start in stride(from: 0, to: buffer.count, by: 65_536) {
            try copy.send(UnsafeRawBufferPointer(rebasing: buffer[start..<min(start + 65_536, buffer.count)]))
          }
        }
        return "done"
      }
      #expect(outcome.value == "done")
      #expect(outcome.rows == 10_000)
      #expect(database.roundTrips == 3)
      bytes.reverse()
      var out: [UInt8] = []
      try database.copyOut("COPY (SELECT * FROM t ORDER BY id) TO STDOUT") { out += $0 }
      #expect(String(decoding: out, as: UTF8.self) == lines)
    }
  }

  @Test func `Nothing is written when the body throws, and its error comes out`() async throws {
    try await database.perform { database in
      try database.script("CREATE TABLE t (id int)")
      #expect(throws: Stop.self) {
        _ = try database.copyIn("COPY t FROM STDIN") { copy in
          try Array("1\n".utf8).withUnsafeBytes { try copy.send($0) }
          throw Stop()
        }
      }
      try #expect(database.rows("SELECT count(*) FROM t") { $0.int(0) } == [0])
    }
  }

  @Test func `The server's refusal of a row comes out at the end`() async throws {
    try await database.perform { database in
      try database.script("CREATE TABLE t (id int)")
      let error = #expect(throws: PostgresError.self) {
        _ = try database.copyIn("COPY t FROM STDIN") { copy in
          try Array("1\nnonsense\n".utf8).withUnsafeBytes { try copy.send($0) }
        }
      }
      #expect(error?.sqlState == "22P02")
      #expect(error?.context?.contains("line 2, column id") == true)
      try #expect(database.rows("SELECT count(*) FROM t") { $0.int(0) } == [0])
    }
  }

  @Test func `The server's refusal stops the sending, and notices do not`() async throws {
    try await database.perform { database in
      try database.script(
        """
        CREATE TABLE t (id int);
        CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN RAISE NOTICE ''%'', repeat(''x'', 500); RETURN NEW; END';
        CREATE TRIGGER tell BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tell();
        """)
      let good = Array(String(repeating: "1\n", count: 5_000).utf8)
      let bad = Array("nonsense\n".utf8)
      let loaded = try database.copyIn("COPY t FROM STDIN") { copy in
        for _ in 0..<20 { try good.withUnsafeBytes { try copy.send($0) } }
      }
      #expect(loaded.rows == 100_000)
      try database.script("DROP TRIGGER tell ON t")
      let pid = database.backendPID
      var sent = 0
      let error = #expect(throws: PostgresError.self) {
        _ = try database.copyIn("COPY t FROM STDIN") { copy in
          try bad.withUnsafeBytes { try copy.send($0) }
          waitUntilIdle(pid)
          // Without a look at the answer this would send 10 GB.
          while sent < 1_000_000 {
            try good.withUnsafeBytes { try copy.send($0) }
            sent += 1
          }
        }
      }
      #expect(error?.sqlState == "22P02")
      #expect(sent == 0)
      try #expect(database.rows("SELECT 1") { $0.int(0) } == [1])
    }
  }

  @Test func `A copy out that nobody wants any more leaves the connection usable`() async throws {
    try await database.perform { database in
      var count = 0
      #expect(throws: Stop.self) {
        try database.copyOut("COPY (SELECT repeat('x', 1000) FROM generate_series(1, 1000000)) TO STDOUT") { _ in
          count += 1
          if count == 10 { throw Stop() }
        }
      }
      #expect(count == 10)
      try #expect(database.rows("SELECT 1") { $0.int(0) } == [1])
    }
  }

  @Test func `An error in the middle of a copy out is thrown`() async throws {
    try await database.perform { database in
      var count = 0
      let error = #expect(throws: PostgresError.self) {
        try database.copyOut("COPY (SELECT 1 / (5000 - i) FROM generate_series(1, 10000) i) TO STDOUT") { _ in
          count += 1
        }
      }
      #expect(error?.sqlState == "22012")
      #expect(count == 4_999)
    }
  }

  @Test func `What is no COPY in that direction is refused`() async throws {
    try await database.perform { database in
      try database.script("CREATE TABLE t (id int)")
      #expect(throws: PostgresError.self) { _ = try database.copyIn("SELECT 1") { _ in } }
      #expect(throws: PostgresError.self) { _ = try database.copyIn("COPY t TO STDOUT") { _ in } }
      #expect(throws: PostgresError.self) { try database.copyOut("COPY t FROM STDIN") { _ in } }
      let missing = #expect(throws: PostgresError.self) {
        _ = try database.copyIn("COPY nowhere FROM STDIN") { _ in }
      }
      #expect(missing?.sqlState == "42P01")
      try #expect(database.rows("SELECT 1") { $0.int(0) } == [1])
    }
  }
}
