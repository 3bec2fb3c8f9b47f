import Catalog
import Diagnostics
import Manifests
import Planning
import Postgres
import TestSupport
import Testing

@testable import Loading

@Suite("The ledger", .freshDatabase, .timeLimit(.minutes(15)))
struct LedgerTests {
  static let columns = [("id", "integer")]
  static let newest = LedgerLayout.version

  @Test("a ledger of an older layout stays as it is, and takes rows of loads that happen and that fail")
  func older() async throws {
    for (dropped, version) in [("skip_quality", 1), ("skip_quality, DROP cursor_from, DROP cursor_to", 1)] {
      let world = try await LoadingWorld(
        "CREATE TABLE t (id int); ALTER TABLE _sluice_loads DROP \(dropped)",
        files: ["in.csv": "id\n1\n", "bad.csv": "id\nx\n"])
      let request = world.request("in.csv", .insert, Self.columns)
      let first = try await world.load(request)
      #expect(first.error == nil)
      #expect(first.isRecorded)
      // A retry of a load that happened finds it there.
      #expect(try await world.load(request).counts.words == "read 1, inserted 1")
      let bad = try await world.load(world.request("bad.csv", .insert, Self.columns))
      #expect(bad.error?.code == "bad-value")
      #expect(bad.isRecorded)
      #expect(
        try await world.database.rows("SELECT status, layout_version FROM _sluice_loads ORDER BY finished")
          == [["loaded", "\(version)"], ["failed", "\(version)"]])
      #expect(try await world.rows() == [["1"]])
      try await world.database.execute("DROP TABLE t, _sluice_loads")
    }
  }

  @Test("rows hold the layout that they are written by, where all of its columns are there")
  func versions() async throws {
    let all = Set(LedgerLayout.columns.map(\.name.name))
    #expect(LedgerLayout.version(having: all) == Self.newest)
    #expect(LedgerLayout.version(having: all.union(["of a later one"])) == Self.newest)
    #expect(LedgerLayout.version(having: all.subtracting(["skip_quality"])) == 1)
    let world = try await LoadingWorld("CREATE TABLE t (id int)", files: ["in.csv": "id\n1\n"])
    #expect(try await world.load(world.request(.insert, Self.columns)).error == nil)
    #expect(try await world.database.value("SELECT layout_version FROM _sluice_loads") == "\(Self.newest)")
  }

  @Test("a load that happened, and whose answer was lost, is told as the ledger has it")
  func retried() async throws {
    let world = try await LoadingWorld(
      "CREATE TABLE t (id int)", files: ["a.csv": "id\n1\n", "b.csv": "id\n2\n"])
    let request = world.request("*.csv", .insert, Self.columns)
    let first = try await world.load(request)
    try await world.database.execute("UPDATE _sluice_loads SET cursor_from = '1', cursor_to = '2'")
    var again = request
    again.attempt = 2
    let second = try await world.load(again)
    #expect(second.counts == first.counts)
    #expect(second.files == ["a.csv", "b.csv"])
    #expect(second.cursor == LoadOutcome.CursorRange(from: "1", to: "2"))
    #expect(try await world.rows().count == 2)
  }

  @Test("a failed load's row tells attempt, SQLSTATE and host, and no value of the source")
  func failed() async throws {
    let world = try await LoadingWorld("CREATE TABLE t (id int)", files: ["in.csv": "id\n1\nsecret\n"])
    var request = world.request(.insert, Self.columns)
    request.attempt = 2
    let outcome = try await world.load(request)
    #expect(outcome.error?.message.contains("secret") == true)
    #expect(
      try await world.database.rows(
        "SELECT load_id, status, attempt, sql_state, message, host, rows_read, started < finished FROM _sluice_loads")
        == [[request.load, "failed", "2", "22P02", "bad-value in column id at in.csv:3", "here", "0", "t"]])
  }
}
