import Diagnostics
import JSON
import OrderedCollections
import SystemPackage
import TestSupport
import Testing

@testable import State

/// Layouts that only these tests know: layout 2 calls a member anew, layout 3 has another one.
@Suite("A state of another layout") struct StateLayoutTests {
  let folder: TemporaryProject

  /// From `at` to `appliedAt` in layout 2, and a table for each resource in layout 3.
  private static let chain = StateLayout(migrations: [
    { state in
      eachResource(of: state) { resource in resource.renamed("at", to: "appliedAt") }
    },
    { state in
      eachResource(of: state) { resource in resource.with("table", resource["spec"]?["table"] ?? .null) }
    },
  ])

  init() throws { folder = try TemporaryProject() }

  private func file(_ layout: StateLayout = chain) -> StateFile {
    StateFile(folder.file("s.json"), layout: layout) { command in
      LockHolder(pid: 42, host: "host", command: command, since: "2024-01-01T00:00:00Z")
    }
  }

  private func entry(_ table: String, at name: String) -> String {
    #"{"\#(name)": "2024-01-01T00:00:00Z", "spec": {"table": "\#(table)"}}"#
  }

  @Test(
    "is read in the layout of today, step by step, and written in it with the next write",
    arguments: [(1, "at"), (2, "appliedAt")])
  func migrated(version: Int, name: String) async throws {
    let text = """
      {"version": \(version), "lineage": "one", "serial": 4, "resources": {"flow/a": \(entry("ta", at: name))}}
      """
    try folder.write(text, to: "s.json")
    #expect(try file().read()?.resources["flow/a"]?.table == "ta")
    let idle = try await file().open(command: "sluice apply")
    try await idle.close()
    #expect(try folder.read("s.json") == text)
    let session = try await file().open(command: "sluice apply")
    try await session.record([StateChange(address: "flow/b", resource: nil)], lineage: "one")
    let resource = AppliedResource(spec: ["table": "tb"], table: "tb", appliedAt: "2024-01-01T00:00:00Z")
    try await session.record([StateChange(address: "flow/b", resource: resource)], lineage: "one")
    try await session.close()
    let written = try JSONValue(parsing: folder.read("s.json"))
    #expect(written["version"] == 3)
    #expect(written["serial"] == 5)
    #expect(written["resources"]?["flow/a"]?["table"] == "ta")
    #expect(written["resources"]?["flow/a"]?["appliedAt"] == "2024-01-01T00:00:00Z")
    #expect(try folder.read("s.json.backup") == text)
    #expect(try file().read()?.resources.count == 2)
  }

  @Test("has a journal of its own layout, which is folded in all the same") func journal() async throws {
    try folder.write(
      """
      {"version": 1, "lineage": "one", "serial": 4,
       "resources": {"flow/a": \(entry("ta", at: "at")), "flow/b": \(entry("tb", at: "at"))}}
      """, to: "s.json")
    try folder.write(
      """
      {"version":1,"lineage":"one","serial":4}
      {"changes":[{"address":"flow/c","resource":\(entry("tc", at: "at"))},{"address":"flow/a","resource":null}]}

      """, to: "s.json.journal")
    #expect(try file().read()?.resources.mapValues(\.table) == ["flow/b": "tb", "flow/c": "tc"])
    try await file().open(command: "sluice apply").close()
    #expect(try JSONValue(parsing: folder.read("s.json"))["version"] == 3)
    #expect(try file().read()?.resources.mapValues(\.table) == ["flow/b": "tb", "flow/c": "tc"])
    #expect(!folder.contains("s.json.journal"))
  }

  @Test("that its version does not tell is damaged") func otherwise() async throws {
    try folder.write(#"{"version": 1, "lineage": "one", "serial": 4, "things": {}}"#, to: "s.json")
    let failure = #expect(throws: Failure.self) { try file().read() }
    #expect(
      failure?.diagnostics.first?.message == "the state s.json is damaged: it is not of layout 1, as its `version` says"
    )
  }

  @Test("that is newer is refused, with both versions named") func newer() async throws {
    try folder.write(#"{"version": 3, "lineage": "one", "serial": 4, "resources": {}}"#, to: "s.json")
    let known = StateLayout(migrations: Array(Self.chain.migrations.prefix(1)))
    let failure = #expect(throws: Failure.self) { try file(known).read() }
    #expect(failure?.diagnostics.first?.code == "state-newer")
    #expect(failure?.diagnostics.first?.message == "s.json has layout 3; this version of Sluice knows 2")
  }

  @Test("is not there yet: the first one is today's") func today() {
    #expect(StateLayout.current.version == 1)
    #expect(AppliedState.currentVersion == 1)
  }
}

/// `state` with each of its resources changed; nothing where it has none.
private func eachResource(of state: JSONValue, _ change: (JSONValue) -> JSONValue) -> JSONValue? {
  guard let members = state["resources"]?.objectValue else { return nil }
  return state.with("resources", .object(members.mapValues(change)))
}

extension JSONValue {
  fileprivate func with(_ key: String, _ value: JSONValue?) -> JSONValue {
    var members = objectValue ?? [:]
    members[key] = value
    return .object(members)
  }

  fileprivate func renamed(_ old: String, to new: String) -> JSONValue { with(new, self[old]).with(old, nil) }
}
