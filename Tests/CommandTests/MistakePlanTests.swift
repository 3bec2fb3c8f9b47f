import JSON
import TestSupport
import Testing

/// What only the database, or the source, shows to be wrong: one diagnostic of `plan`, whose help mends it.
@Suite("Mistakes that a plan finds", .freshDatabase, .timeLimit(.minutes(15)))
struct MistakePlanTests {
  private static let orders = """
    id,name,total,placed
    1,Ann,2.5,2024-01-01 10:00:00
    2,Ben,3,2024-01-02 11:00:00

    """

  @Test("A mistake is one diagnostic, and its help mends it", arguments: Mistake.names(in: "PlanMistakes"))
  func plan(name: String) async throws {
    let mistake = try Mistake(name, in: "PlanMistakes")
    let database = TestDatabase.current
    let role = try await database.createRole("loader")
    try await database.execute("GRANT USAGE, CREATE ON SCHEMA public TO \(role)")
    for sql in mistake.sql { try await database.execute(sql.replacing("ROLE", with: role)) }
    let connection = """
      authorizers:
        wh: {url: {env: DATABASE_URL}}
      destinations:
        wh: \(mistake.destination)

      """
    let world = try World("", files: ["orders.csv": Self.orders], connection: connection, role: role)
    for (path, text) in mistake.files { try world.project.write(text, to: path) }

    let human = try await world.sluice("plan")
    let steady = SteadyText([(role, "loader"), (database.name, "shop"), (database.host, "/run/postgresql")])
    try expectGolden(steady(human.error), "mistakes-in-plans/\(name).txt")
    let plan = try await world.document("plan")
    #expect(plan.status == 1)
    let found = plan.diagnostics()
    #expect(found.map { "\($0.place ?? ""): \($0["code"]?.stringValue ?? "")" } == [mistake.expected], "\(found)")

    let diagnostic = try #require(found.first)
    let help = diagnostic["help"]?.strings ?? []
    let statements = help.filter { $0.hasSuffix(";") }
    if let repaired = mistake.repaired(
      by: help, code: diagnostic["code"]?.stringValue ?? "", at: try #require(range(of: diagnostic)))
    {
      #expect(repaired != mistake.files)
      for (path, text) in repaired { try world.project.write(text, to: path) }
    } else {
      try #require(!statements.isEmpty, "\(help)")
      for statement in statements { try await database.execute(statement) }
    }
    let mended = try await world.document("plan")
    #expect(mended.status == 0, "\(mended.diagnostics())")
  }

  private func range(of diagnostic: JSONValue) -> Repair.Range? {
    guard let place = diagnostic["place"], let file = place["file"]?.stringValue, let line = place["line"]?.intValue,
      let column = place["column"]?.intValue, let endLine = place["endLine"]?.intValue,
      let endColumn = place["endColumn"]?.intValue
    else { return nil }
    return Repair.Range(file: file, line: line, column: column, endLine: endLine, endColumn: endColumn)
  }
}
