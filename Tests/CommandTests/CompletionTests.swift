import SystemPackage
import TestSupport
import Testing

/// What shells offer for a word.
struct CompletionTests {
  private let project: TemporaryProject

  init() throws {
    project = try TemporaryProject([
      "sluice.yaml": """
      variables: {host: localhost}
      environments: {staging: {host: stg.invalid}, prod: {}}

      """,
      "a.yaml": """
      authorizers:
        wh: {host: "${host}", database: d, username: u, password: {command: [touch, read]}}
      destinations:
        wh: {authorizer: wh}
      flows:
        orders: {source: {command: [touch, ran], format: csv}, destination: wh, writeMode: insert}
        refunds: {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert}
        crm: {source: {authorizer: wh, tables: {"public.*": {}}}, destination: wh, writeMode: insert}

      """,
      "sluice.staging.state.json": """
      {"formatVersion": 1, "version": 1, "lineage": "5f0c1d5a-2c57-4d8e-9a5a-0d1b6a6f6f10", "serial": 1, "resources": {}}

      """,
    ])
  }

  /// What bash would offer at the end of `words`.
  private func bash(_ words: String...) async throws -> [String] {
    let script = """
      PATH=$(dirname "$1"):$PATH
      eval "$("$1" --generate-completion-script bash)"
      shift
      COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
      _sluice "$1" "${@: -1}" "${*: -2:1}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let outcome = try await runTool(["sluice"] + words, by: ["/bin/bash", "-c", script, "bash"], in: project.path)
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(outcome.error == "")
    return outcome.output.split(separator: "\n").map(String.init)
  }

  @Test("Flows, addresses, authorizers and environments come from the manifests, and nothing is run for them")
  func names() async throws {
    #expect(try await bash("plan", "") == ["orders", "refunds"])
    #expect(try await bash("run", "re") == ["refunds"])
    #expect(try await bash("-C", project.path.string, "preview", "o") == ["orders"])
    #expect(try await bash("check", "a") == ["authorizer/wh"])
    #expect(try await bash("plan", "--select", "flow/") == ["flow/orders", "flow/refunds"])
    #expect(try await bash("grants", "") == ["wh"])
    #expect(try await bash("plan", "--env", "") == ["prod", "staging"])
    #expect(!project.contains("ran") && !project.contains("read"))
  }

  @Test("Where the files are wrong or no project, nothing is offered and nothing said")
  func nothing() async throws {
    #expect(try await bash("-C", "/nowhere", "plan", "") == [])
    #expect(try await bash("state", "show", "--env", "staging", "") == [])
    try project.write("flows: [", to: "a.yaml")
    #expect(try await bash("plan", "") == [])
    try project.write("{", to: "sluice.staging.state.json")
    #expect(try await bash("state", "show", "--env", "staging", "") == [])
  }
}
