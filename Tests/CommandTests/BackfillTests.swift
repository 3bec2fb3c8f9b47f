import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// `run --from --to`: a load for each window, each once.
@Suite("Backfill", .freshDatabase, .timeLimit(.minutes(15)))
struct BackfillTests {
  /// A world with a file of `rows` rows for each day of January 2024, as `in/20240101.csv`.
  private static func world(rows: Int = 2, _ flow: String = "") async throws -> World {
    let world = try World(
      """
      sales:
        source: {path: "in/{{yesterday|Ymd}}.csv"}
        destination: wh
        columns: {id: bigint, day: date}
        timezone: Europe/Prague
      """ + flow.split(separator: "\n").map { "\n  \($0)" }.joined())
    for day in 1...31 {
      let date = "2024-01-\(day < 10 ? "0" : "")\(day)"
      let lines = (0..<rows).map { "\(day * 1_000_000 + $0),\(date)\n" }
      try world.project.write("id,day\n" + lines.joined(), to: "in/\(date.replacing("-", with: "")).csv")
    }
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 0, "\(apply.error)")
    return world
  }

  private func counts(_ world: World) async throws -> String {
    try await world.database.text("SELECT count(*), count(DISTINCT id), min(day), max(day) FROM sales")
  }

  private func ledger(_ world: World) async throws -> [String] {
    try await world.database.text(
      """
      SELECT concat_ws(' ', range_from || '..' || range_to, status, rows_inserted) FROM _sluice_loads ORDER BY finished
      """
    ).split(separator: "\n").map(String.init)
  }

  @Test("loads window after window, each with its days; what was loaded is skipped, and loaded anew with --again")
  func windows() async throws {
    let world = try await Self.world()
    let run = try await world.stream("run", "sales", "--from", "2024-01-01", "--to", "2024-01-10", "--step", "4d")
    #expect(run.status == 0, "\(run.error)")
    let finished = run.events("finished")
    #expect(
      finished.map {
        "\($0["window"]?.intValue ?? 0)/\($0["windows"]?.intValue ?? 0) \($0["range"]?["from"]?.stringValue ?? "") \($0["range"]?["to"]?.stringValue ?? "") \($0["status"]?.stringValue ?? "")"
      }
        == [
          "1/3 2024-01-01 2024-01-04 loaded", "2/3 2024-01-05 2024-01-08 loaded", "3/3 2024-01-09 2024-01-10 loaded",
        ])
    #expect(run.events("started").map { $0["window"]?.intValue } == [1, 2, 3])
    #expect(
      try await ledger(world)
        == ["2024-01-01..2024-01-04 loaded 8", "2024-01-05..2024-01-08 loaded 8", "2024-01-09..2024-01-10 loaded 4"])

    // Other windows, a later end: only what is left.
    let more = try await world.sluice("run", "sales", "--from", "2024-01-01", "--to", "2024-01-16", "--step", "1w")
    #expect(more.status == 0, "\(more.error)")
    #expect(more.error.contains("1 of 3 windows were loaded before, and are skipped; --again loads them anew."))
    #expect(more.output.contains("2024-01-11 to 2024-01-14"))
    #expect(more.output.contains("2 loaded, 1 skipped."))
    #expect(try await counts(world) == "32|32|2024-01-01|2024-01-16")
    let none = try await world.stream("run", "sales", "--from", "2024-01-01", "--to", "2024-01-16")
    #expect(none.events("finished").map { $0["status"]?.stringValue } == Array(repeating: "skipped", count: 16))

    let again = try await world.stream("run", "sales", "--from", "2024-01-16", "--to", "2024-01-16", "--again")
    #expect(again.outcome("sales")?["status"] == "loaded")
    #expect(try await counts(world) == "34|32|2024-01-01|2024-01-16")

    let status = try await world.sluice("status", "sales")
    #expect(status.output.contains("range"))
    #expect(status.output.contains("2024-01-09 to 2024-01-10"))
    let document = try await world.document("status", "sales")
    let history = document.json["flows"]?.arrayValue?.first?["history"]?.arrayValue
    #expect(history?.first?["range"]?["from"] == "2024-01-16")
    #expect(history?.last?["range"]?["to"] == "2024-01-04")
  }

  @Test("A window that fails stops the later ones; mended, the same command goes on")
  func failing() async throws {
    let world = try await Self.world()
    try world.project.write("id,day\nx,2024-01-03\n", to: "in/20240103.csv")
    let run = try await world.sluice("run", "sales", "--from", "2024-01-01", "--to", "2024-01-06")
    #expect(run.status == 1)
    #expect(run.error.contains("3 later windows were not begun. To go on, run:"), "\(run.error)")
    #expect(run.error.contains("run sales --from 2024-01-01 --to 2024-01-06"))
    #expect(run.error.contains("in/20240103.csv:2:1"))
    #expect(
      try await ledger(world) == [
        "2024-01-01..2024-01-01 loaded 2", "2024-01-02..2024-01-02 loaded 2", "2024-01-03..2024-01-03 failed 0",
      ])
    try world.project.write("id,day\n7,2024-01-03\n", to: "in/20240103.csv")
    #expect(try await world.sluice("run", "sales", "--from", "2024-01-01", "--to", "2024-01-06").status == 0)
    #expect(try await counts(world) == "11|11|2024-01-01|2024-01-06")
    // What --again has loaded anew already is not loaded once more.
    try world.project.write("id,day\nx,2024-01-03\n", to: "in/20240103.csv")
    let again = try await world.sluice("run", "sales", "--from", "2024-01-01", "--to", "2024-01-06", "--again")
    #expect(again.status == 1)
    #expect(again.error.contains("run sales --again --from 2024-01-03 --to 2024-01-06"), "\(again.error)")
    // A day without its file is a window that fails.
    let missing = try await world.sluice("run", "sales", "--from", "2024-01-30", "--to", "2024-02-02")
    #expect(missing.status == 1)
    #expect(missing.error.contains("there is no file in/20240201.csv in the project"))
  }

  @Test("Killed at any moment and started again, it ends with each window loaded exactly once", arguments: 1...4)
  func killed(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let world = try await Self.world(rows: 4000)
    let arguments = ["run", "sales", "--from", "2024-01-01", "--to", "2024-01-31", "--wait"]
    var kills = 0
    while kills < 6 {
      let before = try await loaded(world)
      let pause = Duration.milliseconds(Int.random(in: 0...60, using: &random))
      let windows = before + Int.random(in: 0...3, using: &random)
      let status = try await withTool(["-C", world.project.path.string] + arguments, environment: world.variables) {
        process in
        // After so many windows more, and a while.
        while try await loaded(world) < min(windows, 31), kill(process, 0) == 0, !isZombie(process) {}
        try await Task.sleep(for: pause)
        kill(process, SIGKILL)
      }
      if status == 0 { break }
      #expect(status == 128 + Int(SIGKILL))
      kills += 1
    }
    #expect(kills > 0)
    let rest = try await world.sluice(arguments)
    #expect(rest.status == 0, "\(rest.error)")
    #expect(try await counts(world) == "124000|124000|2024-01-01|2024-01-31")
    #expect(
      try await world.database.text(
        """
        SELECT count(*), count(DISTINCT range_from), sum(rows_inserted) FROM _sluice_loads
        WHERE status = 'loaded' AND range_from = range_to
        """) == "31|31|124000")
  }

  private func loaded(_ world: World) async throws -> Int {
    Int(try await world.database.text("SELECT count(*) FROM _sluice_loads WHERE status = 'loaded'")) ?? 0
  }

  private func isZombie(_ process: Int32) -> Bool {
    let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return status?.contains(") Z ") ?? true
  }

  @Test("Two at once load each window once")
  func twice() async throws {
    let world = try await Self.world(rows: 100)
    async let one = world.sluice("run", "sales", "--from", "2024-01-01", "--to", "2024-01-31", "--wait")
    async let other = world.sluice("run", "sales", "--from", "2024-01-01", "--to", "2024-01-31", "--wait")
    let both = try await [one, other]
    #expect(both.map(\.status) == [0, 0], "\(both.map(\.error))")
    #expect(try await counts(world) == "3100|3100|2024-01-01|2024-01-31")
  }

  @Test("Interrupted, it rolls back the window under way, says how far it came, and goes on")
  func interrupted() async throws {
    let world = try await Self.world(rows: 4000)
    let arguments = ["run", "sales", "--from", "2024-01-01", "--to", "2024-01-31"]
    let output = world.project.path.appending("out.txt")
    let status = try await withTool(
      ["-C", world.project.path.string] + arguments, environment: world.variables, output: output
    ) { process in
      while try await loaded(world) < 2 {}
      kill(process, SIGINT)
    }
    let text = try world.project.read("out.txt")
    #expect(status == 130, "\(text)")
    #expect(text.contains(/Done: \d+ of 31 windows/), "\(text)")
    #expect(text.contains("to go on, run:"))
    #expect(text.contains("run sales --from 2024-01-01 --to 2024-01-31"))
    #expect(try await world.sluice(arguments + ["--wait"]).status == 0)
    #expect(try await counts(world) == "124000|124000|2024-01-01|2024-01-31")
  }

  @Test("A flow whose rows are of no days cannot be backfilled, and the error says what to write")
  func unbounded() async throws {
    let world = try World(
      """
      file: {source: {path: t.csv}, destination: wh}
      rows: {source: {rows: [{id: 1}]}, destination: wh}
      program: {source: {command: [echo, id], format: csv}, destination: wh, columns: {id: bigint}}
      whole: {source: {authorizer: wh, table: public.file}, destination: wh}
      emptied: {source: {path: "{{1d1|Ymd}}.csv"}, destination: wh, writeMode: truncate_insert, columns: {id: bigint}}
      two: {sources: {days: {path: "{{1d1|Ymd}}.csv"}, all: {path: t.csv}}, destination: wh, columns: {id: bigint}}
      """, files: ["t.csv": "id\n1\n"])
    let first = try await world.sluice("apply", "--yes", "--exclude", "flow/whole")
    #expect(first.status == 0, "\(first.error)")
    let second = try await world.sluice("apply", "--yes")
    #expect(second.status == 0, "\(second.error)")
    var text = ""
    for flow in ["file", "rows", "program", "whole", "emptied", "two"] {
      let run = try await world.sluice("run", flow, "--from", "2024-01-01", "--to", "2024-01-02")
      #expect(run.status == 1, "\(flow)")
      text += run.error
    }
    try expectGolden(text, "backfill-unbounded.txt")
    #expect(try await world.database.text("SELECT count(*) FROM _sluice_loads") == "0")
  }

  @Test("Wrong usage is told as such")
  func usage() async throws {
    let world = try World("a: {source: {path: t.csv}, destination: wh}", files: ["t.csv": "id\n1\n"])
    var text = ""
    for arguments in [
      ["a", "--from", "2024-01-01"], ["a", "--to", "2024-01-01"], ["a", "--step", "1d"],
      ["a", "--from", "2024-01-02", "--to", "2024-01-01"], ["a", "--from", "2024-02-30", "--to", "2024-03-01"],
      ["a", "--from", "yesterday", "--to", "2024-03-01"],
      ["a", "--from", "2024-01-01", "--to", "2024-01-02", "--step", "1h"],
      ["a", "b", "--from", "2024-01-01", "--to", "2024-01-02"], ["--from", "2024-01-01", "--to", "2024-01-02"],
      ["a", "--from", "2024-01-01", "--to", "2024-01-02", "--failed"],
      ["a", "--from", "2024-01-01", "--to", "2024-01-02", "--full-refresh"],
      ["a", "--from", "0001-01-01", "--to", "9999-12-31"],
    ] {
      let run = try await world.sluice(["run"] + arguments)
      #expect(run.status == 64, "\(arguments)")
      text +=
        "$ sluice run \(arguments.joined(separator: " "))\n" + (run.error.split(separator: "\n").first ?? "") + "\n"
    }
    try expectGolden(text, "backfill-usage.txt")
    try world.setFlows("a: {source: {path: t.csv}, destination: wh}\nab: {source: {path: t.csv}, destination: wh}")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let pattern = try await world.sluice("run", "a*", "--from", "2024-01-01", "--to", "2024-01-02")
    #expect(pattern.status == 64)
    #expect(pattern.error.contains("a backfill is of one flow, and `a*` is 2 flows"), "\(pattern.error)")
  }
}
