import SystemPackage
import TestSupport
import Testing

/// What `report` writes of a real project.
@Suite("report", .freshDatabase, .timeLimit(.minutes(15)))
struct ReportCommandTests {
  @Test("A page tells how flows stand, and which checks fail; a graph needs no connection")
  func report() async throws {
    var world = try World(
      "good: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert}", files: ["t.csv": "id\n1\n2\n"])
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    try world.setFlows(
      "good: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert}\n"
        + "bad: {source: {path: t.csv}, destination: wh, table: nowhere.t, writeMode: insert, after: [good]}")
    let file = world.project.file("report.html").string
    let written = try await world.sluice("report", "--out", file)
    #expect(written.status == 0, "\(written.error)")
    let page = try world.project.read("report.html")
    #expect(page.contains("1 live, 1 not applied"))
    #expect(page.contains("<td>id</td><td>bigint</td>"))
    #expect(page.contains("schema &quot;nowhere&quot; does not exist"))
    #expect(page.contains("2 rows"))

    world.environment["DATABASE_URL"] = "postgresql://nobody@/nowhere?host=/nonexistent"
    let graph = try await world.sluice("report", "--format", "mermaid")
    #expect(graph.status == 0)
    #expect(graph.output.hasPrefix("flowchart LR\n"))
    #expect(try await world.sluice("report", "--format", "svg").output.hasPrefix("<svg xmlns="))
    #expect(try await world.sluice("report", "--output", "json").status == 64)
    let refused = try await world.sluice("report", "--format", "svg", "--out", "/nonexistent/x.svg")
    #expect(refused.error.contains("error[report-file]"))
  }
}
