import Catalog
import Manifests
import Testing

@testable import Planning

/// Which privileges are granted for which flows; that each is needed is tested on a server.
@Suite("Grants as a value") struct GrantTests {
  private func grants(_ flows: String, live: LiveDatabase, onlyMissing: Bool = false) throws -> [String] {
    let project = try project(
      """
      authorizers:
        wh: {host: db.example.com, database: analytics, username: loader}
      destinations:
        wh: {authorizer: wh, defaultSchema: sales}
      flows:
      \(flows.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
      """)
    var observation = Observation()
    observation.databases["wh"] = .reached(live)
    let (_, needs) = Plan.withNeeds(
      scope: try Scope(Selection(), of: project, state: nil), state: nil, observation: observation, newLineage: "new")
    return AuthorizerGrants.of(project, needs: needs, in: observation, assumed: [], onlyMissing: onlyMissing)
      .flatMap(\.grants).map(\.statement)
  }

  private func flow(_ name: String, _ mode: String) -> String {
    "\(name): {source: {path: f.csv}, destination: wh, table: orders, writeMode: \(mode), "
      + "columns: {id: bigint, amount: 'numeric(12,2)', note: text}}"
  }

  private let closed: LiveDatabase = {
    var live = server().with(table(idAmountNote, isOwned: false, privileges: []))
    live.schemas["sales"]?.privileges = []
    live.server.privileges = []
    var ledger = table([], isOwned: false, privileges: [])
    ledger.name = QualifiedName(schema: "sales", name: "_sluice_loads")
    return live.with(ledger)
  }()

  @Test("TRUNCATE is not asked for where DELETE is granted anyway")
  func alternatives() throws {
    let alone = try grants(flow("a", "truncate_insert"), live: closed)
    #expect(alone.last == "GRANT INSERT, TRUNCATE ON sales.orders TO loader;")
    let both = try grants(flow("a", "truncate_insert") + "\n" + flow("b", "delete, key: [id]"), live: closed)
    #expect(both.last == "GRANT SELECT, INSERT, DELETE ON sales.orders TO loader;")
    var live = closed
    live.tables[QualifiedName(schema: "sales", name: "orders")]?.privileges = [.delete]
    #expect(
      try grants(flow("a", "truncate_insert"), live: live).last == "GRANT INSERT, DELETE ON sales.orders TO loader;")
    #expect(
      try grants(flow("a", "truncate_insert"), live: live, onlyMissing: true).last
        == "GRANT INSERT ON sales.orders TO loader;")
  }

  @Test("An upsert whose columns are all of its key updates nothing")
  func keyOnly() throws {
    let statements = try grants(flow("a", "upsert, key: [id, amount, note]"), live: closed)
    #expect(statements.contains("GRANT SELECT, INSERT ON sales.orders TO loader;"))
  }

  @Test("A role that works by grants on columns lacks columns, and is left to them")
  func columns() throws {
    var live = closed
    let name = QualifiedName(schema: "sales", name: "orders")
    live.tables[name]?.columns[0].privileges = [.insert]
    live.tables[name]?.columns[1].privileges = [.insert]
    #expect(try grants(flow("a", "insert"), live: live).last == "GRANT INSERT (note) ON sales.orders TO loader;")
    live.tables[name]?.columns[2].privileges = [.insert]
    #expect(
      try grants(flow("a", "insert"), live: live).last == "GRANT INSERT (id, amount, note) ON sales.orders TO loader;")
    #expect(!(try grants(flow("a", "insert"), live: live, onlyMissing: true)).contains { $0.contains("orders") })
  }

  @Test("Nothing is granted on what the role owns")
  func owner() throws {
    var live = closed
    live = live.with(table(idAmountNote, isOwned: true))
    #expect(!(try grants(flow("a", "insert"), live: live)).contains { $0.contains("orders") })
  }
}
