import JSON
import TestSupport
import Testing

@Suite struct ExplainTests {
  @Test("A topic is explained on standard output, without a project")
  func topic() async throws {
    let folder = try TemporaryProject()
    let outcome = try await runTool(["explain", "schema-exists"], in: folder.path)
    #expect(outcome.status == 0)
    #expect(outcome.output.hasPrefix("schema-exists  a check\n"))
    #expect(outcome.error == "")
    #expect(folder.files == [])
    let json = try JSONValue(parsing: try await runTool(["explain", "--output", "json", "flow.key"]).output)
    #expect(json["formatVersion"] == 1)
    #expect(json["explanations"]?.arrayValue?.count == 1)
  }

  @Test("Without a topic all are listed, and each of them can be asked for as it is completed")
  func list() async throws {
    let outcome = try await runTool(["explain"])
    #expect(outcome.status == 0)
    for topic in ["writeMode", "sluice.yaml.defaults", "adopt", "upsert", "schema-exists", "yaml-syntax"] {
      #expect(outcome.output.contains(topic))
    }
    let completed = try await runTool([
      "---completion", "explain", "--", "positional@0", "2", "5", "sluice", "explain", "flow.",
    ])
    #expect(completed.output.split(separator: "\n").contains("flow.writeMode"), "\(completed)")
  }

  @Test("An unknown topic fails with the nearest names, as a diagnostic")
  func unknown() async throws {
    let outcome = try await runTool(["explain", "flow.writemode"])
    #expect(outcome.status == 1)
    #expect(outcome.output == "")
    #expect(outcome.error.contains("error[unknown-topic]"))
    #expect(outcome.error.contains("did you mean `flow.writeMode`?"))
    let json = try await runTool(["explain", "flow.writemode", "--output", "json"])
    #expect(json.status == 1)
    let document = try JSONValue(parsing: json.output)
    #expect(document["explanations"] == [])
    #expect(document["diagnostics"]?.arrayValue?.first?["code"] == "unknown-topic")
    #expect(try await runTool(["explain", "flow", "key"]).status == 64)
  }
}
