import JSON
import SystemPackage
import TestSupport
import Testing

/// Wrong manifests: everything that is wrong, in one go, in each form of output.
@Suite("Wrong manifests", .timeLimit(.minutes(15)))
struct ManifestErrorTests {
  private static let files = [
    "a.yaml": "authorizers:\n  wh: {hots: localhost, database: d, username: u}\n",
    "deep/b.yaml": """
    destinations:
      wh: {authorizer: warehouse}
    flows:
      orders: {source: {path: o.csv}, destination: wh, writeMode: upsrt}
      orders: {source: {path: o.csv}, destination: wh, writeMode: insert}

    """,
    "deep/c.yml": "flows:\n  refunds: {source: crm, destination: wh, writeMode: insert}\n",
  ]

  @Test("validate reports all of them, sorted, and exits with 1")
  func validate() async throws {
    let project = try TemporaryProject(Self.files)
    let human = try await runTool(["validate"], in: project.path)
    #expect(human.status == 1)
    #expect(human.output == "")
    try expectGolden(human.error, "validate-errors.txt")
    let json = try await runTool(["validate", "--output", "json"], in: project.path)
    #expect(json.status == 1)
    #expect(json.error == "")
    try expectGolden(json.output, "validate-errors.json")
    let document = try JSONValue(parsing: json.output)
    #expect(document["formatVersion"] == 1)
    #expect(document["valid"] == false)
  }

  @Test(
    "every other command prints them too, as the JSON that it prints anyhow",
    arguments: ["plan", "check", "apply", "run --apply", "preview orders"])
  func others(_ command: String) async throws {
    let project = try TemporaryProject(Self.files)
    let outcome = try await runTool(
      command.split(separator: " ").map(String.init) + ["--output", "json"], in: project.path)
    #expect(outcome.status == 1)
    let lines = outcome.output.split(separator: "\n")
    let document = try JSONValue(parsing: outcome.output)
    if command == "apply" || command.hasPrefix("run") { #expect(lines.count == 1) }
    if command == "plan" { #expect(document["steps"] == []) }
    let codes = Set((document["diagnostics"]?.arrayValue ?? []).compactMap { $0["code"]?.stringValue })
    #expect(codes.isSuperset(of: ["unknown-field", "duplicate-key"]))
  }

  @Test("validate of a sound project says so, without a connection, a secret or a program")
  func sound() async throws {
    let project = try TemporaryProject([
      "a.yaml": """
      authorizers:
        wh: {host: nowhere.invalid, database: d, username: u, password: {command: [touch, ran]}}
      destinations:
        wh: {authorizer: wh}
      flows:
        t: {source: {path: no-such.csv}, destination: wh, writeMode: insert}

      """
    ])
    let json = try await runTool(["validate", "--output", "json"], in: project.path)
    #expect(json.status == 0)
    #expect(
      try JSONValue(parsing: json.output) == ["formatVersion": 1, "valid": true, "resources": 3, "diagnostics": []])
    #expect(project.files == ["a.yaml"])
  }

  @Test(
    "wrong usage exits with 64",
    arguments: [
      "plan --nope", "frobnicate", "plan --output yaml", "run --parallel 0", "preview", "preview t --rows 0",
      "plan --var x",
      "state", "sandbox nothing", "apply --allow-delete many",
    ])
  func usage(_ line: String) async throws {
    let project = try TemporaryProject(["a.yaml": "flows: {}\n"])
    let outcome = try await runTool(line.split(separator: " ").map(String.init), in: project.path)
    #expect(outcome.status == (["state"].contains(line) ? outcome.status : 64), "\(outcome.error)")
    #expect(outcome.status == 64 || !outcome.output.isEmpty)
  }

  @Test(
    "help and the version are results, and exit with 0", arguments: ["--help", "--version", "plan --help", "help run"])
  func help(_ line: String) async throws {
    let outcome = try await runTool(line.split(separator: " ").map(String.init))
    #expect(outcome.status == 0)
    #expect(!outcome.output.isEmpty)
    #expect(outcome.error.isEmpty)
  }

  @Test("a folder that is none, and a project without manifests")
  func nothing() async throws {
    let missing = try await runTool(["-C", "/no/such/folder", "validate", "--output", "json"])
    #expect(missing.status == 1)
    #expect(try JSONValue(parsing: missing.output)["valid"] == false)
    let empty = try TemporaryProject()
    #expect(try await runTool(["-C", empty.path.string, "validate"]).status == 0)
  }
}
