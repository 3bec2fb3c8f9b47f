import Catalog
import JSON
import Manifests
import Testing

@testable import Planning
@testable import State

@Suite("Drift: what is live is no longer as it was applied") struct DriftTests {
  private static let name = QualifiedName(schema: "sales", name: "orders")
  private static let fields = "writeMode: upsert\nkey: [id]\n" + threeColumns

  /// The project, the state after a first apply, and the database then.
  private func applied() throws -> (Project, AppliedState, LiveDatabase) {
    let project = try orders(Self.fields)
    let first = plan(project)
    var live = PlanningTests.server().applying(first.steps.flatMap(\.operations))
    live.tables[Self.name]?.oid = 100
    var state = first.applied(to: nil)
    state.resources["flow/orders"]?.relationOID = 100
    return (project, state, live)
  }

  private func step(_ change: (inout LiveDatabase) -> Void) throws -> Step {
    var (project, state, live) = try applied()
    change(&live)
    return try plan(project, state: state, live: live).step("flow/orders")
  }

  @Test("nothing moved: nothing to do") func none() throws {
    let step = try step { _ in }
    #expect(step.action == .unchanged)
    #expect(step.changes == [])
  }

  @Test("a dropped column is named, and added again") func droppedColumn() throws {
    let step = try step { $0.tables[Self.name]?.columns.removeAll { $0.name == "note" } }
    #expect(step.action == .repair)
    #expect(step.changes == [FieldChange(path: "columns.note", before: "text", after: nil, side: .database)])
    #expect(step.statements == ["ALTER TABLE sales.orders ADD COLUMN note text;"])
  }

  @Test("a changed type is named, and left to the owner: the flow is degraded") func changedType() throws {
    let step = try step { live in
      guard let index = live.tables[Self.name]?.columns.firstIndex(where: { $0.name == "amount" }) else { return }
      live.tables[Self.name]?.columns[index].type = "integer"
    }
    #expect(step.action == .degraded)
    #expect(
      step.changes == [
        FieldChange(path: "columns.amount.type", before: "numeric(12,2)", after: "integer", side: .database)
      ])
    #expect(step.statements == [])
  }

  @Test("a dropped unique index is named, and made again") func droppedIndex() throws {
    let step = try step { $0.tables[Self.name]?.uniqueIndexes = [] }
    #expect(step.action == .repair)
    #expect(step.changes == [FieldChange(path: "unique index", before: "id", after: nil, side: .database)])
    #expect(step.statements == ["CREATE UNIQUE INDEX orders_id_sluice_key ON sales.orders (id);"])
  }

  @Test("withdrawn privileges degrade the flow") func privileges() throws {
    let step = try step { $0.tables[Self.name]?.privileges = [.select] }
    #expect(step.action == .degraded)
    #expect(step.checks.contains { $0.id == .tablePrivileges && $0.status == .failed })
  }

  @Test("a dropped table is named, and made again") func droppedTable() throws {
    let step = try step { $0.tables[Self.name] = nil }
    #expect(step.action == .repair)
    #expect(step.changes == [FieldChange(path: "table", before: "sales.orders", after: nil, side: .database)])
  }

  @Test("a table of the same shape and another OID was made anew: it is recorded as such, once") func madeAnew() throws
  {
    var (project, state, live) = try applied()
    live.tables[Self.name]?.oid = 200
    let second = plan(project, state: state, live: live)
    let step = try second.step("flow/orders")
    #expect(step.action == .repair)
    #expect(step.statements == [])
    #expect(step.reason.contains("made anew"))
    #expect(step.record?.relationOID == 200)
    state = second.applied(to: state)
    #expect(!plan(project, state: state, live: live).hasChanges)
  }

  @Test("another server is one repair, which takes the flows along") func server() throws {
    var (project, state, live) = try applied()
    live.server.identity = "9/9/analytics@db.example.com"
    live.tables[Self.name]?.oid = 300
    let second = plan(project, state: state, live: live)
    #expect(second.summary == [.repair: 1, .unchanged: 2])
    state = second.applied(to: state)
    #expect(state.resources["flow/orders"]?.server == "9/9/analytics@db.example.com")
    #expect(state.resources["flow/orders"]?.relationOID == 300)
    #expect(!plan(project, state: state, live: live).hasChanges)
    live.tables[Self.name]?.oid = 301
    #expect(try plan(project, state: state, live: live).step("flow/orders").action == .repair)
  }

  @Test("a change of the manifest is told from drift by its side") func sides() throws {
    let (_, state, live) = try applied()
    let changed = try orders(Self.fields + "\ndescription: new")
    let step = try plan(changed, state: state, live: live).step("flow/orders")
    #expect(step.changes == [FieldChange(path: "description", before: nil, after: "new", side: .manifest)])
  }
}
