import Catalog
import Diagnostics
import JSON
import Manifests
import Testing

@testable import Planning
@testable import State

@Suite("What becomes of a resource") struct ActionTests {
  @Test("A first plan creates all, the ledger before the flow") func create() throws {
    let plan = plan(try orders(threeColumns))
    #expect(plan.steps.map(\.address) == ["authorizer/wh", "destination/wh", "ledger/wh.sales", "flow/orders"])
    #expect(plan.steps.allSatisfy { $0.action == .create })
    #expect(
      try plan.step("flow/orders").statements == [
        "CREATE TABLE sales.orders (\n  id bigint,\n  amount numeric(12,2),\n  note text\n);"
      ])
    #expect(!plan.isBlocked)
  }

  @Test("After an apply the next plan is empty", arguments: ["insert", "insert_ignore", "truncate_insert", "upsert"])
  func settles(mode: String) throws {
    let project = try orders("writeMode: \(mode)\nkey: [id]\n\(threeColumns)")
    let first = plan(project)
    let live = server().applying(first.steps.flatMap(\.operations))
    let second = plan(project, state: first.applied(to: nil), live: live)
    #expect(!second.hasChanges)
    #expect(second.summary == [.unchanged: 3])
  }

  @Test("The same inputs give the same plan") func deterministic() throws {
    let project = try orders("writeMode: upsert\nkey: [id]\n\(threeColumns)")
    #expect("\(plan(project))" == "\(plan(project))")
  }

  @Test("Upsert's key becomes the primary key of a new table") func primaryKey() throws {
    let plan = plan(try orders("writeMode: upsert\nkey: [id]\n\(threeColumns)"))
    let statement = try #require(try plan.step("flow/orders").statements.first)
    #expect(statement.contains("id bigint NOT NULL,"))
    #expect(statement.contains("PRIMARY KEY (id)"))
  }

  @Test("A table that is as wanted is adopted, and what leads to it") func adopt() throws {
    let plan = plan(try orders(threeColumns), live: server().with(table(idAmountNote)))
    #expect(try plan.step("flow/orders").action == .adopt)
    #expect(try plan.step("destination/wh").action == .adopt)
    #expect(try plan.step("authorizer/wh").action == .adopt)
  }

  @Test("A lost state takes up the lineage of the ledger's rows") func lineage() throws {
    var live = server().with(table(idAmountNote))
    live.lineages[QualifiedName(schema: "sales", name: "_sluice_loads")] = ["orders": ["old"]]
    #expect(plan(try orders(threeColumns), live: live).lineage == "old")
  }

  @Test("A change of a field is an update that names the field") func update() throws {
    let before = try orders(threeColumns)
    let first = plan(before)
    let live = server().applying(first.steps.flatMap(\.operations))
    let after = try orders("writeMode: upsert\nkey: [id]\n\(threeColumns)")
    let step = try plan(after, state: first.applied(to: nil), live: live).step("flow/orders")
    #expect(step.action == .update)
    let change = try #require(step.changes.first { $0.path == "writeMode" })
    #expect(change == FieldChange(path: "writeMode", before: "insert", after: "upsert"))
    #expect(step.statements == ["CREATE UNIQUE INDEX orders_id_sluice_key ON sales.orders (id);"])
  }

  @Test("Another default schema is a change of the flow's table") func movedTable() throws {
    let first = plan(try orders(threeColumns))
    var live = server().applying(first.steps.flatMap(\.operations))
    live.schemas["crm"] = Schema(name: "crm", owner: "dba", privileges: [.usage, .create])
    let moved = try orders(threeColumns, destination: "{authorizer: wh, defaultSchema: crm}")
    let step = try plan(moved, state: first.applied(to: nil), live: live).step("flow/orders")
    #expect(step.action == .update)
    #expect(step.changes == [FieldChange(path: "table", before: "sales.orders", after: "crm.orders")])
  }

  @Test("A table that was dropped is made again, as a repair") func repair() throws {
    let project = try orders(threeColumns)
    let state = plan(project).applied(to: nil)
    let step = try plan(project, state: state).step("flow/orders")
    #expect(step.action == .repair)
    #expect(step.statements.first?.hasPrefix("CREATE TABLE sales.orders") == true)
  }

  @Test("A flow without changes whose check fails is degraded, and stops nothing") func degraded() throws {
    let project = try orders(threeColumns)
    let first = plan(project)
    var live = server().applying(first.steps.flatMap(\.operations))
    live.tables[QualifiedName(schema: "sales", name: "orders")]?.privileges = [.select]
    let second = plan(project, state: first.applied(to: nil), live: live)
    #expect(try second.step("flow/orders").action == .degraded)
    #expect(!second.isBlocked)
    #expect(second.diagnostics.map(\.severity) == [.warning])
  }

  @Test("What is in no manifest any more is deleted, flows first; the table stays") func delete() throws {
    let state = plan(try orders(threeColumns)).applied(to: nil)
    let empty = try project("authorizers:\n  wh: {host: db.example.com, database: analytics, username: loader}")
    let plan = plan(empty, state: state)
    #expect(plan.steps.filter { $0.action == .delete }.map(\.address) == ["flow/orders", "destination/wh"])
    #expect(try plan.step("flow/orders").statements.isEmpty)
    #expect(try plan.step("flow/orders").reason == "no longer in the manifests; table sales.orders is gone already")
    var live = server().with(table(idAmountNote))
    live.rowCounts[QualifiedName(schema: "sales", name: "orders")] = .exactly(3)
    let stays = try PlanningTests.plan(empty, state: state, live: live).step("flow/orders")
    #expect(stays.reason == "no longer in the manifests; table sales.orders stays, with its 3 rows")
  }

  @Test("Another server behind an authorizer is one repair of the authorizer") func otherServer() throws {
    let project = try orders(threeColumns)
    let first = plan(project)
    var live = server().applying(first.steps.flatMap(\.operations))
    live.server.identity = "9/9/analytics@db.example.com"
    let second = plan(project, state: first.applied(to: nil), live: live)
    #expect(second.summary == [.repair: 1, .unchanged: 2])
    #expect(try second.step("authorizer/wh").action == .repair)
  }
}
