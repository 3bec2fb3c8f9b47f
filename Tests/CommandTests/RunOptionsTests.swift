import JSON
import TestSupport
import Testing

/// Options of `run` that reach into a load.
@Suite("Options of run", .freshDatabase, .timeLimit(.minutes(15)))
struct RunOptionsTests {
  @Test("--full-refresh reads files that were loaded, and is refused where rows would be doubled")
  func fullRefresh() async throws {
    let world = try World(
      """
      u: {source: {path: t.csv, files: new}, destination: wh, writeMode: upsert, key: [id]}
      i: {source: {path: t.csv}, destination: wh, writeMode: insert}
      """, files: ["t.csv": "id\n1\n"])
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    #expect(try await world.stream("run").events("finished").map { $0["status"] } == ["skipped", "skipped"])
    let run = try await world.stream("run", "--full-refresh")
    #expect(run.status == 1)
    #expect(run.counts("u") == "read 1, unchanged 1")
    #expect(run.outcome("i")?["error"]?["code"] == "full-refresh-doubles")
    #expect(try await world.database.text("TABLE i") == "1")
  }

  @Test("deleteMissing is planned, applied and run; --allow-delete lets more go, once")
  func deleteMissing() async throws {
    let ids = { (range: ClosedRange<Int>) in "id\n" + range.map { "\($0)\n" }.joined() }
    let world = try World(
      "t: {source: {path: t.csv, allowEmpty: true}, destination: wh, writeMode: upsert, key: [id], deleteMissing: true}",
      files: ["t.csv": ids(1...10)])
    #expect(try await world.stream("run", "--apply", "--yes").counts("t") == "read 10, inserted 10")
    try world.project.write(ids(1...9), to: "t.csv")
    #expect(try await world.stream("run").counts("t") == "read 9, deleted 1, unchanged 9")
    try world.project.write(ids(1...5), to: "t.csv")
    let refused = try await world.sluice("run")
    #expect(refused.status == 1)
    #expect(
      refused.error.contains("error[too-many-deletes]: flow/t: 4 of 9 rows of public.t are no longer in the source"))
    #expect(refused.error.contains("sluice run t --allow-delete 4"))
    #expect(try await world.stream("run", "--allow-delete", "4").counts("t") == "read 5, deleted 4, unchanged 5")
    try world.project.write("id\n", to: "t.csv")
    let empty = try await world.stream("run")
    #expect(empty.status == 0)
    #expect(empty.outcome("t")?["status"] == "empty")
    #expect(empty.outcome("t")?["warnings"]?.arrayValue?.first?["code"] == "source-empty")
    #expect(try await world.database.text("SELECT count(*) FROM t") == "5")
    #expect(try await world.stream("run", "--allow-delete", "5").counts("t") == "deleted 5")
  }

  @Test("the JSON of a finished load has cursor, files, slot and attempt")
  func json() async throws {
    let world = try World(
      "t: {source: {path: 't*.csv'}, destination: wh, writeMode: insert}",
      files: ["t1.csv": "id\n1\n", "t2.csv": "id\n2\n"])
    let load = try #require(try await world.stream("run", "--apply", "--yes").outcome("t"))
    #expect(load["cursor"] == .null)
    #expect(load["slot"] == .null)
    #expect(load["attempt"] == 1)
    #expect(load["files"]?.strings == ["t1.csv", "t2.csv"])
  }

  @Test("a load that goes on for a while says how far it is")
  func progress() async throws {
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: insert}",
      files: ["t.csv": "id,s\n" + (1...400_000).map { "\($0),some text that makes it longer\n" }.joined()])
    let run = try await world.stream("run", "--apply", "--yes")
    let progress = run.events("progress")
    let size = try #require(progress.first?["totalBytes"]?.intValue)
    let bytes = try world.project.read("t.csv").utf8.count
    #expect(size == bytes)
    for event in progress {
      #expect(event["flow"] == "t")
      #expect(event["load"] == run.outcome("t")?["load"])
      #expect((event["bytes"]?.intValue ?? -1) > 0 && (event["bytes"]?.intValue ?? .max) <= size)
      #expect((event["rows"]?.intValue ?? 0) > 0)
    }
  }
}
