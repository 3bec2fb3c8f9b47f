import Diagnostics
import Manifests
import Postgres
import Sandbox
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct PreparingTests {
  @Test func `Authorizers get plain roles and databases, and the schemas that are written`() async throws {
    try await withSandbox { sandbox, _ in
      var builder = ProjectBuilder()
      let loader = builder.authorizer("wh", user: "loader", database: "postgres", role: "warehouse_owner")
      let url = builder.authorizer("by-url")
      builder.destination("wh", authorizer: "wh", ledgerSchema: "Ledger")
      builder.destination("public", authorizer: "by-url", defaultSchema: "public")
      builder.flow("orders", destination: "wh", table: "sales.orders", readers: ["analysts", "public"])
      builder.flow("customers", destination: "wh")
      builder.flow("items", destination: "public")
      try await sandbox.start()
      try await sandbox.prepare(builder.project)
      // Once more: nothing to do, and nothing changes.
      try await sandbox.prepare(builder.project)

      let roles = try await sandbox.values(
        "SELECT rolname FROM pg_roles WHERE NOT rolname ~ '^pg_|^sluice_' AND NOT rolsuper ORDER BY 1", as: loader)
      #expect(roles == ["analysts", "by-url", "loader", "warehouse_owner"])
      let schemas: SQL = """
        SELECT nspname || ' ' || pg_get_userbyid(nspowner) FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public') ORDER BY 1
        """
      try #expect(await sandbox.values(schemas, as: loader) == ["Ledger warehouse_owner", "sales warehouse_owner"])
      try #expect(await sandbox.values(schemas, as: url) == [])
      try await sandbox.perform(as: loader) { try $0.script("SET ROLE warehouse_owner; CREATE TABLE sales.t (id int)") }
      try await sandbox.perform(as: url) {
        try $0.script("CREATE TABLE public.t (id int); CREATE TEMP TABLE s (id int)")
      }
      let attributes: SQL = """
        SELECT concat_ws(' ', rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
          pg_has_role(current_user, 'pg_execute_server_program', 'MEMBER')) FROM pg_roles WHERE rolname = current_user
        """
      for authorizer in [loader, url] {
        try #expect(await sandbox.values(attributes, as: authorizer) == ["f f f f f f"])
      }
    }
  }

  @Test func `Two authorizers of one database share its schemas`() async throws {
    try await withSandbox { sandbox, _ in
      var builder = ProjectBuilder()
      let first = builder.authorizer("a", user: "a", database: "shared")
      let second = builder.authorizer("b", user: "b", database: "shared")
      builder.destination("a", authorizer: "a", defaultSchema: "sales")
      builder.destination("b", authorizer: "b", defaultSchema: "sales")
      builder.flow("one", destination: "a")
      builder.flow("two", destination: "b")
      try await sandbox.start()
      try await sandbox.prepare(builder.project)
      for authorizer in [first, second] {
        try await sandbox.perform(as: authorizer) { try $0.script("CREATE TABLE sales.\($0.user) (id int)") }
      }
    }
  }

  @Test func `Init files run once, as no superuser, and what they make can be used`() async throws {
    let files = [
      "sandbox/crm.sql": "CREATE SCHEMA crm; CREATE TABLE crm.orders AS SELECT 7 AS id, current_user::text AS maker;",
      "sandbox/types.sql": "CREATE DOMAIN positive AS int CHECK (VALUE > 0);",
    ]
    try await withSandbox(files: files) { sandbox, _ in
      var builder = ProjectBuilder()
      let crm = builder.authorizer("crm")
      let warehouse = builder.authorizer("wh")
      builder.project.sandboxInit = ["sandbox/crm.sql", "sandbox/types.sql"]
      try await sandbox.start()
      try await sandbox.prepare(builder.project)
      try await sandbox.prepare(builder.project)
      try await sandbox.stop()
      try await sandbox.start()
      try await sandbox.prepare(builder.project)
      try #expect(await sandbox.values("SELECT id::positive FROM crm.orders", as: crm) == ["7"])
      try #expect(await sandbox.values("SELECT maker FROM crm.orders", as: crm) == ["sluice_sandbox"])
      try #expect(await sandbox.values("SELECT 1::positive", as: warehouse) == ["1"])
      try #expect(await sandbox.values("SELECT to_regclass('crm.orders')", as: warehouse) == [nil])
      let isSuper: SQL = "SELECT rolsuper FROM pg_roles WHERE rolname = 'sluice_sandbox'"
      try #expect(await sandbox.values(isSuper, as: crm) == ["f"])
      try await sandbox.reset()
      try await sandbox.start()
      try await sandbox.prepare(builder.project)
      try #expect(await sandbox.values("SELECT id FROM crm.orders", as: crm) == ["7"])
    }
  }

  @Test func `An init file's error is placed, undone, and tried again`() async throws {
    let text = "CREATE TABLE t (id int);\n  SELECT nonsense;\n"
    try await withSandbox(files: ["init.sql": text, "server.sql": "COPY (SELECT 1) TO PROGRAM 'true';"]) {
      sandbox, project in
      var builder = ProjectBuilder()
      let authorizer = builder.authorizer("wh")
      builder.project.sandboxInit = ["init.sql"]
      try await sandbox.start()
      let prepared = builder.project
      let wrong = try await diagnostic { try await sandbox.prepare(prepared) }
      #expect(wrong.code == "sandbox-init-failed")
      #expect(wrong.place.map { "\($0)" } == "init.sql:2:10")
      try project.write("CREATE TABLE t (id int);", to: "init.sql")
      try await sandbox.prepare(prepared)
      try #expect(await sandbox.values("SELECT count(*) FROM t", as: authorizer) == ["0"])

      builder.project.sandboxInit = ["init.sql", "server.sql"]
      let running = builder.project
      let program = try await diagnostic { try await sandbox.prepare(running) }
      #expect(program.code == "sandbox-init-failed")
      #expect(program.message.contains("42501"))

      builder.project.sandboxInit = ["nowhere.sql"]
      let missing = builder.project
      try #expect(await diagnostic { try await sandbox.prepare(missing) }.code == "sandbox-init-failed")
    }
  }

  @Test(arguments: ["sluice_admin", "sluice_sandbox", "pg_execute_server_program"])
  func `A name that would give more rights is refused`(name: String) async throws {
    try await withSandbox { sandbox, _ in
      var asUser = ProjectBuilder()
      asUser.authorizer("wh", user: name)
      var asRole = ProjectBuilder()
      asRole.authorizer("wh", role: name)
      for project in [asUser.project, asRole.project] {
        let diagnostic = try await diagnostic { try await sandbox.prepare(project) }
        #expect(diagnostic.code == "sandbox-reserved-name")
        #expect(diagnostic.place?.file == "wh.yaml")
      }
    }
  }

  @Test func `Without a server, it says how to start one`() async throws {
    try await withSandbox { sandbox, _ in
      let diagnostic = try await diagnostic { try await sandbox.prepare(Project()) }
      #expect(diagnostic.code == "sandbox-not-running")
      #expect(diagnostic.help == ["sluice sandbox start"])
    }
  }

  @Test func `psql is called with the authorizer's role and database`() async throws {
    try await withSandbox { sandbox, _ in
      var builder = ProjectBuilder()
      let authorizer = builder.authorizer("wh", user: "loader", database: "analytics")
      let folder = try await sandbox.status().socketFolder.string
      let arguments = try sandbox.psqlArguments(for: authorizer)
      #expect(arguments.first?.hasSuffix("/psql") == true)
      #expect(arguments.dropFirst() == ["-h", folder, "-p", "5432", "-U", "loader", "-d", "dbname='analytics'"])
    }
  }
}
