import Catalog
import Diagnostics
import Manifests
import Testing

@testable import Planning
@testable import State

@Suite("Where columns come from") struct ColumnTests {
  let fields = [
    SourceField(name: "id", type: "bigint", origin: "orders.csv"),
    SourceField(name: "note", type: "text", origin: "orders.csv"),
  ]

  private func columns(_ plan: Plan) throws -> [String] {
    try plan.step("flow/orders").columns.map { "\($0.name.name) \($0.type)" }
  }

  @Test("With nothing else known, from the source") func inferred() throws {
    #expect(try columns(plan(try orders(""), fields: fields)) == ["id bigint", "note text"])
  }

  @Test("From the table that exists before the source, as far as the source has them") func live() throws {
    let existing = [
      Column(name: "note", type: "character varying(9)"), Column(name: "id", type: "integer"),
      Column(name: "made", type: "date"),
    ]
    let live = server().with(table(existing))
    #expect(
      try columns(plan(try orders(""), live: live, fields: fields)) == ["note character varying(9)", "id integer"])
  }

  @Test("As recorded before all else") func recorded() throws {
    let project = try orders("")
    let first = plan(project, fields: fields)
    let live = server().applying(first.steps.flatMap(\.operations))
    let other = [SourceField(name: "id", type: "text", origin: "orders.csv")]
    #expect(
      try columns(plan(project, state: first.applied(to: nil), live: live, fields: other)) == [
        "id bigint", "note text",
      ])
  }

  @Test("The rest of the source goes behind what is declared") func rest() throws {
    let project = try orders("columns:\n  number: {type: text, from: id}\n  \"*\": inferred")
    #expect(try columns(plan(project, fields: fields)) == ["number text", "note text"])
  }

  @Test("A column whose field the source lacks is an error with the nearest name") func missingField() throws {
    let plan = plan(try orders("columns: {id: bigint, nota: text}"), fields: fields)
    let diagnostic = try #require(plan.diagnostics.first)
    #expect(diagnostic.code == "source-readable")
    #expect(diagnostic.message == "the source has no field \"nota\" for column nota")
    #expect(diagnostic.help.first == "did you mean `note`?")
  }

  @Test("Defaults and NOT NULL are part of the table that is made") func definition() throws {
    let plan = plan(
      try orders(
        "columns: {id: {type: bigint, nullable: false, default: 0}, note: {type: text, default: {sql: now()}}}"))
    #expect(
      try plan.step("flow/orders").statements == [
        "CREATE TABLE sales.orders (\n  id bigint DEFAULT '0' NOT NULL,\n  note text DEFAULT now()\n);"
      ])
  }
}

@Suite("Names in SQL") struct NameTests {
  @Test("An index's name stays within PostgreSQL's bound, and apart from others") func indexName() {
    let table = QualifiedName(schema: "s", name: Identifier(String(repeating: "ä", count: 31)))
    let one = Identifier.uniqueIndex(on: table, key: ["a"]), two = Identifier.uniqueIndex(on: table, key: ["b"])
    #expect(one != two)
    for name in [one, two] { #expect(name.name.utf8.count <= Identifier.maximumBytes) }
  }

  @Test("Hostile names are quoted in every statement") func hostile() {
    let name = QualifiedName(schema: "s", name: Identifier("x\"; DROP TABLE y; --"))
    let column = PlannedColumn(name: Identifier("a\"b"), type: "text", from: "a", origin: .declared)
    let operations: [Operation] = [
      .createTable(name, columns: [column], primaryKey: [column.name]), .addColumn(name, column),
      .createUniqueIndex(name, key: [column.name]), .createLedger(name),
      .upgradeLedger(name, adding: Array(LedgerLayout.columns.suffix(1))),
    ]
    for statement in operations.flatMap(\.statements) {
      #expect(statement.contains("s.\"x\"\"; DROP TABLE y; --\""))
    }
  }
}
