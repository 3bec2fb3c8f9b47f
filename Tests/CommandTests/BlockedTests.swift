import JSON
import TestSupport
import Testing

/// What cannot be applied is said by `plan`, before anything is done: which check fails, where, and what mends it.
@Suite("Blocked", .freshDatabase, .timeLimit(.minutes(15)))
struct BlockedTests {
  @Test("names the check, the place and the statement that mends it", arguments: BlockedCase.schemas)
  func schemas(_ example: BlockedCase) async throws { try await expectBlocked(example) }

  @Test("names the privilege, and the GRANT of just that", arguments: BlockedCase.privileges)
  func privileges(_ example: BlockedCase) async throws { try await expectBlocked(example) }

  @Test("hands the statement to the owner", arguments: BlockedCase.owners)
  func owners(_ example: BlockedCase) async throws { try await expectBlocked(example) }

  @Test("says what is wrong with the table", arguments: BlockedCase.tables)
  func tables(_ example: BlockedCase) async throws { try await expectBlocked(example) }

  private func expectBlocked(_ example: BlockedCase) async throws {
    let database = TestDatabase.current
    let role = try await database.createRole()
    func named(_ text: String) -> String {
      text.replacing("ROLE", with: role).replacing("DBNAME", with: database.name)
    }
    try await database.execute("CREATE SCHEMA sales; GRANT USAGE, CREATE ON SCHEMA sales TO \(role)")
    try await database.execute(named(example.sql))
    let lines = "source: {path: orders.csv}\ndestination: wh\n\(example.flow)"
    let world = try World(
      "orders:\n" + lines.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"),
      files: ["orders.csv": "id,total\n1,2.5\n2,3\n"], role: role)
    let before = try await world.dump()

    let plan = try await world.document("plan")
    #expect(plan.status == 1)
    #expect(plan.action("flow/orders") == "blocked")
    #expect(plan.checks("failed", of: "flow/orders") == [example.check])
    let diagnostic = try #require(plan.diagnostics(example.check).first, "\(plan.json)")
    #expect(plan.diagnostics().count == 1, "\(plan.diagnostics())")
    #expect(diagnostic["severity"] == "error")
    #expect(diagnostic["message"]?.stringValue?.contains(named(example.message)) != false, "\(diagnostic)")
    let help = diagnostic["help"]?.strings ?? []
    for line in example.help.map(named) { #expect(help.contains(line)) }
    #expect(diagnostic.place == (try place(of: example.at, in: world)))
    let human = try await world.sluice("plan")
    #expect(human.status == 1)
    #expect(human.error.contains("error[\(example.check)]: "))
    #expect(try await world.dump() == before)

    let statements = help.filter { $0.hasSuffix(";") && !$0.hasPrefix("SELECT") }
    #expect(statements == example.help.map(named).filter { $0.hasSuffix(";") })
    guard !statements.isEmpty else { return }
    for statement in statements { #expect(human.output.contains(statement)) }
    try await database.execute(statements.joined(separator: "\n"))
    let mended = try await world.document("plan")
    #expect(mended.status == 0, "\(mended.json)")
    #expect(mended.checks("failed", of: "flow/orders") == [])
    #expect(mended.checks("passed", of: "flow/orders").contains(example.check) || example.check == "table-owner")
  }

  /// The place of the first `text` in flows.yaml; that of the destination's authorizer for nothing.
  private func place(of text: String, in world: World) throws -> String {
    let file = text.isEmpty ? "connection.yaml" : "flows.yaml"
    let lines = try world.project.read(file).split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let wanted = text.isEmpty ? "authorizer: wh" : text
      guard let range = line.firstRange(of: wanted) else { continue }
      let column = line.distance(from: line.startIndex, to: range.lowerBound) + 1
      return "\(file):\(index + 1):\(column + (text.isEmpty ? "authorizer: ".count : 0))"
    }
    return "nowhere"
  }
}
