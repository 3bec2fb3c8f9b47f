import Diagnostics
import JSON
import SystemPackage
import TestSupport
import Testing

@testable import State

@Suite("The state in a file") struct StateFileTests {
  let folder: TemporaryProject

  init() throws { folder = try TemporaryProject() }

  private var file: StateFile {
    StateFile(folder.file("sluice.state.json")) { command in
      LockHolder(pid: 42, host: "host", command: command, since: "2024-01-01T00:00:00Z")
    }
  }

  private func resource(_ text: String) -> AppliedResource {
    AppliedResource(spec: ["table": .string(text)], appliedAt: "2024-01-01T00:00:00Z")
  }

  /// Records `resources` in one session.
  private func apply(_ resources: [String: AppliedResource?]) async throws {
    let session = try await file.open(command: "sluice apply")
    for (address, resource) in resources.sorted(by: { $0.key < $1.key }) {
      try await session.record([StateChange(address: address, resource: resource)], lineage: "one")
    }
    try await session.close()
  }

  @Test("Nothing was ever applied where there is no file") func absent() throws {
    #expect(try file.read() == nil)
  }

  @Test("What was recorded is read back, whole") func roundTrip() async throws {
    let flow = AppliedResource(
      spec: ["table": "ö\"\n", "rows": .array([.number("1.10")])], table: "s.\"a b\"",
      columns: [AppliedColumn(name: "a", type: "bigint", from: "$line", nullable: false, default: "'0'::bigint")],
      key: ["a"], server: "1/2/d@h", relationOID: 16_384, formerNames: ["x", "y"], appliedAt: "2024-01-01T00:00:00Z")
    try await apply(["flow/a": flow, "source/b": resource("b")])
    let state = try #require(try file.read())
    #expect(state == AppliedState(lineage: "one", serial: 1, resources: ["flow/a": flow, "source/b": resource("b")]))
    #expect(folder.files == ["sluice.state.json", "sluice.state.json.lock"])
  }

  @Test("The same state is the same bytes, and a session that records nothing writes nothing") func bytes() async throws
  {
    try await apply(["flow/b": resource("b"), "flow/a": resource("a")])
    let text = try folder.read("sluice.state.json")
    #expect(text.hasSuffix("}\n"))
    try await apply([:])
    try await apply(["flow/a": resource("a")])
    #expect(try folder.read("sluice.state.json") == text)
  }

  @Test("The state before the last apply stays as the backup") func backup() async throws {
    try await apply(["flow/a": resource("a")])
    let first = try folder.read("sluice.state.json")
    try await apply(["flow/a": nil])
    #expect(try folder.read("sluice.state.json.backup") == first)
    #expect(try file.read()?.resources == [:])
  }

  @Test("Steps of a session that never ended are not lost") func journal() async throws {
    try await apply(["flow/a": resource("a")])
    let session = try await file.open(command: "sluice apply")
    try await session.record([StateChange(address: "flow/b", resource: resource("b"))], lineage: "one")
    try await session.record([StateChange(address: "flow/a", resource: nil)], lineage: "one")
    #expect(try file.read()?.resources == ["flow/b": resource("b")])
    // As after a SIGKILL: the journal is there, the state file is the old one, and the last line is torn.
    let torn = try folder.read("sluice.state.json.journal") + "{\"changes\":[{\"address\":\"flow/c\",\"resour"
    try await session.close()
    try folder.write(try folder.read("sluice.state.json.backup"), to: "sluice.state.json")
    try folder.write(torn, to: "sluice.state.json.journal")
    #expect(try file.read()?.resources == ["flow/b": resource("b")])
    try await apply([:])
    #expect(!folder.contains("sluice.state.json.journal"))
    #expect(try file.read() == AppliedState(lineage: "one", serial: 2, resources: ["flow/b": resource("b")]))
  }

  @Test("A journal that was folded in already is passed over, and removed by the next apply")
  func foldedJournal() async throws {
    let session = try await file.open(command: "sluice apply")
    try await session.record([StateChange(address: "flow/a", resource: resource("a"))], lineage: "one")
    let journal = try folder.read("sluice.state.json.journal")
    try await session.close()
    let state = try folder.read("sluice.state.json")
    // As after a SIGKILL between the writing of the state and the removal of the journal.
    try folder.write(journal, to: "sluice.state.json.journal")
    #expect(try file.read()?.resources == ["flow/a": resource("a")])
    try await apply([:])
    #expect(try folder.read("sluice.state.json") == state)
    #expect(!folder.contains("sluice.state.json.journal"))
  }

  @Test("A journal whose steps a newer state lacks is not passed over") func overtakenJournal() async throws {
    let session = try await file.open(command: "sluice apply")
    try await session.record([StateChange(address: "flow/a", resource: resource("old"))], lineage: "one")
    let journal = try folder.read("sluice.state.json.journal")
    try await session.close()
    try await apply(["flow/a": resource("new")])
    try folder.write(journal, to: "sluice.state.json.journal")
    #expect(try await code { _ = try file.read() } == "state-journal")
    #expect(try await code { _ = try await file.open(command: "sluice apply") } == "state-journal")
    #expect(try folder.read("sluice.state.json.journal") == journal)
  }

  @Test("A journal of another state stops the command") func foreignJournal() async throws {
    try await apply(["flow/a": resource("a")])
    try folder.write("{\"version\":1,\"lineage\":\"two\",\"serial\":1}\n", to: "sluice.state.json.journal")
    #expect(throws: Failure.self) { try file.read() }
    #expect(try await code { _ = try file.read() } == "state-journal")
  }

  @Test("A second writer is told who holds the lock") func locked() async throws {
    let session = try await file.open(command: "sluice apply")
    let failure = await #expect(throws: Failure.self) { _ = try await file.open(command: "sluice apply") }
    #expect(failure?.diagnostics.first?.code == "state-locked")
    let message = try #require(failure?.diagnostics.first?.message)
    #expect(
      message.hasPrefix(
        "the state is locked by `sluice apply`, process 42 on host, since 2024-01-01T00:00:00Z (for "))
    #expect(message.hasSuffix(" s)"))
    try await session.close()
    try await apply([:])
  }

  static let damages: [(content: String, code: String)] = [
    ("", "state-damaged"), ("{", "state-damaged"), ("[]", "state-damaged"), ("{\"version\": 1}", "state-damaged"),
    ("{\"version\": 1, \"lineage\": \"a\", \"serial\": 1, \"resources\": {\"flow/a\": {}}}", "state-damaged"),
    ("{\"version\": 2}", "state-newer"),
  ]

  @Test("A file that cannot be understood stops the command, and stays as it is", arguments: damages)
  func damaged(content: String, expected: String) async throws {
    try folder.write(content, to: "sluice.state.json")
    #expect(try await code { _ = try file.read() } == expected)
    #expect(try await code { _ = try await file.open(command: "sluice apply") } == expected)
    #expect(try folder.read("sluice.state.json") == content)
  }

  @Test("Damage is named with line and column") func place() throws {
    try folder.write("{\n  \"version\": 1,\n  oops\n}", to: "sluice.state.json")
    let failure = #expect(throws: Failure.self) { try file.read() }
    let place = try #require(failure?.diagnostics.first?.place)
    #expect((place.line, place.column) == (3, 3))
  }

  @Test("A state that is gone, with its backup there, is not taken for none") func missing() async throws {
    try await apply(["flow/a": resource("a")])
    try await apply(["flow/a": resource("b")])
    try folder.remove("sluice.state.json")
    #expect(try await code { _ = try file.read() } == "state-missing")
    #expect(try await code { _ = try await file.open(command: "sluice apply") } == "state-missing")
  }

  @Test("A folder in the state's place is named as such") func isFolder() async throws {
    try folder.write("", to: "sluice.state.json/x")
    #expect(try await code { _ = try file.read() } == "state-file")
  }

  @Test("The folder of a first state is made") func newFolder() async throws {
    let file = StateFile(folder.file("new/sluice.state.json")) { command in
      LockHolder(pid: 42, host: "host", command: command, since: "2024-01-01T00:00:00Z")
    }
    let session = try await file.open(command: "sluice apply")
    try await session.record([StateChange(address: "flow/a", resource: resource("a"))], lineage: "one")
    try await session.close()
    #expect(folder.contains("new/sluice.state.json"))
  }

  @Test("Recording a step costs the same whatever the state's size") func linear() async throws {
    let session = try await file.open(command: "sluice apply")
    var sizes: [Int] = []
    for number in 0..<50 {
      let before = (try? folder.read("sluice.state.json.journal").utf8.count) ?? 0
      try await session.record([StateChange(address: "flow/f\(number + 10)", resource: resource("x"))], lineage: "one")
      sizes.append(try folder.read("sluice.state.json.journal").utf8.count - before)
    }
    #expect(Set(sizes.dropFirst()).count == 1)
    #expect(!folder.contains("sluice.state.json"))
    try await session.close()
    #expect(try file.read()?.resources.count == 50)
  }

  @Test("Steps that finish side by side are all recorded, each whole") func together() async throws {
    let session = try await file.open(command: "sluice apply")
    try await withThrowingTaskGroup { group in
      for number in 0..<200 {
        group.addTask {
          let changes = ["a", "b"].map { StateChange(address: "flow/\($0)\(number)", resource: resource("x")) }
          try await session.record(changes, lineage: "one")
        }
      }
      try await group.waitForAll()
    }
    #expect(try folder.read("sluice.state.json.journal").split(separator: "\n").count == 201)
    #expect(try file.read()?.resources.count == 400)
    #expect(session.state == (try file.read()).map { AppliedState(lineage: "one", resources: $0.resources) })
    try await session.close()
    #expect(try file.read() == session.state)
    #expect(session.state?.serial == 1)
  }

  private func code(_ body: () async throws -> Void) async throws -> String? {
    let failure = await #expect(throws: Failure.self) { try await body() }
    return failure?.diagnostics.first?.code
  }
}
