import Foundation
import SystemPackage
import TestSupport
import Testing

/// The golden files are what the schemas of `schemas/` say of documents.
@Suite("Schemas of documents") struct DocumentSchemaTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  @Test(
    "describe all that documents hold",
    .enabled("needs python3 with jsonschema") { await DocumentSchema.canBeChecked() },
    arguments: [
      ("validate", "ViewsTests", "validate.json"), ("plan", "ViewsTests", "plan.json"),
      ("check", "ViewsTests", "check.json"), ("status", "ViewsTests", "status.json"),
      ("preview", "ViewsTests", "preview.json"), ("events", "ViewsTests", "events.jsonl"),
      ("plan", "CommandTests", "plan-"), ("validate", "CommandTests", "validate-"),
    ])
  func goldens(schema: String, target: String, prefix: String) async throws {
    let folder = Self.tests.appending(path: "\(target)/Golden")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasPrefix(prefix) && !$0.hasSuffix(".txt") }
    try #require(!files.isEmpty)
    #expect(try await DocumentSchema(schema).problem(in: files.map { folder.appending(path: $0).path }) == nil)
  }

  @Test(
    "of SARIF 2.1.0 describe the log of diagnostics",
    .enabled("needs python3 with jsonschema") { await DocumentSchema.canBeChecked() })
  func sarif() async throws {
    let schema = DocumentSchema(at: fixture("sarif.schema.json"))
    let log = Self.tests.appending(path: "ViewsTests/Golden/diagnostics.sarif").path
    #expect(try await schema.problem(in: [log]) == nil)
    let text = try String(contentsOfFile: log, encoding: .utf8)
    let project = try TemporaryProject([
      "level.json": text.replacing("\"warning\"", with: "\"fatal\""),
      "member.json": text.replacing("ruleId", with: "rule"),
      "line.json": text.replacing("\"startLine\": 1", with: "\"startLine\": 0"),
    ])
    for file in project.files { #expect(try await schema.problem(in: [project.file(file).string]) != nil, "\(file)") }
  }

  @Test(
    "refuse a member that is missing, and one that they do not describe",
    .enabled("needs python3 with jsonschema") { await DocumentSchema.canBeChecked() })
  func refuses() async throws {
    let project = try TemporaryProject([
      "right.json": #"{"formatVersion": 1, "valid": true, "resources": 1, "diagnostics": []}"#,
      "missing.json": #"{"formatVersion": 1, "valid": true, "diagnostics": []}"#,
      "new.json": #"{"formatVersion": 1, "valid": true, "resources": 1, "diagnostics": [], "new": 1}"#,
    ])
    let schema = DocumentSchema("validate")
    #expect(try await schema.problem(in: [project.file("right.json").string]) == nil)
    #expect(try await schema.problem(in: [project.file("missing.json").string])?.contains("resources") == true)
    #expect(try await schema.problem(in: [project.file("new.json").string])?.contains("new") == true)
  }
}
