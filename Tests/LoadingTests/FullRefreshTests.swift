import Catalog
import Diagnostics
import Loading
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

@Suite("Loading what was loaded before", .freshDatabase, .timeLimit(.minutes(15)))
struct FullRefreshTests {
  static let columns = [("id", "integer"), ("s", "text")]

  private func refresh(_ request: LoadRequest) -> LoadRequest {
    var request = request
    request.fullRefresh = true
    return request
  }

  @Test(
    "a full refresh reads files that were loaded, where the mode or an index tells rows apart",
    arguments: [
      (Flow.WriteMode.upsert, "id int PRIMARY KEY", "read 2, unchanged 2"),
      (.truncateInsert, "id int", "read 2, inserted 2, deleted 2"),
      (.insertIgnore, "id int UNIQUE", "read 2, rejected 2"),
    ])
  func reads(mode: Flow.WriteMode, column: String, counts: String) async throws {
    let world = try await LoadingWorld("CREATE TABLE t (\(column), s text)", files: ["in.csv": "id,s\n1,a\n2,b\n"])
    var request = world.request(mode, Self.columns, key: mode == .upsert ? ["id"] : []) { $0.files = .new }
    #expect(try await world.load(request).counts.inserted == 2)
    request.load = LoadRequest.newLoad()
    #expect(try await world.load(request).status == .skipped)
    #expect(try await world.load(refresh(request)).counts.words == counts)
    #expect(try await world.database.rows("SELECT again FROM _sluice_loads ORDER BY finished") == [["f"], ["t"]])
  }

  @Test(
    "one that would append rows a second time is refused, and says what does not",
    arguments: [Flow.WriteMode.insert, .insertIgnore])
  func refused(mode: Flow.WriteMode) async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id int, s text)", files: ["in.csv": "id,s\n1,a\n"])
    // Into an empty table nothing is appended twice.
    #expect(try await world.load(refresh(world.request(mode, Self.columns))).counts.inserted == 1)
    let outcome = try await world.load(refresh(world.request(mode, Self.columns)))
    #expect(outcome.error?.code == "full-refresh-doubles")
    #expect(outcome.error?.help.contains { $0.contains("TRUNCATE public.t;") } == true)
    #expect(try await world.rows().count == 1)
    #expect(try await world.ledgerRows().map { $0[0] } == ["loaded", "failed"])
    try await world.database.execute("TRUNCATE public.t")
    #expect(try await world.load(refresh(world.request(mode, Self.columns))).counts.inserted == 1)
  }

  @Test("a table that the role may not read is taken for one with rows")
  func unreadable() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id int, s text)", files: ["in.csv": "id,s\n1,a\n"])
    let role = try await world.database.createRole()
    try await world.database.execute("GRANT INSERT ON t TO \(role); GRANT SELECT, INSERT ON _sluice_loads TO \(role)")
    let outcome = try await world.load(refresh(world.request(.insert, Self.columns)), as: role)
    #expect(outcome.error?.code == "full-refresh-doubles")
    #expect(try await world.load(world.request(.insert, Self.columns), as: role).error == nil)
  }

  @Test(
    "a slot is loaded once more by --again and by --full-refresh, and the ledger says so", arguments: [true, false])
  func slots(isFull: Bool) async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int PRIMARY KEY, s text)", files: ["in.csv": "id,s\n1,a\n"])
    var request = world.request(.upsert, Self.columns, key: ["id"])
    request.slot = "2024-01-01T06:00:00Z"
    #expect(try await world.load(request).status == .loaded)
    for _ in 1...2 {
      request.load = LoadRequest.newLoad()
      #expect(try await world.load(request).status == .skipped)
      var again = request
      again.again = !isFull
      again.fullRefresh = isFull
      #expect(try await world.load(again).status == .loaded)
    }
    let slot = "2024-01-01 06:00:00+00"
    #expect(
      try await world.database.rows("SELECT again, slot FROM _sluice_loads ORDER BY finished")
        == [["f", slot], ["t", slot], ["t", slot]])
  }
}
