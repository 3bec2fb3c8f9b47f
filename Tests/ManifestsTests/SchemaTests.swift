import Diagnostics
import Foundation
import JSON
import Manifests
import Subprocess
import TestSupport
import Testing

@Suite struct SchemaTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test(
    "schemas/ holds the schemas that the program prints",
    arguments: [("manifest", JSONSchema.manifest()), ("sluice", JSONSchema.project())])
  func files(name: String, schema: JSONValue) throws {
    let file = Self.root.appending(path: "schemas/\(name).schema.json")
    let text = schema.text(.document) + "\n"
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" { try Data(text.utf8).write(to: file) }
    let held = try String(contentsOf: file, encoding: .utf8)
    #expect(held == text, "run the tests with UPDATE_GOLDEN=1 and read the difference")
    #expect(ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != "1", "rewritten: read the difference")
  }

  /// Whether Python can validate: required in CI, a named skip elsewhere.
  private static func hasPython() async -> Bool {
    if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
    let result = try? await run(
      .name("python3"), arguments: ["-c", "import jsonschema, yaml"], output: .discarded, error: .discarded)
    return result?.terminationStatus.isSuccess == true
  }

  @Test(
    "The schemas accept and refuse what the reading of manifests does",
    .enabled("needs python3 with jsonschema and PyYAML") { await hasPython() })
  func agreement() async throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/agreement.py").path
    let result = try await run(
      .name("python3"), arguments: [script, Self.root.path, "examples", "Tests/ManifestsTests/Fixtures"],
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(result.terminationStatus.isSuccess, "\(result.standardOutput)\(result.standardError)")
  }

  @Test("The example of every field is one")
  func examples() throws {
    try check(Authorizer.declaration, "authorizers", [nil: [:]])
    try check(Tunnel.declaration, "tunnels", [nil: [:]])
    try check(Destination.declaration, "destinations", [nil: [:]])
    try check(Flow.declaration, "flows", [nil: [:]])
    try check(
      Source.declaration, "sources",
      [
        "files": ["path": "a.csv"], "a database": ["authorizer": "a"], "rows": ["rows": "[]"],
        "a program": ["command": "[a]", "format": "csv"],
      ])
  }

  /// Writes each field's example beside what its kind, or variant of it, cannot do without.
  private func check<Spec>(_ declaration: Declaration<Spec>, _ map: String, _ forms: [String?: [String: String]]) throws
  {
    let othersMissing: Set = ["unknown-reference", "unknown-input", "missing-field", "conflicting-fields"]
    for field in declaration.fields {
      var members = try #require(forms[field.variant])
      let example: String = try #require(field.example, "\(field.name) has no example")
      members[field.name] = example
      let text = members.map { "\($0): \($1)" }.joined(separator: ", ")
      let found = try TemporaryProject(["m.yaml": "\(map): {x: {\(text)}}"]).load().diagnostics
      #expect(found.filter { !othersMissing.contains($0.code) } == [], "\(text)")
    }
  }
}
