import Diagnostics
import JSON
import Manifests
import Planning
import SystemPackage
import TestSupport
import Testing
import Views

@Suite struct ReportTests {
  private static let manifest = """
    authorizers:
      wh: {host: h, database: d, username: u}
      crm: {host: h, database: c, username: u}
    destinations:
      wh: {authorizer: wh, defaultSchema: sales}
    sources:
      orders: {path: "data/<orders>*.csv"}
    flows:
      eu: {source: orders, destination: wh, table: orders, writeMode: upsert, key: [id]}
      both:
        sources: {a: orders, b: {authorizer: crm, table: public.orders}}
        destination: wh
        writeMode: insert
        after: [eu]
        description: "a <b>bold</b> & \\"quoted\\" text"

    """

  private func graph() throws -> ProjectGraph {
    let project = try TemporaryProject(["m.yaml": Self.manifest])
    let loaded = try Project.load(
      folder: project.path, options: LoadOptions(environment: nil, variables: [:], processEnvironment: [:]))
    #expect(loaded.diagnostics == [])
    return ProjectGraph(loaded.project)
  }

  @Test("The graph leads from each source by its flow to the table, and says which flow comes first")
  func drawings() throws {
    let graph = try graph()
    try expectGolden(graph.mermaid() + "\n", "report.mmd")
    try expectGolden(graph.svg() + "\n", "report.svg")
  }

  @Test("The page holds all of it, escaped, and loads nothing from elsewhere")
  func page() throws {
    var counts = LoadCounts()
    counts.inserted = 1_200
    func load(_ status: RecordedLoad.Status, _ day: Int) -> RecordedLoad {
      RecordedLoad(
        load: "l\(day)", status: status, mode: "insert", counts: counts, newFields: 0, attempt: 1,
        started: "2024-05-0\(day)T06:00:00Z", finished: "2024-05-0\(day)T06:00:02Z", seconds: Double(day), age: 60,
        host: "etl-1", message: status == .failed ? "<script>alert(1)</script>" : nil)
    }
    var status = FlowStatus(flow: "eu", attempts: 1, isEnabled: true)
    (status.lastSuccess, status.lastFailure, status.last, status.failures) = (
      load(.loaded, 1), load(.failed, 2), load(.failed, 2), 1
    )
    let report = ProjectReport(
      project: "shop", environment: "prod", made: "2024-05-03T00:00:00Z", graph: try graph(),
      flows: [
        .init(
          name: "eu", description: "a <b>bold</b> text", mode: "upsert", table: "sales.orders",
          columns: [("id", "bigint"), ("o'k", "text")], status: status, history: [load(.failed, 2), load(.loaded, 1)],
          failedChecks: ["schema \"sales\" does not exist"]),
        .init(
          name: "both", description: nil, mode: "insert", table: "sales.both", columns: [], status: nil, history: [],
          failedChecks: []),
      ], diagnostics: [Samples.schemaExists])
    let page = report.page()
    try expectGolden(page, "report.html")
    #expect(!page.contains("<script"))
    #expect(!page.contains("<b>"))
    #expect(!page.contains("http"))
  }
}
