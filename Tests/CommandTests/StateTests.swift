import JSON
import SystemPackage
import TestSupport
import Testing

/// The state file: what it may hold, and what happens when it is lost or another's.
@Suite("State of a project", .freshDatabase, .timeLimit(.minutes(15)))
struct StateTests {
  private static let flow = "t: {source: {path: data/t.csv}, destination: wh, writeMode: upsert, key: [id]}"
  private static let files = ["data/t.csv": "id,total\n1,2.5\n2,3\n"]

  @Test("holds no secret and no path of this machine, and neither does anything that is printed")
  func secrets() async throws {
    let secret = "s3cret-pa55"
    let role = try await TestDatabase.current.createRole(password: secret)
    try await TestDatabase.current.execute("GRANT CREATE ON SCHEMA public TO \(role)")
    var world = try World(
      """
      t: {source: {path: data/t.csv}, destination: wh, writeMode: upsert, key: [id]}
      u: {source: {path: data/t.csv}, destination: pw, writeMode: insert_ignore}
      """, files: Self.files,
      connection: """
        authorizers:
          wh: {url: {env: DATABASE_URL}}
          pw: {host: \(TestDatabase.current.host), database: \(TestDatabase.current.name), username: \(role), password: {env: THE_PASSWORD}}
        destinations:
          wh: {authorizer: wh, defaultSchema: public}
          pw: {authorizer: pw, defaultSchema: public}

        """, role: role)
    world.environment = [
      "DATABASE_URL": world.url.replacing("@/", with: ":\(secret)@/"), "THE_PASSWORD": secret,
    ]
    var printed = ""
    for command in [
      ["plan"], ["plan", "--output", "json"], ["run", "--apply", "--yes"], ["run", "--output", "json"], ["check"],
    ] {
      let outcome = try await world.sluice(command)
      #expect(outcome.status == 0, "\(outcome.error)")
      printed += outcome.output + outcome.error
    }
    #expect(!printed.contains(secret))
    #expect(!printed.contains(world.project.path.string))
    for file in world.project.files where file.contains("state.json") {
      let text = try world.project.read(file)
      #expect(!text.contains(secret))
      #expect(!text.replacing(TestDatabase.current.host, with: "").contains("/tmp"))
      #expect(!text.contains(world.project.path.string))
    }
    let rejected =
      try await world.database.text("SELECT message FROM _sluice_loads")
      + world.database.text("SELECT files FROM _sluice_loads")
    #expect(!rejected.contains(secret))
    #expect(!rejected.contains(world.project.path.string))
  }

  @Test("lost, it is made anew: all is adopted, the lineage taken from the ledger, and run goes on")
  func lost() async throws {
    let world = try World(Self.flow, files: Self.files)
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    let before = try JSONValue(parsing: world.project.read("sluice.state.json")), database = try await world.dump()
    for file in world.project.files where file.hasPrefix("sluice.state.json") { try world.project.remove(file) }

    let plan = try await world.document("plan")
    #expect(plan.summary == ["adopt": 3])
    #expect(plan.json["lineage"] == before["lineage"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.dump() == database)
    let after = try JSONValue(parsing: world.project.read("sluice.state.json"))
    #expect(after["lineage"] == before["lineage"])
    let columns = [before, after].map {
      $0["resources"]?["flow/t"]?["columns"]?.arrayValue?.map { [$0["name"], $0["type"]] }
    }
    #expect(columns[0] == columns[1])
    #expect(after["resources"]?["flow/t"]?["spec"] == before["resources"]?["flow/t"]?["spec"])
    let load = try await world.stream("run")
    #expect(load.counts("t") == "read 2, unchanged 2")
  }

  @Test("of another lineage than the ledger's blocks")
  func otherLineage() async throws {
    let world = try World(Self.flow, files: Self.files)
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    let other = try World("u: {source: {path: data/t.csv}, destination: wh, writeMode: insert}", files: Self.files)
    #expect(try await other.sluice("run", "--apply", "--yes").status == 0)
    try other.setFlows("u: {source: {path: data/t.csv}, destination: wh, writeMode: insert}\n" + Self.flow)
    let plan = try await other.document("plan")
    #expect(plan.status == 1)
    #expect(plan.checks("failed", of: "flow/t") == ["ledger"])
    let diagnostic = try #require(plan.diagnostics("ledger").first)
    #expect(diagnostic.place == "flows.yaml:3:3")
    let lineages = try [world, other].map {
      try JSONValue(parsing: $0.project.read("sluice.state.json"))["lineage"]?.stringValue ?? "-"
    }
    let help = (diagnostic["help"]?.strings ?? []).joined(separator: "\n")
    for lineage in lineages { #expect(help.contains(lineage)) }
  }

  @Test("damaged, it stops every command and stays as it is", arguments: ["", "{", #"{"version": 99}"#])
  func damaged(_ text: String) async throws {
    let world = try World(Self.flow, files: Self.files)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try world.project.write(text, to: "sluice.state.json")
    for command in [["plan"], ["apply", "--yes"], ["run"], ["run", "--apply", "--yes"], ["state", "list"]] {
      let outcome = try await world.sluice(command)
      #expect(outcome.status == 1, "\(command)")
      #expect(outcome.error.contains("sluice.state.json"))
    }
    #expect(try world.project.read("sluice.state.json") == text)
  }

  @Test("is listed and shown")
  func shown() async throws {
    let world = try World(Self.flow, files: Self.files)
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.sluice("state", "list").output == "authorizer/wh\ndestination/wh\nflow/t\n")
    let shown = try await world.document("state", "show", "flow/t")
    #expect(shown.json["table"] == "public.t")
    let unknown = try await world.sluice("state", "show", "flow/tt")
    #expect(unknown.status == 1)
    #expect(unknown.error.contains("did you mean"))
  }
}
