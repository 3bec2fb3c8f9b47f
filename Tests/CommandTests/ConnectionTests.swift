import JSON
import TestSupport
import Testing

/// An authorizer that cannot be reached is one diagnostic, and stops its own flows alone.
@Suite("Connections", .freshDatabase, .timeLimit(.minutes(15)))
struct ConnectionTests {
  struct Cause: CustomTestStringConvertible {
    var testDescription: String
    /// The fields of authorizer/far; HOST, DBNAME and ROLE stand for those of the test.
    var fields: String
    /// What the diagnostic points at.
    var at: String
    var message: String
  }

  static let causes = [
    Cause(
      testDescription: "a wrong password",
      fields: "host: HOST, database: DBNAME, username: ROLE, password: {env: WRONG_PASSWORD}",
      at: "{env: WRONG_PASSWORD}",
      message: "was not let in"),
    Cause(
      testDescription: "an unknown database", fields: "host: HOST, database: no_such_db, username: postgres",
      at: "no_such_db",
      message: #"database "no_such_db" does not exist"#),
    Cause(
      testDescription: "a role that does not exist", fields: "host: HOST, database: DBNAME, username: no_such_role",
      at: "no_such_role", message: #"role "no_such_role" does not exist"#),
    Cause(
      testDescription: "no server", fields: "host: /nowhere, database: DBNAME, username: postgres", at: "/nowhere",
      message: "there is no server's socket at /nowhere"),
    Cause(
      testDescription: "a refused connection", fields: "host: 127.0.0.1, port: 1, database: DBNAME, username: postgres",
      at: "127.0.0.1", message: "the connection was refused"),
  ]

  @Test("tell the cause once, and that the flows were not checked", arguments: causes)
  func failed(_ cause: Cause) async throws {
    let database = TestDatabase.current
    let role = try await database.createRole(password: "right")
    let fields = cause.fields.replacing("HOST", with: database.host).replacing("DBNAME", with: database.name)
      .replacing("ROLE", with: role)
    let flows = (1...5).map { "far\($0): {source: {path: t.csv}, destination: far, writeMode: insert}\n" }.joined()
    var world = try World(
      flows + "near: {source: {path: t.csv}, destination: wh, writeMode: insert}", files: ["t.csv": "id\n1\n"],
      connection: """
        authorizers:
          wh: {url: {env: DATABASE_URL}}
          far: {\(fields)}
        destinations:
          wh: {authorizer: wh, defaultSchema: public}
          far: {authorizer: far, defaultSchema: public}

        """)
    world.environment["WRONG_PASSWORD"] = "hush-wrong"
    let plan = try await world.document("plan")
    #expect(plan.status == 1)
    #expect(plan.diagnostics().count == 1)
    let diagnostic = try #require(plan.diagnostics("connection").first, "\(plan.diagnostics())")
    #expect(diagnostic["message"]?.stringValue?.contains(cause.message) == true, "\(diagnostic)")
    #expect(diagnostic["help"]?.strings.contains("5 flows that use it were not checked") == true)
    let line = try #require(try world.project.read("connection.yaml").split(separator: "\n").dropFirst(2).first)
    let start = try #require(line.firstRange(of: cause.at)?.lowerBound)
    #expect(diagnostic.place == "connection.yaml:3:\(line.distance(from: line.startIndex, to: start) + 1)")
    #expect(plan.action("flow/near") == "create")
    for number in 1...5 { #expect(plan.action("flow/far\(number)") == "blocked") }
    #expect(plan.checks("failed", of: "authorizer/far") == ["connection"])
    #expect(!"\(plan.json)\(plan.error)".contains("hush-wrong"))

    let check = try await world.document("check")
    #expect(check.status == 1)
    let statuses = check.json["authorizers"]?.arrayValue?.map {
      "\($0["address"]?.stringValue ?? "") \($0["status"]?.stringValue ?? "")"
    }
    #expect(statuses == ["authorizer/far failed", "authorizer/wh passed"])
    #expect(try await world.document("check", "authorizer/wh").status == 0)
  }

  @Test("say which variable is missing")
  func missingVariable() async throws {
    let world = try World("t: {source: {path: t.csv}, destination: wh, writeMode: insert}", files: ["t.csv": "id\n1\n"])
    let outcome = try await runTool(["plan", "--output", "json"], in: world.project.path)
    #expect(outcome.status == 1)
    let plan = Document(json: try JSONValue(parsing: outcome.output), status: outcome.status, error: outcome.error)
    #expect(plan.diagnostics().count == 1)
    #expect(
      plan.diagnostics("secret").first?["help"]?.strings.contains("set the environment variable DATABASE_URL") == true)
    #expect(plan.diagnostics("secret").first?.place == "connection.yaml:2:13")
  }

  @Test("lost later: an applied flow is shown as degraded, and fails when it is run")
  func lost() async throws {
    var world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: insert, retry: {attempts: 1}}",
      files: ["t.csv": "id\n1\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    world.environment["DATABASE_URL"] = "postgresql:///x?host=/nowhere"
    let plan = try await world.document("plan")
    #expect(plan.action("authorizer/wh") == "degraded")
    #expect(plan.diagnostics("connection").count == 1)
    #expect(plan.diagnostics("connection").first?["severity"] == "warning")
    #expect(plan.status == 0)
    #expect(try await world.document("plan", "--strict").status == 1)
    let run = try await world.stream("run")
    #expect(run.status == 1)
    #expect(run.outcome("t")?["error"]?["code"] == "connection")
  }

  @Test("of a sole authorizer may take PGPASSWORD; other PG variables change nothing")
  func environment() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole(password: "right")
    var world = try World(
      "t: {source: {path: t.csv}, destination: wh, table: s.t, writeMode: insert}", files: ["t.csv": "id\n1\n"],
      connection: """
        authorizers:
          wh: {host: \(database.host), database: \(database.name), username: \(role)}
        destinations:
          wh: {authorizer: wh}

        """)
    try await database.execute("CREATE SCHEMA s AUTHORIZATION \(role)")
    world.environment = [
      "PGPASSWORD": "right", "PGHOST": "/nowhere", "PGDATABASE": "other", "PGUSER": "somebody", "PGPORT": "1",
      "PGOPTIONS": "-c default_transaction_read_only=on", "PGSSLMODE": "verify-full",
    ]
    let check = try await world.document("check")
    #expect(check.status == 0, "\(check.json)")
    #expect(check.json["authorizers"]?.arrayValue?.first?["role"]?.stringValue == role)
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    world.environment["PGPASSWORD"] = nil
    #expect(try await world.document("check").status == 1)
  }
}
