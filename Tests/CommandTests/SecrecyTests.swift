import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// The life of a project, after which no secret's value is anywhere but where it was read from.
@Suite("Secrets", .freshDatabase, .timeLimit(.minutes(15)))
struct SecrecyTests {
  /// Each in a form that nothing else has.
  private let values = [
    "env": "hush-env-7f3a/b'c", "file": "hush-file-91c2\"d", "program": "hush-program-5e8d", "url": "hush url@55:1a%",
    "wrong": "hush-wrong-c0de",
  ]

  /// What must be nowhere: the values, and as they are written in a URL and in base64.
  private var needles: [String] {
    values.values.flatMap { value in
      [
        value, value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "",
        Data(value.utf8).base64EncodedString(), value.replacing("\"", with: "\\\""), value.replacing("'", with: "''"),
      ]
    }
  }

  private func leaks(in text: String) -> [String] { needles.filter { text.contains($0) } }

  /// Writes all that can be seen of the processes of this machine, and of its own environment, to a file of its own.
  private static let look = """
    for process in /proc/[0-9]*; do tr '\\0' ' ' <$process/cmdline; echo; done >seen.cmdline.$$ 2>/dev/null
    tr '\\0' '\\n' </proc/$$/environ >seen.environ.$$
    env >seen.env.$$

    """

  private func world() async throws -> World {
    let database = TestDatabase.current
    var roles: [String: String] = [:]
    for name in ["env", "file", "program", "url"] {
      let role = try await database.createRole(name, password: values[name])
      try await database.execute("CREATE SCHEMA \(name) AUTHORIZATION \(role)")
      roles[name] = role
    }
    let server = "host: \(database.host), database: \(database.name)"
    var world = try World(
      """
      env: {source: {path: t.csv}, destination: env, writeMode: insert_ignore, columns: {id: bigint}}
      file: {source: {command: [sh, print.sh], format: csv}, destination: file, writeMode: upsert, key: [id]}
      program: {source: {path: t.csv}, destination: program, writeMode: insert, columns: {id: text}}
      url: {source: {authorizer: env, table: env.env}, destination: url, writeMode: truncate_insert, retry: {attempts: 1}}
      """,
      files: [
        "t.csv": "id\n1\nx\n", "print.sh": Self.look + "echo id; echo 1", "tell.sh": Self.look + "cat kept/program",
        "kept/file": values["file", default: ""] + "\n", "kept/program": values["program", default: ""] + "\n",
      ],
      connection: """
        authorizers:
          env: {\(server), username: \(roles["env", default: ""]), password: {env: HUSH}}
          file: {\(server), username: \(roles["file", default: ""]), password: {file: kept/file}}
          program: {\(server), username: \(roles["program", default: ""]), password: {command: [sh, tell.sh]}}
          url: {url: {env: HUSH_URL}}
        destinations:
          env: {authorizer: env, defaultSchema: env}
          file: {authorizer: file, defaultSchema: file}
          program: {authorizer: program, defaultSchema: program}
          url: {authorizer: url, defaultSchema: url}

        """)
    try await database.execute(
      "GRANT USAGE ON SCHEMA env TO \(roles["url", default: ""]); GRANT CONNECT, TEMPORARY ON DATABASE \(database.name) TO PUBLIC"
    )
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: world.project.file("kept/file").string)
    let password = values["url", default: ""].addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    world.environment = [
      "HUSH": values["env", default: ""],
      "HUSH_URL":
        "postgresql://\(roles["url", default: ""]):\(password)@/\(database.name)?host=\(database.host)&port=\(database.port)",
      "PGPASSWORD": values["wrong", default: ""], "PGAPPNAME": values["wrong", default: ""],
    ]
    return world
  }

  @Test("are in no state, plan, ledger, reject, output, argument or environment of another process")
  func life() async throws {
    var world = try await world()
    var said: [(command: String, text: String, status: Int)] = []
    func sluice(_ arguments: String...) async throws {
      let outcome = try await world.sluice(arguments)
      said.append((arguments.joined(separator: " "), outcome.output + outcome.error, outcome.status))
    }
    try await sluice("validate")
    try await sluice("check")
    try await sluice("check", "--output", "json")
    try await sluice("plan", "--verbose")
    try await sluice("plan", "--out", world.project.file("plan.json").string, "--exclude", "flow/url")
    try await sluice("apply", "--plan", world.project.file("plan.json").string, "--yes", "--verbose")
    try await sluice("grants")
    try await sluice("plan", "--sql")
    try await sluice("apply", "--yes")
    try await sluice("run", "--output", "json")
    #expect(said.map(\.status).filter { $0 != 0 }.count <= 2, "\(said)")
    #expect(
      try await world.database.text(
        "SELECT (SELECT count(*) FROM env.env), (SELECT count(*) FROM program.program), (SELECT count(*) FROM url.url), (SELECT count(*) FROM file.file)"
      ) == "1|2|1|1", "\(said)")
    // A server and a program that repeat what they were given, or know.
    let echo = values["env", default: ""].replacing("'", with: "''")
    try await world.database.execute(
      """
      CREATE FUNCTION echo() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE WARNING USING MESSAGE = 'warned \(echo)', DETAIL = '\(echo)', HINT = '\(echo)';
        RAISE EXCEPTION USING MESSAGE = 'bad \(echo)', DETAIL = '\(echo)', HINT = '\(echo)';
      END $$;
      CREATE TRIGGER echo BEFORE INSERT ON url.url FOR EACH ROW EXECUTE FUNCTION echo();
      CREATE TRIGGER echo BEFORE INSERT ON env.env FOR EACH ROW EXECUTE FUNCTION echo();
      """)
    try world.project.write(
      Self.look + "echo id; cat kept/file >&2; base64 kept/file >&2; echo too bad >&2; exit 3", to: "print.sh")
    try world.project.write("id\n2\n", to: "t.csv")
    try await sluice("run", "--again")
    try await sluice("run", "--again", "--output", "json", "--verbose")
    let failed = said.suffix(2).map(\.text).joined()
    #expect(failed.contains("bad ***"), "\(failed)")
    #expect(failed.contains("too bad"), "\(failed)")
    try await sluice("preview", "file")
    // Wrong passwords, and a program that fails and repeats what it printed.
    world.environment["HUSH"] = values["wrong"]
    world.environment["HUSH_URL"] = world.environment["HUSH_URL"]?.replacing(":hush", with: ":hush-wrong-c0de")
    try world.project.write(Self.look + "cat kept/program; cat kept/program >&2; exit 1", to: "tell.sh")
    for arguments in [
      ["check"], ["plan"], ["run"], ["run", "--output", "json"], ["grants", "--missing"], ["plan", "--output", "json"],
    ] {
      let outcome = try await world.sluice(arguments)
      said.append((arguments.joined(separator: " "), outcome.output + outcome.error, outcome.status))
      #expect(outcome.status != 0 || arguments[0] != "check")
    }
    #expect(said.contains { $0.text.contains("`sh` ended with status 1") && $0.text.contains("***") })
    for address in ["flow/url", "authorizer/env", "authorizer/url", "authorizer/file"] {
      try await sluice("state", "show", address)
    }
    try await sluice("state", "list")

    for (command, text, _) in said { #expect(leaks(in: text) == [], "\(command)") }
    let seen = world.project.files.filter { $0.hasPrefix("seen.") }
    #expect(seen.count >= 9)
    for file in world.project.files where !file.hasPrefix("kept/") {
      let text = String(
        decoding: FileManager.default.contents(atPath: world.project.file(file).string) ?? Data(), as: UTF8.self)
      #expect(leaks(in: text) == [], "\(file)")
      if file.hasPrefix("seen.env") { #expect(!text.contains("\nPG"), "\(file)") }
    }
    #expect(world.project.files.contains { $0.hasPrefix(".sluice/rejects/") })
    for schema in ["env", "file", "program", "url"] {
      let ledger = try await world.database.text("SELECT l::text FROM \(schema)._sluice_loads l")
      #expect(!ledger.isEmpty)
      #expect(leaks(in: ledger) == [], "\(schema)")
    }
  }

  @Test("leave no core dump") func dumps() async throws {
    let world = try World(
      "t: {source: {command: [sh, limit.sh], format: csv}, destination: wh, writeMode: insert}",
      files: ["limit.sh": "ulimit -S -c >limit; echo id; echo 1"])
    let unlimited = try await runTool(
      ["-C", world.project.path.string, "plan"],
      by: ["/bin/sh", "-c", "ulimit -S -c $(ulimit -H -c); exec \"$0\" \"$@\""],
      environment: world.variables)
    #expect(unlimited.status == 0, "\(unlimited.error)")
    #expect(try world.project.read("limit") == "0\n")
  }

  @Test("printed by one program are asked of it once, however many authorizers and connections want them")
  func once() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole(password: "hush-shared")
    try await database.execute("CREATE SCHEMA s AUTHORIZATION \(role)")
    let server =
      "{host: \(database.host), database: \(database.name), username: \(role), password: {command: [sh, tell.sh]}}"
    let world = try World(
      (1...6).map { "t\($0): {source: {path: t.csv}, destination: wh\($0), writeMode: upsert, key: [id]}" }.joined(
        separator: "\n"),
      files: ["t.csv": "id\n1\n", "tell.sh": "echo x >>runs; echo hush-shared"],
      connection: "authorizers:\n" + (1...6).map { "  wh\($0): \(server)\n" }.joined()
        + "destinations:\n" + (1...6).map { "  wh\($0): {authorizer: wh\($0), defaultSchema: s}\n" }.joined())
    for command in [["check"], ["plan"], ["run", "--apply", "--yes"], ["grants"], ["preview", "t1"]] {
      try world.project.write("", to: "runs")
      let outcome = try await world.sluice(command)
      #expect(outcome.status == 0, "\(command) \(outcome.error)")
      #expect(try world.project.read("runs") == "x\n", "\(command)")
    }
  }

  @Test("of libpq's own ways still count: a password file, a service, a URL's own password before PGPASSWORD")
  func fallbacks() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole(password: "hush-passfile")
    let server = "host: \(database.host), database: \(database.name), username: \(role)"
    let url = { (login: String) in
      "postgresql://\(login)@/\(database.name)?host=\(database.host)&port=\(database.port)"
    }
    let kept = try TemporaryProject([
      "pgpass": "*:*:*:\(role):hush-passfile\n",
      "services": "[mine]\nhost=\(database.host)\ndbname=\(database.name)\nuser=\(role)\npassword=hush-passfile\n",
    ])
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: kept.file("pgpass").string)
    let two = "\n  other: {url: {env: OTHER}}"
    let cases: [(fields: String, environment: [String: String], isLetIn: Bool)] = [
      (server, ["PGPASSWORD": "hush-passfile"], true),
      (server, ["PGPASSWORD": "hush-wrong"], false),
      (server, ["PGPASSFILE": kept.file("pgpass").string], true),
      (server, [:], false),
      ("url: {env: MINE}", ["MINE": url("\(role):hush-passfile"), "PGPASSWORD": "hush-wrong"], true),
      ("url: {env: MINE}", ["MINE": url(role), "PGPASSWORD": "hush-passfile"], true),
      ("url: {env: MINE}", ["MINE": url(role), "PGPASSFILE": kept.file("pgpass").string], true),
      ("service: mine", ["PGSERVICEFILE": kept.file("services").string], true),
      ("service: mine", [:], false),
      // A unix socket has no TLS: what the URL says of it counts, and `tls:` goes before it.
      ("url: {env: MINE}", ["MINE": url("\(role):hush-passfile") + "&sslmode=nonsense"], false),
      ("url: {env: MINE}, tls: disable", ["MINE": url("\(role):hush-passfile") + "&sslmode=verify-full"], true),
    ]
    for (fields, environment, isLetIn) in cases {
      var world = try World("", connection: "authorizers:\n  wh: {\(fields)}\n")
      try world.project.remove("flows.yaml")
      world.environment = environment
      let check = try await world.sluice("check", "authorizer/wh")
      #expect(check.status == (isLetIn ? 0 : 1), "\(fields) \(environment.keys) \(check.error)")
      #expect(!(check.output + check.error).contains("hush-"))
      guard environment["PGPASSWORD"] != nil, !fields.contains("url") else { continue }
      try world.project.write("authorizers:\n  wh: {\(fields)}\(two)\n", to: "connection.yaml")
      #expect(try await world.sluice("check", "authorizer/wh").status == 1, "PGPASSWORD may be another one's")
    }
  }
}
