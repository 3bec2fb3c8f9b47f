import Diagnostics
import Foundation
import JSON
import Manifests
import OrderedCollections
import Subprocess
import TestSupport
import Testing

@Suite struct SchemaTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Every schema that the program prints, by its name.
  private static let printed =
    [("manifest", JSONSchema.manifest()), ("sluice", JSONSchema.project())]
    + Kind.allCases.map { ($0.rawValue, JSONSchema.resource(of: $0)) }

  @Test("schemas/ holds the schemas that the program prints", arguments: printed)
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

  @Test("Each field has a title, a description, an example, a form, and its default", arguments: printed)
  func complete(name: String, schema: JSONValue) {
    var fields = 0
    visit(schema, "") { path, field in
      fields += 1
      let missing = ["title", "description", "examples"].filter { field[$0] == nil }
      #expect(missing == [], "\(name)\(path)")
      let forms = ["type", "enum", "const", "anyOf", "allOf", "$ref", "properties"]
      #expect(forms.contains { field[$0] != nil }, "\(name)\(path) may be anything")
    }
    #expect(fields > 5)
    for (definition, schema) in schema["definitions"]?.objectValue ?? [:] {
      let isTitled = schema["title"] != nil || schema["anyOf"]?.arrayValue?.allSatisfy { $0["title"] != nil } == true
      #expect(isTitled, "\(name): \(definition)")
    }
  }

  @Test("What a field is where nothing is written is the schema's default", arguments: Kind.allCases)
  func defaults(kind: Kind) {
    let schema = JSONSchema.resource(of: kind)
    let forms = schema["anyOf"]?.arrayValue ?? [schema]
    for field in kind.fields {
      guard let value = field.defaultValue, value != [], value != .object([:]) else { continue }
      let found = forms.compactMap { $0["properties"]?[field.name]?["default"] }
      #expect(found.contains(value), "\(kind).\(field.name): \(found)")
    }
  }

  /// Hands each field of a schema, and those within it, to `body`.
  private func visit(_ schema: JSONValue, _ path: String, _ body: (String, JSONValue) -> Void) {
    for (name, field) in schema["properties"]?.objectValue ?? [:] {
      body("\(path).\(name)", field)
      visit(field, "\(path).\(name)", body)
    }
    for (name, definition) in schema["definitions"]?.objectValue ?? [:] { visit(definition, "\(path)#\(name)", body) }
    for word in ["anyOf", "allOf"] { for part in schema[word]?.arrayValue ?? [] { visit(part, path, body) } }
    for word in ["items", "additionalProperties"] { if let part = schema[word] { visit(part, path + "[]", body) } }
  }

  @Test(
    "Examples and defaults are what the schemas want, and so is each resource of the examples what its kind's wants",
    .enabled("needs python3 with jsonschema and PyYAML") { await hasPython() })
  func kinds() async throws {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/kinds.py").path
    let result = try await run(
      .name("python3"), arguments: [script, Self.root.path], output: .string(limit: 1 << 20),
      error: .string(limit: 1 << 20))
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
