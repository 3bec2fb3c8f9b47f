import Catalog
import Diagnostics
import JSON
import Manifests
import Planning

/// Values that the tests draw.
enum Samples {
  static func server(tls: String? = "TLSv1.3", isInRecovery: Bool = false) -> Server {
    var server = Server(
      versionNumber: 150018, version: "15.18", tls: tls, role: "loader", isSuperuser: false, database: "analytics",
      databaseOwner: "owner", privileges: [.create], isInRecovery: isInRecovery, isReadOnly: false, identity: "1/2")
    server.isCertificateVerified = tls != nil
    return server
  }

  static let orders = QualifiedName(schema: "sales", name: "orders")
  static let customers = QualifiedName(schema: "sales", name: "customers")

  /// The plan of the design's example.
  static var designPlan: Plan {
    var create = Step(.create, "flow/orders", reason: "new in flows/orders.yaml:2")
    create.columns = ["order_id", "a", "b", "c", "d", "e", "f"].map {
      PlannedColumn(name: Identifier($0), type: "bigint", from: $0, isNullable: $0 != "order_id", origin: .declared)
    }
    create.operations = [.createTable(orders, columns: create.columns, primaryKey: ["order_id"])]
    create.checks = [
      Check(.schemaExists, .passed, "schema sales exists"), Check(.schemaUsage, .passed, "CREATE and USAGE granted"),
    ]
    var update = Step(.update, "flow/customers", reason: "")
    update.changes = [FieldChange(path: "writeMode", before: "insert", after: "upsert")]
    update.operations = [.createUniqueIndex(customers, key: ["customer_id"])]
    var blocked = Step(.blocked, "flow/refunds", reason: "new in flows/refunds.yaml:2")
    blocked.wanted = .create
    blocked.operations = [.createTable(orders, columns: [], primaryKey: [])]
    blocked.checks = [
      Check(.connection, .passed, "reached"),
      Check(
        .schemaExists, .failed, "schema dbo does not exist",
        remedy: Remedy(
          authorizer: "warehouse", executor: "the owner of database analytics",
          statements: ["GRANT INSERT, UPDATE ON sales.customers TO loader;"])),
    ]
    let unchanged = (0..<214).map { Step(.unchanged, "flow/f\($0)", reason: "") }
    return Plan(
      lineage: "8a6e0804-2bd0-4672-b79d-d97027f9071a", serial: 3, steps: [create, update, blocked] + unchanged,
      diagnostics: [schemaExists],
      authorizers: [AuthorizerReport(name: "warehouse", server: server(), host: "db.example.com")])
  }

  static let schemaExists = Diagnostic(
    .error, "schema-exists", #"schema "dbo" does not exist in database "analytics""#,
    at: Place(file: "flows/orders.yaml", line: 4, column: 12, endColumn: 18), label: "resolved to dbo.orders",
    help: ["write `table: public.orders`"],
    related: [RelatedPlace("used here", at: Place(file: "a.yaml", line: 1, column: 2))])

  /// A plan with every action and every sort of line.
  static var fullPlan: Plan {
    var inferred = Step(.create, "flow/événements", reason: "new")
    inferred.columns = [
      PlannedColumn(name: "id", type: "bigint", from: "id", isNullable: false, origin: .declared),
      PlannedColumn(
        name: "Order Date", type: "timestamp with time zone", from: "date",
        origin: .inferred("data/events-2024-*.csv: 10,000 of 10,000 values are ISO timestamps with a zone")),
      PlannedColumn(name: "n", type: "numeric(12,2)", from: "n", isNullable: false, defaultSQL: "0", origin: .recorded),
      PlannedColumn(name: "x", type: "text", from: "x", origin: .live),
      PlannedColumn(
        name: "loaded", type: "timestamp with time zone", from: "$loadedAt", defaultSQL: "now()", origin: .declared),
    ]
    inferred.operations = [
      .createLedger(QualifiedName(schema: "sales", name: "_sluice_loads")),
      .createTable(orders, columns: inferred.columns, primaryKey: []),
    ]
    inferred.checks = (0..<9).map { Check(.schemaCreate, .passed, "CREATE on schema number_\($0) granted") }
    var update = Step(.update, "flow/customers", reason: "flows/customers.yaml:4 changed")
    update.changes = [
      FieldChange(path: "columns.note.type", before: nil, after: "text"),
      FieldChange(path: "schedule", before: "daily", after: nil),
      FieldChange(path: "key", before: ["a"], after: ["a", "b"]),
      FieldChange(
        path: "source.csv.null", before: "", after: .string("\u{1b}[31m\n" + String(repeating: "x", count: 90))),
      FieldChange(path: "enabled", before: true, after: false),
    ]
    update.operations = [
      .addColumn(customers, PlannedColumn(name: "note", type: "text", from: "note", origin: .declared)),
      .buildUniqueIndex(
        IndexBuild(
          on: Table(name: customers, owner: "loader", isOwned: true, columns: []), key: ["a", "b"])),
    ]
    update.hazards = [.locksWrites, .buildsIndex, .scansTable]
    update.checks = [
      Check(.tableOwner, .passed, "loader owns sales.customers"), Check(.sourceReadable, .skipped, "data/c.csv"),
    ]
    var wide = Step(.create, "flow/wide", reason: "")
    wide.columns = (0..<60).map {
      PlannedColumn(name: Identifier("c\($0)"), type: "text", from: "c\($0)", origin: .inferred("data/w.csv"))
    }
    wide.operations = [.createTable(customers, columns: wide.columns, primaryKey: [])]
    var degraded = Step(.degraded, "flow/degraded", reason: "a live check fails")
    degraded.checks = [
      Check(
        .tablePrivileges, .failed, "INSERT on sales.orders is not granted",
        remedy: Remedy(
          authorizer: "warehouse", executor: "the owner of sales.orders",
          statements: ["GRANT INSERT ON sales.orders TO loader;", "CREATE TABLE a (\n  b bigint\n);"])),
      Check(.schemaUsage, .passed, "USAGE granted"),
    ]
    var lost = Step(.blocked, "authorizer/lost", reason: "")
    lost.checks = [Check(.connection, .failed, "lost.example.com:5432 refuses connections")]
    var other = degraded
    other.address = "flow/a-name-that-is-longer-than-forty-characters-by-far"
    other.checks[0].remedy?.authorizer = "second"
    return Plan(
      lineage: "l", serial: 3,
      steps: [
        lost, inferred, update, wide, Step(.delete, "flow/gone", reason: "no longer in the manifests"),
        Step(.adopt, "flow/adopted", reason: "sales.adopted exists as wanted"),
        Step(.rename, "flow/renamed", reason: "renamed from flow/old"),
        Step(.repair, "authorizer/moved", reason: "another server answers: 7/8, recorded was 1/2"), degraded, other,
        Step(.unchanged, "flow/same", reason: ""),
      ], diagnostics: [],
      authorizers: [
        AuthorizerReport(name: "lost", server: nil, host: "lost.example.com"),
        AuthorizerReport(name: "second-one", server: server(tls: nil, isInRecovery: true), host: nil),
        AuthorizerReport(name: "unexplained", server: nil, host: nil),
      ])
  }

  static var outcomes: [LoadOutcome] {
    var many = LoadCounts()
    many.read = 1_234_567
    many.inserted = 1_000_000
    many.updated = 234_560
    many.unchanged = 7
    var some = LoadCounts()
    some.read = 5
    some.inserted = 2
    some.rejected = 3
    return [
      LoadOutcome(
        flow: "orders", load: "00000000-0000-4000-8000-000000000001", status: .loaded, mode: .upsert, counts: many,
        seconds: 12.3456, files: ["data/a.csv"], slot: "2024-05-01T00:00:00Z", attempt: 2),
      LoadOutcome(flow: "注文", load: "l2", status: .loaded, mode: .insertIgnore, counts: some, seconds: 0.2),
      LoadOutcome(
        flow: "broken", load: "l3", status: .failed, mode: .insert, seconds: 1, error: schemaExists,
        warnings: [Diagnostic(.warning, "slow", "no index")]),
      LoadOutcome(flow: "empty", load: "l4", status: .empty, mode: .truncateInsert, seconds: 0.01),
      LoadOutcome(flow: "off", load: "l5", status: .skipped, mode: .delete),
    ]
  }

  /// A window of a backfill.
  static var window: LoadWindow { LoadWindow(days("2024-01-12", "2024-01-14"), number: 12, of: 1_820) }

  /// A backfill of three windows, the first of which was loaded before.
  static var windows: [LoadOutcome] {
    let ranges = [days("2024-01-01", "2024-01-31"), days("2024-02-01", "2024-02-29"), days("2024-03-01", "2024-03-01")]
    return zip(ranges, [LoadOutcome.Status.skipped, .loaded, .empty]).enumerated().map { index, window in
      var outcome = LoadOutcome(flow: "orders", load: "w\(index)", status: window.1, mode: .insert, seconds: 0.5)
      outcome.window = LoadWindow(window.0, number: index + 1, of: ranges.count)
      outcome.range = window.0
      outcome.counts.read = window.1 == .loaded ? 1_200 : 0
      outcome.counts.inserted = outcome.counts.read
      return outcome
    }
  }

  private static func days(_ from: String, _ to: String) -> DayRange {
    DayRange(from: from, to: to) ?? DayRange(day: CivilDate(day: 0))
  }

  static var preview: Preview {
    Preview(
      flow: "orders",
      columns: [
        ("order_id", "bigint"), ("customer", "text"), ("total", "numeric(12,2)"), ("tags", "jsonb"), ("ok", "boolean"),
      ],
      rows: [
        [1, "Ærøskøbing", .number("10.50"), ["a", 1], true],
        [1000, "注文\nline two \u{1b}[2J", .null, .null, false],
        [.number("30000000000000000001"), "", .number("-1"), ["k": ["n": nil]], .null],
      ],
      rejected: [Diagnostic(.error, "bad-value", "no number")])
  }
}
