import JSON
import SystemPackage
import TestSupport
import Testing

/// Time limits of authorizers, and what of the environment reaches servers and programs.
@Suite("Limits", .freshDatabase, .timeLimit(.minutes(15)))
struct LimitTests {
  private func world(_ flows: String, _ limits: String, files: [String: String] = ["t.csv": "id\n1\n"]) throws -> World
  {
    let database = TestDatabase.current
    return try World(
      flows, files: files,
      connection: """
        authorizers:
          wh: {host: \(database.host), database: \(database.name), username: \(database.owner), \(limits)}
        destinations:
          wh: {authorizer: wh, defaultSchema: public}

        """)
  }

  private let file =
    "t: {source: {path: t.csv}, destination: wh, writeMode: insert, columns: {id: bigint}, retry: {attempts: 1}}"

  @Test("statementTimeout ends what apply and run ask of a destination, and what run asks of a source")
  func statements() async throws {
    let world = try world(file, "statementTimeout: 1s")
    try await world.database.execute(
      """
      CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); END';
      CREATE EVENT TRIGGER slow ON ddl_command_start EXECUTE FUNCTION slow();
      """)
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 1)
    #expect(apply.error.contains("statement timeout"), "\(apply.error)")
    try await world.database.execute(
      """
      DROP EVENT TRIGGER slow;
      CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
      """)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try await world.database.execute("CREATE TRIGGER late BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION late()")
    let run = try await world.stream("run")
    #expect(run.status == 1)
    #expect(run.outcome("t")?["error"]?["message"]?.stringValue?.contains("statement timeout") == true, "\(run.events)")
    #expect(try await world.database.text("SELECT status, sql_state FROM _sluice_loads") == "failed|57014")
    // From another database, so that rows travel.
    try await withDatabase { source in
      try world.project.write(
        """
        authorizers:
          crm: {host: \(source.host), database: \(source.name), username: \(source.owner), statementTimeout: 1s}
        """, to: "crm.yaml")
      try world.setFlows(
        """
        s:
          source: {authorizer: crm, query: "SELECT 1 AS id FROM pg_sleep(60)"}
          destination: wh
          writeMode: insert
          retry: {attempts: 1}
        """)
      let run = try await world.stream("run", "--apply", "--yes", "--allow-delete", "1")
      #expect(run.status == 1)
      #expect(
        run.outcome("s")?["error"]?["message"]?.stringValue?.contains("statement timeout") == true, "\(run.events)")
    }
  }

  @Test("lockTimeout ends the waiting of plan, apply and run for a lock")
  func locks() async throws {
    let world = try world(
      "t: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, columns: {id: bigint}, retry: {attempts: 1}}",
      "lockTimeout: 1s")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let holder = try await world.database.session()
    try await holder.execute("BEGIN; LOCK TABLE t IN ACCESS SHARE MODE")
    let run = try await world.stream("run")
    #expect(run.status == 1)
    #expect("\(run.outcome("t") ?? .null)".contains("lock"), "\(run.events)")
    try world.setFlows(
      "t: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, columns: {id: bigint, v: text}}")
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 1)
    #expect(apply.error.contains("lock"), "\(apply.error)")
    try await holder.execute("ROLLBACK; BEGIN; LOCK TABLE pg_catalog.pg_constraint IN ACCESS EXCLUSIVE MODE")
    let plan = try await world.sluice("plan")
    #expect(plan.error.contains("lock timeout"), "\(plan.error) \(plan.output)")
    await holder.close()
  }

  @Test("a server is told which command connects; what the environment says of libpq reaches neither it nor a program")
  func environment() async throws {
    var world = try world(
      """
      t:
        source: {command: [sh, print.sh], format: csv}
        destination: wh
        writeMode: insert
        columns: {id: bigint, zone: timestamptz, day: date}
      """, "password: {command: [sh, tell.sh]}",
      files: [
        "print.sh": "env | grep '^PG' >>seen\necho id,zone,day\necho 1,2024-01-31 12:00:00,2024-01-31",
        "tell.sh": "env | grep '^PG' >>seen\necho hush-unused",
      ])
    let kept = try TemporaryProject(["services": "[evil]\nhost=/nowhere\noptions=-c search_path=evil\n"])
    let name = "application_name"
    try await world.database.execute(
      """
      CREATE SCHEMA IF NOT EXISTS evil; CREATE TABLE names (name text, encoding text);
      CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO public.names VALUES (current_setting('\(name)'), current_setting('client_encoding')); END $$;
      CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION note();
      """)
    world.environment = [
      "PGHOST": "/nowhere", "PGHOSTADDR": "192.0.2.1", "PGPORT": "1", "PGDATABASE": "evil", "PGUSER": "evil",
      "PGPASSWORD": "hush-evil", "PGSERVICE": "evil", "PGSERVICEFILE": kept.file("services").string,
      "PGSYSCONFDIR": kept.path.string, "PGOPTIONS": "-c default_transaction_read_only=on -c search_path=evil",
      "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "/nowhere", "PGREQUIREPEER": "nobody", "PGAPPNAME": "evil",
      "PGTZ": "Asia/Tokyo", "PGDATESTYLE": "German, DMY", "PGCLIENTENCODING": "LATIN1", "PGGEQO": "off",
      "PGTARGETSESSIONATTRS": "standby", "PGCONNECT_TIMEOUT": "1", "PGCHANNELBINDING": "require",
      "PGGSSENCMODE": "require",
    ]
    for command in [["check"], ["plan"], ["apply", "--yes"], ["run"], ["preview", "t"], ["grants"]] {
      let outcome = try await world.sluice(command)
      #expect(outcome.status == 0, "\(command) \(outcome.error)")
    }
    #expect(try await world.database.text("SELECT DISTINCT name, encoding FROM names") == "sluice apply|UTF8")
    #expect(
      try await world.database.text("SELECT id, zone AT TIME ZONE 'UTC', day FROM t")
        == "1|2024-01-31 12:00:00|2024-01-31")
    #expect(try world.project.read("seen") == "")
    // What runs in a transaction of a load says so for itself.
    let check = try await world.sluice("sandbox", "status")
    #expect(check.status == 0)
  }
}
