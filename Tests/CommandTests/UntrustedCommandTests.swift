import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

@Suite("With --untrusted", .timeLimit(.minutes(15)))
struct UntrustedCommandTests {
  static let manifests = """
    authorizers:
      wh: {host: db.example.com, database: analytics, username: loader, password: {env: NOT_SET}}
      crm: {url: {env: NOT_SET_EITHER}}
    destinations:
      wh: {authorizer: wh, defaultSchema: sales}
    flows:
      t: {source: {path: t.csv}, destination: wh, writeMode: upsert, key: [id]}

    """

  /// Runs the tool, and wipes the sandbox that it may have made.
  private func withProject(
    _ files: [String: String], _ body: (TemporaryProject, (String...) async throws -> ToolOutcome) async throws -> Void
  ) async throws {
    let project = try TemporaryProject(files)
    func sluice(_ arguments: String...) async throws -> ToolOutcome {
      try await runTool(["-C", project.path.string] + arguments + ["--untrusted"])
    }
    do {
      try await body(project, sluice)
    } catch {
      _ = try await sluice("sandbox", "reset")
      throw error
    }
    _ = try await sluice("sandbox", "reset")
  }

  /// The diagnostics that a command's JSON holds, whether a document or lines.
  private func diagnostics(_ outcome: ToolOutcome) throws -> [JSONValue] {
    if let json = try? JSONValue(parsing: outcome.output) { return json["diagnostics"]?.arrayValue ?? [] }
    return try outcome.output.split(separator: "\n").flatMap {
      try JSONValue(parsing: String($0))["diagnostics"]?.arrayValue ?? []
    }
  }

  /// The commands that read manifests.
  static let commands = [
    ["validate"], ["plan"], ["plan", "--sandbox"], ["plan", "--offline"], ["plan", "--sql", "--sandbox"],
    ["apply", "--yes", "--sandbox"], ["run", "--apply", "--yes", "--sandbox"], ["run", "--sandbox"],
    ["preview", "t", "--sandbox"], ["check", "--sandbox"], ["grants", "--sandbox"], ["sandbox", "start"],
    ["sandbox", "psql", "wh"],
  ]

  @Test("a pull request is planned, applied and run in a sandbox of its own, with no secret and no server")
  func sandbox() async throws {
    try await withProject(["m.yaml": Self.manifests, "t.csv": "id,v\n1,a\n"]) { project, sluice in
      // What a stranger may have put there: a cluster whose configuration runs a program.
      try project.write("15\n", to: ".sluice/sandbox/data/PG_VERSION")
      try project.write(
        "ssl = on\nssl_passphrase_command = 'touch \(project.file("ran"))'\n",
        to: ".sluice/sandbox/data/postgresql.auto.conf")
      #expect(try await sluice("validate").status == 0)
      #expect(try await sluice("plan", "--offline").status == 0)
      let plan = try await sluice("plan", "--sandbox")
      #expect(plan.status == 0, "\(plan.error)")
      let run = try await sluice("run", "--apply", "--yes", "--sandbox")
      #expect(run.status == 0, "\(run.error)")
      for command in [["check", "--sandbox"], ["preview", "t", "--sandbox"], ["grants", "--sandbox"]] {
        let outcome = try await runTool(["-C", project.path.string] + command + ["--untrusted"])
        #expect(outcome.status == 0, "\(command) \(outcome.error)")
      }
      let status = try JSONValue(parsing: try await sluice("sandbox", "status", "--output", "json").output)
      #expect(status["state"] == "running")
      #expect(status["dataFolder"]?.stringValue?.hasPrefix(project.path.string) == false)
      #expect(project.contains(".sluice/untrusted-sandbox.state.json"))
      #expect(!project.contains("ran"))
      #expect(try project.read(".sluice/sandbox/data/PG_VERSION") == "15\n")
    }
  }

  @Test(
    "nothing else is connected to, and each authorizer is told",
    arguments: [["plan"], ["apply", "--yes"], ["run", "--apply", "--yes"], ["preview", "t"], ["check"], ["grants"]])
  func connections(_ command: [String]) async throws {
    let project = try TemporaryProject(["m.yaml": Self.manifests, "t.csv": "id,v\n1,a\n"])
    let outcome = try await runTool(["-C", project.path.string] + command + ["--untrusted", "--output", "json"])
    #expect(outcome.status == 1)
    let found = try diagnostics(outcome)
    #expect(found.map { $0["code"] } == ["untrusted", "untrusted"], "\(outcome.output)")
    #expect(found.map(\.place) == ["m.yaml:2:3", "m.yaml:3:3"])
    #expect(found.first?["help"]?.strings.first?.contains("--sandbox") == true)
  }

  @Test("no program is run, by any command", arguments: commands)
  func programs(_ command: [String]) async throws {
    let project = try TemporaryProject([
      "m.yaml": """
      authorizers:
        wh: {host: h, database: d, username: u, password: {command: [touch, ran]}}
      destinations:
        wh: {authorizer: wh, defaultSchema: sales}
      flows:
        t: {source: {command: [sh, -c, 'touch ran; echo id'], format: csv}, destination: wh, writeMode: insert}

      """
    ])
    let json = command.contains("--sql") || command.contains("psql") ? [] : ["--output", "json"]
    let outcome = try await runTool(["-C", project.path.string] + command + ["--untrusted"] + json)
    #expect(outcome.status == 1)
    if json.isEmpty {
      #expect(outcome.error.contains("error[untrusted]"), "\(outcome.error)")
    } else if command != ["run", "--sandbox"] {
      #expect(try diagnostics(outcome).map { $0["code"] } == ["untrusted", "untrusted"], "\(outcome.output)")
    }
    #expect(!project.contains("ran"))
  }

  @Test(
    "what was applied is a stranger's too, where the state may be", arguments: [["run"], ["run", "--apply", "--yes"]])
  func state(_ command: [String]) async throws {
    try await withProject([
      "m.yaml": """
      authorizers: {wh: {host: h, database: d, username: u}}
      destinations: {wh: {authorizer: wh, defaultSchema: sales}}
      flows:
        t: {source: {command: [sh, print.sh], format: csv}, destination: wh, writeMode: insert}
        u: {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert}

      """, "print.sh": "echo x >> ran; echo id",
    ]) { project, sluice in
      let trusted = try await runTool(["-C", project.path.string, "apply", "--yes", "--sandbox"])
      _ = try await runTool(["-C", project.path.string, "sandbox", "reset"])
      #expect(trusted.status == 0, "\(trusted.error)")
      // The same, but what a reset has wiped.
      _ = try await runTool(["-C", project.path.string, "apply", "--yes", "--sandbox"])
      try FileManager.default.moveItem(
        atPath: project.file(".sluice/sandbox.state.json").string,
        toPath: project.file(".sluice/untrusted-sandbox.state.json").string)
      _ = try await runTool(["-C", project.path.string, "sandbox", "reset"])
      try project.remove("ran")
      try project.write(
        """
        authorizers: {wh: {host: h, database: d, username: u}}
        destinations: {wh: {authorizer: wh, defaultSchema: sales}}
        flows:
          u: {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert}

        """, to: "m.yaml")
      let run = try await runTool(["-C", project.path.string] + command + ["--sandbox", "--untrusted"])
      #expect(run.status == 1)
      #expect(!project.contains("ran"))
      if command == ["run"] { #expect(run.error.contains("error[untrusted]"), "\(run.error)") }
    }
  }

  @Test("files are looked for in the project alone, whatever patterns and links say")
  func patterns() async throws {
    let outside = try TemporaryProject(["t.csv": "id\n1\n", "more/t.csv": "id\n1\n"])
    let project = try TemporaryProject(["in/ok.csv": "id\n1\n"])
    try project.link("in/link.csv", to: outside.file("t.csv").string)
    try project.link("folder", to: outside.path.string)
    func places(_ path: String) async throws -> [String] {
      try project.write(
        """
        authorizers: {wh: {url: {env: X}}}
        destinations: {wh: {authorizer: wh}}
        flows: {t: {source: {path: '\(path)'}, destination: wh, writeMode: insert}}

        """, to: "m.yaml")
      let outcome = try await runTool(["-C", project.path.string, "validate", "--untrusted", "--output", "json"])
      return try diagnostics(outcome).map { "\($0["code"]?.stringValue ?? "") \($0.place ?? "")" }
    }
    for path in [
      "in/*.csv", "in/l*", "in/link.csv", "folder/t.csv", "folder/*.csv", "*/t.csv", "f*/**/t.csv", "f*/mo*/t.csv",
      "**/*.csv", "[f]older/t.csv",
    ] {
      #expect(try await places(path) == ["untrusted m.yaml:3:28"], "\(path)")
    }
    for path in ["in/o*.csv", "in/**/nothing", "*.csv", "**/ok.csv"] {
      #expect(try await places(path) == [], "\(path)")
    }
  }

  @Test("a link in the place of Sluice's own folder is not written through")
  func ownFolder() async throws {
    let outside = try TemporaryProject(["keep": ""])
    for link in [".sluice", ".sluice/rejects", ".sluice/rejects/t", ".sluice/untrusted-sandbox.state.json"] {
      try await withProject(["m.yaml": Self.manifests, "t.csv": "id,v\n1,a\n"]) { project, sluice in
        if link != ".sluice" { try project.write("", to: ".sluice/keep") }
        if link == ".sluice/rejects/t" { try project.write("", to: ".sluice/rejects/keep") }
        try project.link(link, to: outside.path.string)
        let run = try await sluice("run", "--apply", "--yes", "--sandbox")
        #expect(run.status == 1)
        #expect(run.error.contains("error[untrusted]: `.sluice` leads out of the project, to \(link)"), "\(run.error)")
        #expect(outside.files == ["keep"])
      }
    }
  }

  @Test("what links lead to is not shown") func shown() async throws {
    let outside = try TemporaryProject(["secret": "hush-outside\n"])
    let project = try TemporaryProject(["m.yaml": Self.manifests])
    try project.link("evil.yaml", to: outside.file("secret").string)
    for option in [[], ["--untrusted"]] {
      let outcome = try await runTool(["-C", project.path.string, "validate"] + option)
      #expect(outcome.error.contains("error[not-a-regular-file]"))
      #expect(!outcome.error.contains("hush-outside"))
    }
  }

  @Test("the name of a database that reads like a connection string leads nowhere else")
  func databaseName() async throws {
    for database in ["host=/nowhere dbname=x", "postgresql://nowhere.invalid/x", "it's \\\\ \\\"odd\\\"=1"] {
      try await withProject([
        "m.yaml": "authorizers: {wh: {host: h, database: \"\(database)\", username: '-h/nowhere'}}\n"
      ]) { project, sluice in
        let check = try await sluice("check", "--sandbox")
        #expect(check.status == 0, "\(check.output) \(check.error)")
        let psql = try await runTool([
          "-C", project.path.string, "sandbox", "psql", "--untrusted", "--", "-XAtc",
          "SELECT current_user, inet_server_addr()",
        ])
        #expect(psql.output == "-h/nowhere|\n", "\(psql.error)")
      }
    }
  }
}
