import Catalog
import Diagnostics
import Manifests
import Testing

@testable import Planning

@Suite("Checks") struct CheckTests {
  /// The one check that fails, and its diagnostic.
  private func failure(_ plan: Plan) throws -> (check: Check, diagnostic: Diagnostic) {
    let failed = try plan.step("flow/orders").checks.filter { $0.status == .failed }
    try #require(failed.count == 1, "\(failed)")
    let errors = plan.diagnostics.filter { $0.severity == .error }
    try #require(errors.count == 1, "\(errors)")
    #expect(try plan.step("flow/orders").action == .blocked)
    #expect(errors[0].code == failed[0].id.rawValue)
    #expect(errors[0].place?.file == "shop.yaml")
    return (failed[0], errors[0])
  }

  @Test("A missing schema is named once, with where its name came from") func schema() throws {
    let project = try orders(threeColumns, destination: "{authorizer: wh}")
    let (check, diagnostic) = try failure(plan(project))
    #expect(check.id == .schemaExists)
    #expect(diagnostic.message == "schema \"dbo\" does not exist in database \"analytics\"")
    #expect(diagnostic.label == "resolved to dbo.orders: no schema is given, and dbo is the default")
    #expect(
      diagnostic.help == [
        "write `table: public.orders`, or set `defaultSchema: public` on destination/wh", "schemas here: sales",
        "CREATE SCHEMA dbo AUTHORIZATION loader;",
      ])
  }

  @Test("A missing privilege on the schema is blocked with its GRANT", arguments: [Privilege.usage, .create])
  func schemaPrivilege(missing: Privilege) throws {
    var live = server()
    live.schemas["sales"]?.privileges.remove(missing)
    let (check, _) = try failure(plan(try orders(threeColumns), live: live))
    #expect(check.id == (missing == .usage ? .schemaUsage : .schemaCreate))
    #expect(check.remedy?.statements == ["GRANT \(missing.rawValue) ON SCHEMA sales TO loader;"])
  }

  static let needs: [(mode: String, privileges: [Privilege])] = [
    ("insert", [.insert]), ("insert_ignore", [.insert]), ("upsert", [.select, .insert, .update]),
    ("delete", [.select, .delete]),
  ]

  @Test("A missing privilege on the table is blocked with its GRANT", arguments: needs)
  func tablePrivilege(mode: String, privileges: [Privilege]) throws {
    let unique = UniqueIndex(name: "orders_pkey", columns: ["id"], isPrimary: true)
    let project = try orders("writeMode: \(mode)\nkey: [id]\n\(threeColumns)")
    for missing in privileges {
      var granted = Set(privileges)
      granted.insert(.select)
      granted.remove(missing)
      let live = server().with(table(idAmountNote, indexes: [unique], privileges: granted))
      let (check, _) = try failure(plan(project, live: live))
      #expect(check.id == .tablePrivileges)
      #expect(check.remedy?.statements == ["GRANT \(missing.rawValue) ON sales.orders TO loader;"])
    }
  }

  @Test("truncate_insert does with TRUNCATE or with DELETE", arguments: [Privilege.truncate, .delete])
  func truncate(privilege: Privilege) throws {
    let project = try orders("writeMode: truncate_insert\n\(threeColumns)")
    let live = server().with(table(idAmountNote, privileges: [.insert, privilege]))
    #expect(!plan(project, live: live).isBlocked)
    let (check, _) = try failure(plan(project, live: server().with(table(idAmountNote, privileges: [.insert]))))
    #expect(check.remedy?.statements == ["GRANT TRUNCATE ON sales.orders TO loader;"])
  }

  @Test("A privilege on the loaded columns alone is enough") func columnPrivilege() throws {
    var columns = idAmountNote
    for index in columns.indices { columns[index].privileges = [.insert] }
    let live = server().with(table(columns, privileges: []))
    #expect(!plan(try orders(threeColumns), live: live).isBlocked)
  }

  @Test("A role that works by columns is given just the columns that it lacks") func missingColumns() throws {
    var columns = idAmountNote
    columns[0].privileges = [.select, .insert]
    columns[1].privileges = [.select]
    let unique = UniqueIndex(name: "orders_pkey", columns: ["id"], isPrimary: true)
    let project = try orders("writeMode: upsert\nkey: [id]\n\(threeColumns)")
    let live = server().with(table(columns, indexes: [unique], privileges: []))
    let (check, _) = try failure(plan(project, live: live))
    #expect(
      check.remedy?.statements == [
        "GRANT SELECT (note), INSERT (amount, note), UPDATE (amount, note) ON sales.orders TO loader;"
      ])
  }

  @Test(
    "Where policies apply a warning says so, rows are staged, and DELETE it is",
    arguments: ["insert", "truncate_insert"])
  func rowSecurity(mode: String) throws {
    var policed = table(idAmountNote, isOwned: false, privileges: [.insert, .truncate, .delete])
    policed.hasRowSecurity = true
    let project = try orders("writeMode: \(mode)\n\(threeColumns)")
    let warned = plan(project, live: server().with(policed))
    #expect(!warned.isBlocked)
    #expect(warned.diagnostics.map(\.code) == ["row-security"])
    #expect(warned.diagnostics.map(\.severity) == [.warning])
    #expect(try warned.step("flow/orders").checks.contains { $0.id == .databaseTemp && $0.status == .passed })
    policed.privileges.remove(.delete)
    let without = plan(project, live: server().with(policed))
    #expect(
      without.remedies.map(\.statements) == (mode == "insert" ? [] : [["GRANT DELETE ON sales.orders TO loader;"]]))
  }

  @Test("With readers kept TRUNCATE does not do") func readersKept() throws {
    let project = try orders("writeMode: truncate_insert\nreaders: keep\n\(threeColumns)")
    let live = server().with(table(idAmountNote, privileges: [.insert, .truncate]))
    let (check, diagnostic) = try failure(plan(project, live: live))
    #expect(check.remedy?.statements == ["GRANT DELETE ON sales.orders TO loader;"])
    #expect(diagnostic.label == "with `readers: keep` rows are deleted, not truncated")
  }

  @Test(
    "The schema of a type is read from its name as SQL has it",
    arguments: [
      ("types.money2", "types"), ("Types.money2[]", "types"), (#""My ""Types"" (1)".t(3)"#, #"My "Types" (1)"#),
      ("numeric(12,2)", nil), (#""a.b""#, nil), (#""a.b"[]"#, nil), ("bit varying(3)", nil), (#""open"#, nil),
    ])
  func schemaOfType(type: String, schema: String?) {
    #expect(schemaPart(ofType: type)?.name == schema)
  }

  @Test("Staging wants TEMPORARY on the database") func temporary() throws {
    var live = server()
    live.server.privileges = []
    let (check, _) = try failure(plan(try orders("writeMode: upsert\nkey: [id]\n\(threeColumns)"), live: live))
    #expect(check.id == .databaseTemp)
    #expect(check.remedy?.statements == ["GRANT TEMPORARY ON DATABASE analytics TO loader;"])
  }

  @Test("Flows load into no view") func view() throws {
    let (check, _) = try failure(plan(try orders(threeColumns), live: server().with(table(idAmountNote, kind: .view))))
    #expect(check.id == .tableKind)
  }

  @Test("A column of another type shows both") func columnType() throws {
    var columns = idAmountNote
    columns[0].type = "integer"
    let (check, diagnostic) = try failure(plan(try orders(threeColumns), live: server().with(table(columns))))
    #expect(check.id == .tableColumns)
    #expect(diagnostic.message == "column sales.orders.id is integer in the database, and bigint in the flow")
    #expect(diagnostic.help.contains("ALTER TABLE sales.orders ALTER COLUMN id TYPE bigint USING id::bigint;"))
  }

  @Test("A NOT NULL column without default must be filled") func unfilled() throws {
    let extra = Column(name: "region", type: "text", isNotNull: true)
    let (check, diagnostic) = try failure(
      plan(try orders(threeColumns), live: server().with(table(idAmountNote + [extra]))))
    #expect(check.id == .tableColumns)
    #expect(diagnostic.help.first == "add `region: text` to `columns:`, or have the table's owner run:")
  }

  @Test("A column that the server fills alone takes no values") func identity() throws {
    var columns = idAmountNote
    columns[0].identity = .always
    let (check, _) = try failure(plan(try orders(threeColumns), live: server().with(table(columns))))
    #expect(check.id == .tableColumns)
  }

  @Test("What only the owner may add is his to run") func owner() throws {
    let live = server().with(table(Array(idAmountNote.prefix(2)), isOwned: false))
    let (check, _) = try failure(plan(try orders(threeColumns), live: live))
    #expect(check.id == .tableOwner)
    #expect(check.remedy?.executor == "the owner of table sales.orders")
    #expect(check.remedy?.statements == ["ALTER TABLE sales.orders ADD COLUMN note text;"])
  }

  @Test("A partition of somebody else stands in the way of an index that is built beside writers") func partition()
    throws
  {
    var partitioned = table(idAmountNote, kind: .partitionedTable, isEmpty: false)
    partitioned.partitionColumns = ["id"]
    let part = QualifiedName(schema: "sales", name: "orders_1")
    partitioned.partitions = [Partition(name: part, parent: partitioned.name, kind: .table, isOwned: false)]
    let project = try orders("writeMode: upsert\nkey: [id]\n\(threeColumns)")
    let (check, _) = try failure(plan(project, live: server().with(partitioned)))
    #expect(check.id == .tableOwner)
    #expect(check.remedy?.statements == ["ALTER TABLE sales.orders_1 OWNER TO loader;"])
    partitioned.partitions[0].isOwned = true
    #expect(!plan(project, live: server().with(partitioned)).isBlocked)
  }

  @Test("Rows with the same key stand in the way of an index") func duplicates() throws {
    var live = server().with(table(idAmountNote, isEmpty: false))
    let project = try orders("writeMode: upsert\nkey: [id]\n\(threeColumns)")
    let question = KeyQuestion(table: QualifiedName(schema: "sales", name: "orders"), key: ["id"])
    #expect(Questions.of(Scope(whole: project, state: nil), state: nil)["wh"]?.openKeys(in: live.tables) == [question])
    live.duplicates[question] = .found(["7 (2 rows)"])
    let (check, diagnostic) = try failure(plan(project, live: live))
    #expect(check.id == .uniqueKey)
    #expect(diagnostic.help.contains { $0.contains("7 (2 rows)") })
  }

  @Test("An unreachable server is one error, however many flows use it") func unreachable() throws {
    let project = try project(
      """
      authorizers:
        wh: {host: db.example.com, database: analytics, username: loader}
      destinations:
        wh: {authorizer: wh, defaultSchema: sales}
      flows:
        a: {source: {path: a.csv}, destination: wh}
        b: {source: {path: b.csv}, destination: wh}
      """)
    var observation = Observation()
    observation.databases["wh"] = .unreachable(Diagnostic(.error, "connection", "authorizer wh: refused"))
    let plan = Plan(
      scope: Scope(whole: project, state: nil), state: nil, observation: observation, newLineage: "new")
    #expect(plan.diagnostics.count == 1)
    #expect(plan.diagnostics[0].help == ["2 flows that use it were not checked"])
    #expect(plan.summary[.blocked] == 3)
    for step in plan.steps where step.action == .blocked {
      #expect(step.checks.map(\.id) == [.connection])
      #expect(step.checks.map(\.status) == [.failed])
    }
  }

  @Test("With the columns known a file may come later; a format that cannot be read may not")
  func unreadableSource() throws {
    let project = try orders(threeColumns)
    for (code, isBlocked) in [("source-readable", false), ("source-encoding", true)] {
      var observation = Observation()
      observation.databases["wh"] = .reached(server())
      observation.sources["orders"] = .unreadable([Diagnostic(.error, code, "cannot be read")])
      let plan = Plan(
        scope: Scope(whole: project, state: nil), state: nil, observation: observation, newLineage: "new")
      #expect(plan.isBlocked == isBlocked)
      #expect(plan.diagnostics.map(\.severity) == [isBlocked ? .error : .warning])
    }
  }

  @Test("Where the source says no columns, the key is not said to lack one", arguments: ["upsert", "delete"])
  func keyOfUnknownColumns(mode: String) throws {
    let project = try orders("writeMode: \(mode)\nkey: [id]")
    var observation = Observation()
    observation.databases["wh"] = .reached(server())
    observation.sources["orders"] = .unreadable([Diagnostic(.error, "source-readable", "there is no file orders.csv")])
    let plan = Plan(scope: Scope(whole: project, state: nil), state: nil, observation: observation, newLineage: "new")
    #expect(plan.isBlocked)
    #expect(!plan.diagnostics.contains { $0.code == "unique-key" }, "\(plan.diagnostics)")
    observation.sources["orders"] = .fields([SourceField(name: "no", type: "bigint", origin: "header")])
    let known = Plan(scope: Scope(whole: project, state: nil), state: nil, observation: observation, newLineage: "new")
    #expect(known.diagnostics.map(\.code).contains("unique-key"))
  }

  @Test("Flows with one cause share one diagnostic") func oneCause() throws {
    let flows = (1...9).map { "  f\($0): {source: {path: f.csv}, destination: wh, columns: {id: bigint}}" }
    let project = try project(
      """
      authorizers:
        wh: {host: db.example.com, database: analytics, username: loader}
      destinations:
        wh: {authorizer: wh, defaultSchema: nowhere}
      flows:
      \(flows.joined(separator: "\n"))
      """)
    let plan = plan(project)
    #expect(plan.summary[.blocked] == 9)
    #expect(plan.diagnostics.count == 1)
    #expect(plan.diagnostics[0].help.last == "this concerns also flow/f2, flow/f3, flow/f4 and 5 more")
    #expect(plan.remedies.map(\.statements) == [["CREATE SCHEMA nowhere AUTHORIZATION loader;"]])
  }
}
