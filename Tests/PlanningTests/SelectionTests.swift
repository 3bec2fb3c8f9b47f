import Catalog
import Diagnostics
import JSON
import Manifests
import Testing

@testable import Planning
@testable import State

@Suite("Selecting a part of a project") struct SelectionTests {
  private static let flow = "source: {path: data.csv}, destination: wh, columns: {id: bigint}"
  private static let connections = """
    authorizers:
      wh: {host: db.example.com, database: analytics, username: loader}
      other: {host: other.example.com, database: analytics, username: loader}
    destinations:
      wh: {authorizer: wh, defaultSchema: sales}
      other: {authorizer: other}

    """

  private func three() throws -> Project {
    try project(
      Self.connections + """
        flows:
          crm.orders: {\(Self.flow), labels: {team: sales}}
          crm.people: {\(Self.flow), labels: {team: people}}
          shop: {\(Self.flow)}
        """)
  }

  private func flows(_ selection: Selection, state: AppliedState? = nil) throws -> [String] {
    try plan(three(), selecting: selection, state: state).steps.map(\.address).filter { $0.hasPrefix("flow/") }
  }

  @Test(
    "by name, pattern, address and label",
    arguments: [
      (Selection(flows: ["shop"]), ["shop"]), (Selection(flows: ["flow/shop"]), ["shop"]),
      (Selection(flows: ["crm.*"]), ["crm.orders", "crm.people"]),
      (Selection(select: ["team=sales"]), ["crm.orders"]),
      (Selection(select: ["team=*"]), ["crm.orders", "crm.people"]),
      (Selection(select: ["flow/*"], exclude: ["crm.orders"]), ["crm.people", "shop"]),
      (Selection(exclude: ["team=sales", "shop"]), ["crm.people"]),
      (Selection(flows: ["shop"], select: ["team=people"]), ["crm.people", "shop"]),
      (Selection(select: ["destination/wh"]), []),
    ] as [(Selection, [String])])
  func patterns(selection: Selection, expected: [String]) throws {
    #expect(try flows(selection) == expected.map { "flow/\($0)" })
  }

  @Test("What a flow needs is pulled in, and said; all else is left alone") func needs() throws {
    let plan = try plan(three(), selecting: Selection(flows: ["shop"]))
    #expect(plan.steps.map(\.address) == ["authorizer/wh", "destination/wh", "ledger/wh.sales", "flow/shop"])
    #expect(try plan.step("destination/wh").reason.hasSuffix("(flow/shop needs it)"))
    #expect(try plan.step("authorizer/wh").reason.hasSuffix("(destination/wh needs it)"))
    #expect(plan.authorizers.map(\.name) == ["wh"])
  }

  @Test(
    "What fits nothing is an error with the nearest name",
    arguments: [
      (Selection(flows: ["shp"]), "unknown-flow", "did you mean `shop`?"),
      (Selection(select: ["destination/wg"]), "selects-nothing", "did you mean `destination/wh`?"),
      (Selection(exclude: ["team=sale"]), "selects-nothing", "did you mean `team=sales`?"),
      (Selection(select: ["tem=sales"]), "selects-nothing", "did you mean `team`?"),
    ])
  func nothing(selection: Selection, code: String, help: String) throws {
    let failure = #expect(throws: Failure.self) { try plan(three(), selecting: selection) }
    #expect(failure?.diagnostics.map(\.code) == [code])
    #expect(failure?.diagnostics.first?.help.first == help)
  }

  @Test("A need that is excluded and not applied is an error; applied and unchanged it is used as it is")
  func excludedNeed() throws {
    let project = try three()
    let selection = Selection(flows: ["shop"], exclude: ["destination/wh"])
    let first = try plan(project, selecting: selection)
    #expect(first.isBlocked)
    #expect(first.diagnostics.map(\.code) == ["excluded"])
    let state = plan(project).applied(to: nil)
    let second = try plan(project, selecting: selection, state: state)
    #expect(!second.isBlocked)
    #expect(!second.steps.contains { $0.address == "destination/wh" })
  }

  @Test("A deletion that is not selected does not happen; one that is, alone") func deletions() throws {
    let first = plan(try three())
    let state = first.applied(to: nil), live = server().applying(first.steps.flatMap(\.operations))
    let fewer = try project(Self.connections + "flows:\n  shop: {\(Self.flow)}")
    #expect(try !plan(fewer, selecting: Selection(flows: ["shop"]), state: state, live: live).hasChanges)
    let plan = try plan(fewer, selecting: Selection(flows: ["crm.orders"]), state: state)
    #expect(plan.steps.map { "\($0.action) \($0.address)" } == ["delete flow/crm.orders"])
  }

  @Test("What others still use is not deleted without them") func inUse() throws {
    let state = plan(try three()).applied(to: nil)
    let gone = try project("authorizers:\n  wh: {host: db.example.com, database: analytics, username: loader}")
    let plan = try plan(gone, selecting: Selection(select: ["destination/wh"]), state: state)
    #expect(try plan.step("destination/wh").action == .blocked)
    #expect(plan.diagnostics.map(\.code) == ["in-use"])
    let all = PlanningTests.plan(gone, state: state)
    #expect(!all.isBlocked)
    let deletes = all.steps.filter { $0.action == .delete }
    #expect(deletes.map(\.address).first == "flow/shop")
    #expect(try all.step("destination/wh").after == ["flow/crm.orders", "flow/crm.people", "flow/shop"])
  }
}

@Suite("Renaming and protecting") struct RenameTests {
  private static let authorizer = "authorizers:\n  wh: {host: db.example.com, database: analytics, username: loader}\n"
  private static let flow = "table: orders, source: {path: data.csv}, columns: {id: bigint}"

  private func shop(_ rest: String) throws -> Project { try project(Self.authorizer + rest) }

  private func before() throws -> (AppliedState, LiveDatabase) {
    let plan = plan(
      try shop(
        """
        destinations:
          wh: {authorizer: wh, defaultSchema: sales}
        flows:
          old: {\(Self.flow), destination: wh}
          other: {\(Self.flow), destination: wh, after: [old]}
        """))
    return (plan.applied(to: nil), server().applying(plan.steps.flatMap(\.operations)))
  }

  @Test("A renamed flow is one rename: no table is made, the former name stays known, others follow") func flow() throws
  {
    let (state, live) = try before()
    let after = try shop(
      """
      destinations:
        wh: {authorizer: wh, defaultSchema: sales}
      flows:
        new: {\(Self.flow), destination: wh, renamedFrom: old}
        other: {\(Self.flow), destination: wh, after: [new]}
      """)
    let second = plan(after, state: state, live: live)
    #expect(second.summary == [.rename: 1, .unchanged: 3])
    let step = try second.step("flow/new")
    #expect(step.reason.hasPrefix("was flow/old"))
    #expect(step.statements == [])
    let then = second.applied(to: state)
    #expect(then.resources["flow/old"] == nil)
    #expect(then.resources["flow/new"]?.formerNames == ["old"])
    #expect(then.resources["flow/other"]?.spec["after"] == ["new"])
    #expect(!plan(after, state: then, live: live).hasChanges)
  }

  @Test("A renamed destination leaves its flows unchanged, and the state names it everywhere") func destination() throws
  {
    let (state, live) = try before()
    let after = try shop(
      """
      destinations:
        warehouse: {authorizer: wh, defaultSchema: sales, renamedFrom: wh}
      flows:
        old: {\(Self.flow), destination: warehouse}
        newer: {\(Self.flow), destination: warehouse, after: [old], renamedFrom: other}
      """)
    let second = plan(after, state: state, live: live)
    #expect(second.summary == [.rename: 2, .unchanged: 2])
    #expect(try second.step("flow/newer").after.contains("destination/warehouse"))
    let then = second.applied(to: state)
    #expect(Set(then.resources.keys) == ["authorizer/wh", "destination/warehouse", "flow/old", "flow/newer"])
    #expect(then.resources["flow/old"]?.spec["destination"] == "warehouse")
    #expect(!plan(after, state: then, live: live).hasChanges)
  }

  @Test("A rename from what is still declared is an error at both places") func stillThere() throws {
    let (state, live) = try before()
    let after = try shop(
      """
      destinations:
        wh: {authorizer: wh, defaultSchema: sales}
      flows:
        old: {\(Self.flow), destination: wh}
        new: {\(Self.flow), destination: wh, renamedFrom: old}
        other: {\(Self.flow), destination: wh, after: [old]}
      """)
    let plan = plan(after, state: state, live: live)
    #expect(plan.diagnostics.map(\.code) == ["renamed-from-declared"])
    #expect(plan.isBlocked)
  }

  @Test("A rename and other changes are one step") func renameAndChange() throws {
    let (state, live) = try before()
    let after = try shop(
      """
      destinations:
        wh: {authorizer: wh, defaultSchema: sales}
      flows:
        new: {\(Self.flow.replacing("id: bigint", with: "id: bigint, note: text")), destination: wh, renamedFrom: old}
        other: {\(Self.flow), destination: wh}
      """)
    let step = try plan(after, state: state, live: live).step("flow/new")
    #expect(step.action == .rename)
    #expect(step.statements == ["ALTER TABLE sales.orders ADD COLUMN note text;"])
  }

  @Test("What is protected is not deleted, also when the line is gone; lifting it is an update of its own")
  func protect() throws {
    func flows(_ fields: String) throws -> Project {
      try shop(
        "destinations:\n  wh: {authorizer: wh, defaultSchema: sales}\n"
          + (fields.isEmpty ? "" : "flows:\n  kept: {\(Self.flow), destination: wh\(fields)}"))
    }
    let first = plan(try flows(", protect: true"))
    let live = server().applying(first.steps.flatMap(\.operations))
    var state = first.applied(to: nil)
    let gone = plan(try flows(""), state: state, live: live)
    #expect(try gone.step("flow/kept").action == .blocked)
    #expect(gone.diagnostics.map(\.code) == ["protected"])
    let lifted = plan(try flows(", protect: false"), state: state, live: live)
    #expect(try lifted.step("flow/kept").action == .update)
    state = lifted.applied(to: state)
    #expect(try plan(flows(""), state: state, live: live).step("flow/kept").action == .delete)
  }
}
