import JSON
import SystemPackage
import TestSupport
import Testing

/// Flows that `import` writes of files.
@Suite("import of files", .freshDatabase, .timeLimit(.minutes(15)))
struct ImportFilesTests {
  private func world(_ files: [String: String]) throws -> World { try World("{}", files: files) }

  @Test("Each file is a flow, with the columns that a plan infers")
  func each() async throws {
    let world = try world([
      "data/Orders 2024.csv": "id,when,total,no\n1,2024-01-01,1.5,x\n",
      "data/b.jsonl": "{\"a\": 1, \"b\": {\"c\": 2}}\n",
      "data/c.tsv": "x\ty\n0123\ttrue\n", ".schemas/manifest.schema.json": "{}",
    ])
    let files = ["Orders 2024.csv", "b.jsonl", "c.tsv"].map { world.project.file("data/\($0)").string }
    let outcome = try await world.sluice(["import"] + files)
    #expect(outcome.status == 0, "\(outcome.error)")
    try expectGolden(outcome.output, "import-files.yaml")
    // From a manifest in another folder the same files are found.
    try world.project.write("", to: "flows/deep/x.yaml")
    let out = world.project.file("flows/deep/files.yaml").string
    let written = try await world.sluice(["import", "--out", out] + files)
    #expect(written.status == 0, "\(written.error)")
    let text = try world.project.read("flows/deep/files.yaml")
    #expect(text.hasPrefix("# yaml-language-server: $schema=../../.schemas/manifest.schema.json\nflows:\n"), "\(text)")
    #expect(text.contains("source: {path: \"../../data/Orders 2024.csv\"}"))
    let run = try await world.stream("run", "--apply", "--yes")
    #expect(run.status == 0, "\(run.error)")
    #expect(
      try await TestDatabase.current.text(
        "SELECT id, \"when\", total, \"no\", pg_typeof(\"when\"), pg_typeof(total) FROM orders_2024")
        == "1|2024-01-01|1.5|x|date|numeric")
    #expect(try await TestDatabase.current.text("SELECT x, pg_typeof(y) FROM c") == "0123|boolean")
    #expect(try await world.document("plan").actions == [:])
    let again = try await world.sluice(["import", "--out", out] + files)
    #expect(again.status == 1)
    #expect(again.error.contains("error[import-exists]"))
    #expect(try world.project.read("flows/deep/files.yaml") == text)
    #expect(world.project.files.filter { $0.hasPrefix("flows/") }.count == 2)
  }

  @Test("A pattern in quotes is one flow of all its files, called after what they share")
  func pattern() async throws {
    let world = try world(["in/orders-1.csv": "id\n1\n", "in/orders-2.csv": "id,name\n2,b\n"])
    let pattern = world.project.file("in/orders-*.csv").string
    let outcome = try await world.document("import", pattern)
    #expect(outcome.json["flows"]?.strings == ["orders"], "\(outcome.json)")
    #expect(outcome.json["manifest"]?.stringValue?.contains("source: {path: \"in/orders-*.csv\"}") == true)
    #expect(outcome.json["manifest"]?.stringValue?.contains("name: text") == true)
    let all = try await world.document("import", world.project.file("in/*.csv").string, "--name", "mine")
    #expect(all.json["flows"]?.strings == ["mine"], "\(all.json)")
    #expect(try await world.document("import", world.project.file("in/*.csv").string).json["flows"]?.strings == ["in"])
  }

  @Test("Fields too long for a column get a name that fits; a table that exists says the types and the key")
  func fields() async throws {
    let long = String(repeating: "ž", count: 40)
    let world = try world(["t.csv": "id,\(long)\n1,2\n", "known.csv": "id,name\n1,b\n"])
    try await TestDatabase.current.execute("CREATE TABLE known (id smallint PRIMARY KEY, name varchar(5) NOT NULL)")
    let outcome = try await world.sluice(
      "import", world.project.file("t.csv").string, world.project.file("known.csv").string)
    #expect(
      outcome.output.contains("\"\(String(long.prefix(31)))\": {type: bigint, from: \"\(long)\"}"), "\(outcome.output)")
    #expect(outcome.output.contains("key: [id]\n    columns:\n      id: {type: smallint, nullable: false}\n"))
    #expect(outcome.output.contains("name: {type: character varying(5), nullable: false}"))
    try world.project.write(outcome.output, to: "imported.yaml")
    let plan = try await world.document("plan")
    #expect(plan.actions["flow/t"] == "create" && plan.actions["flow/known"] == "adopt", "\(plan.json)")
  }

  @Test("What is wrong is said: unreadable files, names that clash, what a stranger may not read")
  func errors() async throws {
    let world = try world(["a.csv": "id\n1\n", "sub/A.csv": "id\n1\n", "empty.csv": ""])
    func file(_ name: String) -> String { world.project.file(name).string }
    let missing = try await world.sluice("import", file("none.csv"), file("empty.csv"))
    #expect(missing.status == 1)
    #expect(missing.error.contains("none.csv") && missing.error.contains("empty.csv is empty"), "\(missing.error)")
    let tables = try await world.sluice("import", "wh")
    #expect(tables.error.contains("sluice import wh --tables 'public.*'"), "\(tables.error)")
    let clash = try await world.sluice("import", file("a.csv"), file("sub/A.csv"))
    #expect(clash.error.contains("error[name-clash]"), "\(clash.error)")
    let folder = try await world.sluice("import", file("a.csv"), "--out", file("no/such/f.yaml"))
    #expect(folder.error.contains("error[import-unwritable]"), "\(folder.error)")
    let stray = try await world.sluice("import", "/etc/passwd", "--untrusted", "--sandbox")
    #expect(stray.error.contains("error[untrusted]"), "\(stray.error)")
    #expect(!stray.error.contains("root:"))
    #expect(try await world.sluice("import", file("a.csv"), "--name", "No Name").status == 64)
    #expect(try await world.sluice("import", file("a.csv"), "x", "--tables", "t").status == 64)
    #expect(try await world.sluice("import").status == 64)
    let nowhere = try World("{}", files: ["a.csv": "id\n"], connection: "authorizers: {}\n")
    let homeless = try await nowhere.sluice("import", nowhere.project.file("a.csv").string)
    #expect(homeless.error.contains("error[destination-required]: the project has 0 destinations"), "\(homeless.error)")
  }
}
