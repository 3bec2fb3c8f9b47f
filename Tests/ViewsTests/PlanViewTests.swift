import Diagnostics
import JSON
import Planning
import Testing
import Views

@Suite struct PlanViewTests {
  @Test("Draws the design's example")
  func design() throws {
    try expectDrawing("plan-design") { PlanView(style: $0).text(Samples.designPlan) }
  }

  @Test("Draws every action and every sort of line", arguments: [80, 120])
  func everything(width: Int) throws {
    try expectDrawing("plan-full-\(width)", width: width) { PlanView(style: $0).text(Samples.fullPlan) }
  }

  @Test("Says that there is nothing to do, only where there is not")
  func nothing() {
    func text(_ steps: [Step], _ diagnostics: [Diagnostic] = [], isOffline: Bool = false) -> String {
      let report = AuthorizerReport(name: "w", server: Samples.server(), host: nil)
      return PlanView(style: .plain).text(
        Plan(
          lineage: "l", serial: 1, steps: steps, diagnostics: diagnostics, authorizers: isOffline ? [] : [report]))
    }
    let unchanged = [Step(.unchanged, "flow/a", reason: ""), Step(.unchanged, "flow/b", reason: "")]
    #expect(
      text(unchanged) == """
        Authorizers
          ✓ w    PostgreSQL 15.18, TLS 1.3, certificate verified, role loader

        Nothing to do: the databases are as the manifests say.
        Plan: 0 to create, 0 to update, 0 to delete, 0 blocked, 2 unchanged.
        """)
    #expect(
      text(unchanged, isOffline: true) == """
        Nothing to do: the manifests say what was applied.
        Plan: 0 to create, 0 to update, 0 to delete, 0 blocked, 2 unchanged.
        """)
    #expect(!text(unchanged, [Diagnostic(.error, "x", "m")]).contains("Nothing to do"))
    #expect(text(unchanged, [Diagnostic(.warning, "x", "m")]).contains("Nothing to do:"))
    #expect(!text(unchanged + [Step(.blocked, "flow/c", reason: "")]).contains("Nothing to do"))
    #expect(!text(unchanged + [Step(.adopt, "flow/c", reason: "")]).contains("Nothing to do"))
    #expect(text(unchanged + [Step(.degraded, "flow/c", reason: "")]).contains("Nothing to do, but"))
  }

  @Test("Long values that begin alike are shown from shortly before they differ")
  func longValues() {
    func rules(_ action: String) -> String { String(repeating: "amount not_null, ", count: 9) + action + ", and on" }
    var step = Step(.update, "flow/a", reason: "")
    step.changes = [FieldChange(path: "quality", before: .string(rules("block")), after: .string(rules("warn")))]
    let plan = Plan(lineage: "l", serial: 1, steps: [step], diagnostics: [], authorizers: [])
    let text = PlanView(style: .plain).text(plan)
    #expect(text.contains("not_null, block, and on → …"))
    #expect(text.contains("not_null, warn, and on\n"))
  }

  @Test("The last line has each action's count, and the rare ones only where there are any")
  func summary() {
    let view = PlanView(style: .plain)
    #expect(
      view.summaryLine([.create: 1, .update: 1, .blocked: 1, .unchanged: 214])
        == "Plan: 1 to create, 1 to update, 0 to delete, 1 blocked, 214 unchanged.")
    #expect(
      view.summaryLine([.adopt: 2, .rename: 3, .repair: 4, .degraded: 5, .unchanged: 12_000])
        == "Plan: 0 to create, 0 to update, 0 to delete, 2 to adopt, 3 to rename, 4 to repair, 0 blocked, 5 degraded, "
        + "12,000 unchanged.")
  }

  @Test("Statements to hand on are complete, once each, whatever their length")
  func remedies() {
    let statement = "GRANT SELECT ON \(String(repeating: "a_long_table_name, ", count: 20))b TO loader;"
    var step = Step(.blocked, "flow/a", reason: "")
    let remedy = Remedy(authorizer: "w", executor: "the owner", statements: [statement])
    step.checks = [
      Check(.tablePrivileges, .failed, "no", remedy: remedy), Check(.schemaUsage, .failed, "no", remedy: remedy),
    ]
    let plan = Plan(lineage: "l", serial: 1, steps: [step], diagnostics: [], authorizers: [])
    let text = PlanView(style: Style(colour: false, width: 40)).text(plan)
    #expect(text.contains("To unblock, for the owner:\n  \(statement)\n\nPlan:"))
    #expect(text.ranges(of: statement).count == 1)
  }
}
