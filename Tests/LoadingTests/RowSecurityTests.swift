import Catalog
import Diagnostics
import JSON
import Loading
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

/// A role that owns nothing loads a table whose policies let it see and write the rows of `me`.
@Suite("Under row-level security", .freshDatabase, .timeLimit(.minutes(15)))
struct RowSecurityTests {
  static let columns = [("id", "integer"), ("who", "text"), ("v", "text")]
  static let rows = "INSERT INTO t VALUES (1, 'me', 'old'), (2, 'you', 'old'), (3, 'me', 'old');"

  /// A table with `policies`, and a role with `grants` on it, which may also make temporary tables.
  static func world(
    _ csv: String, grants: String = "SELECT, INSERT, UPDATE, DELETE",
    policies: String = "CREATE POLICY mine ON t USING (who = 'me');"
  ) async throws -> (world: LoadingWorld, role: String) {
    let role = try await TestDatabase.current.createRole()
    let world = try await LoadingWorld(
      """
      CREATE TABLE t (id int PRIMARY KEY, who text, v text NOT NULL);
      \(rows)
      ALTER TABLE t ENABLE ROW LEVEL SECURITY;
      \(policies)
      GRANT \(grants) ON t TO \(role);
      GRANT SELECT, INSERT ON _sluice_loads TO \(role);
      """, files: ["in.csv": "id,who,v\n" + csv])
    return (world, role)
  }

  @Test("insert writes what policies allow, with no privilege but INSERT")
  func insert() async throws {
    let (world, role) = try await Self.world(
      "7,me,a\n8,me,b\n", grants: "INSERT (id, who, v)",
      policies: "CREATE POLICY mine ON t FOR INSERT WITH CHECK (who = 'me');")
    let outcome = try await world.load(world.request(.insert, Self.columns), as: role)
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == "read 2, inserted 2")
    #expect(try await world.rows("id") == [["1"], ["2"], ["3"], ["7"], ["8"]])
  }

  @Test(
    "a row that a policy refuses is placed in the source, and nothing is written",
    arguments: [Flow.WriteMode.insert, .truncateInsert, .upsert])
  func refuses(mode: Flow.WriteMode) async throws {
    let csv = (10...60).map { "\($0),\($0 == 47 ? "you" : "me"),x\n" }.joined()
    let (world, role) = try await Self.world(csv)
    let outcome = try await world.load(world.request(mode, Self.columns, key: ["id"]), as: role)
    #expect(outcome.error?.code == "row-security")
    #expect(outcome.error?.place == Place(file: "in.csv", line: 39, column: 1))
    #expect(outcome.error?.message == #"new row violates row-level security policy for table "t""#)
    #expect(try await world.rows() == [["1", "me", "old"], ["2", "you", "old"], ["3", "me", "old"]])
    #expect(try await world.ledgerRows().map { $0.suffix(2) } == [["42501", "row-security at in.csv:39"]])
  }

  @Test("insert_ignore rejects the rows that policies refuse, and those whose key a hidden row has")
  func insertIgnore() async throws {
    let csv = "4,me,a\n5,you,b\n2,me,c\n6,me,\n7,me,d\nx,me,e\n8,you,f\n4,me,g\n9,me,h,i\n10,me,j\n"
    let (world, role) = try await Self.world(csv)
    let request = world.request(.insertIgnore, Self.columns)
    let outcome = try await world.load(request, as: role)
    #expect(outcome.error == nil)
    #expect(outcome.counts.words == "read 10, inserted 3, rejected 7")
    #expect(try await world.rows("id") == [["1"], ["2"], ["3"], ["4"], ["7"], ["10"]])
    let lines = try world.project.read(".sluice/rejects/flow/\(request.load).jsonl").split(separator: "\n")
    let rejects = try lines.map { try JSONValue(parsing: String($0)) }
    let states = rejects.map { "\($0["line"]?.intValue ?? 0) \($0["sqlState"]?.stringValue ?? "")" }
    #expect(
      Set(states) == ["3 42501", "4 23505", "5 23502", "7 22P02", "8 42501", "9 23505", "10 22P04"])
  }

  @Test("many rejects among many chunks")
  func manyRejects() async throws {
    let csv = (1...60_000).map { "\($0 + 10),\($0 % 100 == 0 ? "you" : "me"),x\n" }.joined()
    let (world, role) = try await Self.world(csv)
    let outcome = try await world.load(world.request(.insertIgnore, Self.columns), as: role)
    #expect(outcome.counts.words == "read 60000, inserted 59400, rejected 600")
    #expect(try await world.database.value("SELECT count(*) FROM t") == "59403")
  }

  @Test("truncate_insert deletes the rows that the role sees, even where it may truncate")
  func truncateInsert() async throws {
    let (world, role) = try await Self.world("1,me,new\n4,me,new\n", grants: "ALL")
    let outcome = try await world.load(world.request(.truncateInsert, Self.columns), as: role)
    #expect(outcome.counts.words == "read 2, inserted 2, deleted 2")
    #expect(try await world.rows() == [["1", "me", "new"], ["2", "you", "old"], ["4", "me", "new"]])
  }

  @Test("upsert updates the rows that the role sees")
  func upsert() async throws {
    let (world, role) = try await Self.world("1,me,new\n3,me,old\n4,me,new\n4,me,newer\n")
    let outcome = try await world.load(world.request(.upsert, Self.columns, key: ["id"]), as: role)
    #expect(outcome.counts.words == "read 4, inserted 1, updated 1, unchanged 1, superseded 1")
    #expect(
      try await world.rows() == [["1", "me", "new"], ["2", "you", "old"], ["3", "me", "old"], ["4", "me", "newer"]])
  }

  @Test("an upsert of a row whose key a hidden row has is explained, with its place")
  func hiddenRow() async throws {
    let (world, role) = try await Self.world("1,me,new\n2,me,new\n4,me,new\n")
    let outcome = try await world.load(world.request(.upsert, Self.columns, key: ["id"]), as: role)
    #expect(outcome.error?.code == "row-security")
    #expect(outcome.error?.place == Place(file: "in.csv", line: 3, column: 1))
    #expect(outcome.error?.help.contains { $0.contains("which it may hide from the role") } == true)
    #expect(try await world.rows("id, v") == [["1", "old"], ["2", "old"], ["3", "old"]])
  }

  @Test("an insert of a key that a hidden row has is explained, with its place")
  func hiddenKey() async throws {
    let (world, role) = try await Self.world("4,me,new\n2,me,new\n")
    let outcome = try await world.load(world.request(.insert, Self.columns), as: role)
    #expect(outcome.error?.code == "duplicate-key")
    #expect(outcome.error?.place == Place(file: "in.csv", line: 3, column: 1))
    #expect(outcome.error?.help.contains("rows that policies hide from the role hold their keys too") == true)
  }

  @Test("delete leaves the rows that policies hide")
  func delete() async throws {
    let (world, role) = try await Self.world("1,,\n2,,\n")
    let outcome = try await world.load(world.request(.delete, Self.columns, key: ["id"]), as: role)
    #expect(outcome.counts.words == "read 2, deleted 1, unchanged 2")
    #expect(try await world.rows("id") == [["2"], ["3"]])
  }

  @Test("a missing privilege is no refused row")
  func privileges() async throws {
    let (world, role) = try await Self.world("7,me,a\n", grants: "SELECT")
    for mode in [Flow.WriteMode.insert, .insertIgnore] {
      let outcome = try await world.load(world.request(mode, Self.columns), as: role)
      #expect(outcome.error?.code == "permission-denied")
      #expect(outcome.error?.place == nil)
    }
  }

  @Test("without policies that apply rows go straight into the table: the owner, BYPASSRLS, a superuser")
  func notApplied() async throws {
    let (world, role) = try await Self.world("7,you,a\n")
    let database = world.database
    // Nobody else may make temporary tables, which COPY into the table does without.
    try await database.execute("REVOKE TEMPORARY ON DATABASE \(database.name) FROM PUBLIC")
    func load(as role: String?) async throws -> String? {
      var request = world.request(.insert, Self.columns) { $0.files = .all }
      request.load = LoadRequest.newLoad()
      let outcome = try await world.load(request, as: role)
      try await database.execute("DELETE FROM t WHERE id = 7")
      return outcome.error?.code
    }
    #expect(try await load(as: role) == "permission-denied")
    #expect(try await load(as: nil) == nil)
    try await database.execute("ALTER ROLE \(role) BYPASSRLS")
    #expect(try await load(as: role) == nil)
    try await database.execute("ALTER ROLE \(role) NOBYPASSRLS; ALTER TABLE t OWNER TO \(role)")
    #expect(try await load(as: role) == nil)
    try await database.execute(
      "ALTER TABLE t FORCE ROW LEVEL SECURITY; GRANT TEMPORARY ON DATABASE \(database.name) TO \(role)")
    #expect(try await load(as: role) == "row-security")
  }
}
