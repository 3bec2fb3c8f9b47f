import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// A state that cannot be relied on stops every command, says how to recover, and stays as it is.
@Suite("A state that is", .freshDatabase, .timeLimit(.minutes(15)))
struct DamagedStateTests {
  static let state = "sluice.state.json", journal = "sluice.state.json.journal", backup = "sluice.state.json.backup"

  /// One kind of damage, and what is said about it.
  struct Damage: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var code: String
    /// What the first line says.
    var words: [String]
    /// What the help says.
    var help: String
    /// Does the damage.
    var make: @Sendable (TemporaryProject) throws -> Void

    init(
      _ description: String, _ code: String, _ words: [String], help: String,
      make: @escaping @Sendable (TemporaryProject) throws -> Void
    ) {
      testDescription = description
      self.code = code
      self.words = words
      self.help = help
      self.make = make
    }

    /// Damage by other content of the state.
    static func content(
      _ description: String, _ words: [String], code: String = "state-damaged", help: String = "bring back a good copy",
      _ change: @escaping @Sendable (String) -> String
    ) -> Damage {
      Damage(description, code, words, help: help) { try $0.write(change($0.read(state)), to: state) }
    }

    /// Damage by a journal that is there.
    static func journal(
      _ description: String, _ words: [String], code: String = "state-damaged", help: String = "the next plan",
      _ change: @escaping @Sendable (_ lineage: String) -> String
    ) -> Damage {
      Damage(description, code, words, help: help) { project in
        let lineage = try JSONValue(parsing: project.read(state))["lineage"]?.stringValue ?? ""
        try project.write(change(lineage), to: Self.journalName)
      }
    }

    private static let journalName = DamagedStateTests.journal
  }

  static let damages: [Damage] = [
    .content("empty", ["sluice.state.json is damaged", "it is empty"]) { _ in "" },
    .content("torn", ["is damaged", "the text ends", ":5:"]) { text in
      text.split(separator: "\n", omittingEmptySubsequences: false).prefix(5).joined(separator: "\n")
    },
    .content("no JSON", ["is damaged", "expected a value", ":1:1"]) { _ in "oops" },
    .content("another kind of JSON", ["is damaged", "no JSON object"]) { _ in "[]\n" },
    .content("without a version", ["is damaged", "no `version`"]) { $0.replacing("\"version\"", with: "\"v\"") },
    .content("without resources", ["is damaged", "`resources` is missing"]) {
      $0.replacing("\"resources\"", with: "\"things\"")
    },
    .content("with an entry that lacks a part", ["is damaged", "the entry \"authorizer/wh\" is not complete"]) {
      $0.replacing("\"spec\"", with: "\"s\"")
    },
    .content("with a part of another kind", ["is damaged", "the entry \"flow/t\" is not complete"]) {
      $0.replacing("\"nullable\": true", with: "\"nullable\": \"yes\"")
    },
    .content("with a key twice", ["is damaged", "stands twice"]) {
      $0.replacing("\"serial\"", with: "\"lineage\": \"x\",\n  \"serial\"")
    },
    .content("of a newer layout", ["has layout 99", "knows 1"], code: "state-newer", help: "a newer one") {
      $0.replacing("\"version\": 1", with: "\"version\": 99")
    },
    Damage("gone, its backup there", "state-missing", ["is gone", "backup"], help: "cp ") {
      try $0.remove(state)
    },
    Damage("gone, its journal there", "state-missing", ["is gone", "journal"], help: "serial 2") { project in
      let lineage = try JSONValue(parsing: project.read(state))["lineage"]?.stringValue ?? ""
      try project.write("{\"version\":1,\"lineage\":\"\(lineage)\",\"serial\":2}\n", to: journal)
      try project.remove(state)
      try project.remove(backup)
    },
    Damage("a folder", "state-file", ["Is a directory"], help: "move it away") { project in
      try project.remove(state)
      try project.write("x", to: "\(state)/x")
    },
    Damage("a pipe", "state-file", ["no ordinary file"], help: "move it away") { project in
      try project.remove(state)
      #expect(mkfifo(project.file(state).string, 0o600) == 0)
    },
    Damage("a link to nowhere", "state-missing", ["is a link to elsewhere.json"], help: "remove the link") { project in
      try project.remove(state)
      try project.link(state, to: "elsewhere.json")
    },
    Damage("a link to itself", "state-file", ["symbolic link"], help: "make the link lead") { project in
      try project.remove(state)
      try project.link(state, to: state)
    },
    .journal("beside an empty journal", ["journal", "is damaged", "no first line"]) { _ in "" },
    .journal("beside a journal of another state", ["belongs to another state"], code: "state-journal") { _ in
      "{\"version\":1,\"lineage\":\"other\",\"serial\":2}\n"
    },
    .journal("beside a journal of an older one", ["belongs to another state"], code: "state-journal") { lineage in
      "{\"version\":1,\"lineage\":\"\(lineage)\",\"serial\":1}\n{\"changes\":[{\"address\":\"flow/t\",\"resource\":null}]}\n"
    },
    .journal("beside a journal with damage in its middle", ["journal", "is damaged", ":2:12"]) { lineage in
      """
      {"version":1,"lineage":"\(lineage)","serial":2}
      {"changes":oops}
      {"changes":[{"address":"flow/t","resource":null}]}

      """
    },
    .journal("beside a journal of a newer layout", ["has layout 7"], code: "state-newer", help: "a newer one") { _ in
      "{\"version\":7}\n"
    },
    Damage("beside a folder in the journal's place", "state-file", ["Is a directory"], help: "move it away") {
      try $0.write("x", to: "\(journal)/x")
    },
  ]

  @Test("damaged stops every command and stays as it is", arguments: damages)
  func damaged(_ damage: Damage) async throws {
    let world = try await applied()
    try damage.make(world.project)
    let before = snapshot(world)
    let document = try await world.document("plan")
    #expect(document.status == 1)
    #expect(document.diagnostics().map { $0["code"]?.stringValue } == [damage.code])
    for command in [
      ["plan"], ["apply", "--yes"], ["run"], ["run", "--apply", "--yes"], ["state", "list"], ["state", "rm", "flow/t"],
    ] {
      let outcome = try await world.sluice(command)
      #expect(outcome.status == 1, "\(command)")
      #expect(outcome.error.contains("error[\(damage.code)]"), "\(command): \(outcome.error)")
      for word in damage.words { #expect(outcome.error.contains(word), "\(outcome.error)") }
      #expect(outcome.error.contains(damage.help), "\(outcome.error)")
    }
    #expect(snapshot(world) == before)
  }

  @Test("gone comes back by the command that is shown") func recovered() async throws {
    let world = try await applied()
    try world.project.remove(Self.state)
    let shown = try await world.sluice("plan").error
    let command = try #require(shown.split(separator: "\n").first { $0.contains("cp ") }?.firstRange(of: "cp "))
      .lowerBound
    let line = shown[command...].prefix { $0 != "\n" }.split(separator: " ").map(String.init)
    try world.project.write(world.project.read(Self.backup), to: Self.state)
    #expect(line == ["cp", world.project.file(Self.backup).string, world.project.file(Self.state).string])
    #expect(try await world.document("plan").status == 0)
    #expect(try await world.sluice("apply", "--yes").status == 0)
  }

  @Test(
    "beside a journal whose last line is torn loses that line alone", arguments: ["", "{\"changes\":[{\"ad", "\0\0\0"])
  func torn(_ rest: String) async throws {
    let world = try await applied()
    let lineage = try JSONValue(parsing: world.project.read(Self.state))["lineage"]?.stringValue ?? ""
    try world.project.write(
      """
      {"version":1,"lineage":"\(lineage)","serial":2}
      {"changes":[{"address":"flow/t","resource":null}]}
      \(rest)
      """, to: Self.journal)
    #expect(try await world.sluice("state", "list").output == "authorizer/wh\ndestination/wh\n")
    #expect(try await world.document("plan").actions == ["flow/t": "adopt"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(!world.project.contains(Self.journal))
    let state = try JSONValue(parsing: world.project.read(Self.state))
    #expect(state["serial"] == 4)
    #expect(state["lineage"]?.stringValue == lineage)
  }

  @Test("a link is written where it leads to, and stays a link") func followed() async throws {
    let world = try await applied()
    try world.project.write(world.project.read(Self.state), to: "shared/real.json")
    for file in [Self.state, Self.backup, "\(Self.state).lock"] { try world.project.remove(file) }
    try world.project.link(Self.state, to: "shared/real.json")
    #expect(chmod(world.project.file("shared/real.json").string, 0o640) == 0)
    try world.setFlows("{}")
    #expect(try await world.sluice("apply", "--yes", "--allow-delete", "1").status == 0)
    #expect(try world.project.file(Self.state).stat(followTargetSymlink: false).type == .symbolicLink)
    #expect(try world.project.file("shared/real.json").stat().permissions.rawValue == 0o640)
    #expect(!(try world.project.read("shared/real.json")).contains("flow/t"))
    #expect(try world.project.read("shared/real.json.backup").contains("flow/t"))
    #expect(world.project.files.filter { $0.hasPrefix(Self.state) } == [Self.state])
  }

  @Test("beside what a crash left of a new file is none the worse") func leftovers() async throws {
    let world = try await applied()
    for file in [Self.state, Self.backup, Self.journal] { try world.project.write("half a fi", to: "\(file).new") }
    try world.setFlows("{}")
    #expect(try await world.sluice("apply", "--yes", "--allow-delete", "1").status == 0)
    #expect(try await world.sluice("state", "list").output == "authorizer/wh\ndestination/wh\n")
    #expect(world.project.files.filter { $0.hasSuffix(".new") } == [])
  }

  @Test("not ours to read or to write stops the command") func forbidden() async throws {
    let world = try await applied()
    let before = snapshot(world)
    let path = world.project.file(Self.state).string
    let user = try Unprivileged(owning: world.project)
    #expect(chmod(path, 0) == 0)
    for command in ["plan", "apply"] {
      let outcome = try await user.sluice(world, command)
      #expect(outcome.status == 1)
      #expect(outcome.error.contains("cannot read \(path): Permission denied"), "\(outcome.error)")
      #expect(outcome.error.contains("--state"))
    }
    #expect(chmod(path, 0o644) == 0)
    #expect(chmod("\(path).lock", 0o444) == 0)
    let locked = try await user.sluice(world, "apply", "--yes")
    #expect(locked.status == 1)
    #expect(locked.error.contains("cannot lock \(path).lock: Permission denied"), "\(locked.error)")
    #expect(unlink("\(path).lock") == 0)
    #expect(chmod(world.project.path.string, 0o555) == 0)
    let folder = try await user.sluice(world, "apply", "--yes")
    #expect(folder.status == 1)
    #expect(folder.error.contains("cannot lock \(path).lock: Permission denied"), "\(folder.error)")
    #expect(try await user.sluice(world, "state", "list").status == 0)
    #expect(chmod(world.project.path.string, 0o755) == 0)
    #expect(snapshot(world) == before)
  }

  @Test("in a place that is none stops the command", arguments: ["t.csv/x.json", "no/such/folder/x.json"])
  func nowhere(_ path: String) async throws {
    let world = try await applied()
    let outcome = try await world.sluice("apply", "--yes", "--state", path)
    #expect(outcome.status == 1)
    #expect(outcome.error.contains("error[state-file]"), "\(outcome.error)")
    #expect(outcome.error.contains("--state"))
  }

  @Test("longer than the disk has room for: what is done but not recorded is named, and found by the next plan")
  func full() async throws {
    let names = (10..<50).map { "f\($0)" }
    let flow =
      "{source: {path: t.csv}, destination: wh, writeMode: insert, description: \(String(repeating: "x", count: 300))}"
    let world = try World(names.map { "\($0): \(flow)" }.joined(separator: "\n"), files: ["t.csv": "id\n1\n"])
    let limited = try await runTool(
      ["-C", world.project.path.string, "apply", "--yes"],
      by: ["/bin/bash", "-c", "ulimit -f 16; exec \"$@\"", "bash"], environment: world.variables)
    #expect(limited.status == 1)
    #expect(limited.error.contains("done in the database, but not recorded"), "\(limited.error)")
    #expect(limited.error.contains("File too large"), "\(limited.error)")
    #expect(limited.error.contains("ulimit -f"))
    let tables = try await world.database.text("SELECT relname FROM pg_class WHERE relname ~ '^f[0-9]+$' ORDER BY 1")
      .split(separator: "\n").map { "flow/\($0)" }
    let listed = try await world.sluice("state", "list").output.split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix("flow/") }
    #expect(listed.count > 5)
    let unrecorded = Set(tables).subtracting(listed)
    #expect(!unrecorded.isEmpty)
    for address in unrecorded { #expect(limited.error.contains(address), "\(limited.error)") }
    let plan = try await world.document("plan")
    #expect(plan.status == 0)
    for name in names.map({ "flow/\($0)" }) {
      let expected = listed.contains(name) ? "unchanged" : tables.contains(name) ? "adopt" : "create"
      #expect(plan.action(name) ?? "unchanged" == expected)
    }
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(try await world.document("plan", "--detailed-exitcode").status == 0)
  }

  /// A project that was applied twice, so that there is a backup.
  private func applied() async throws -> World {
    let world = try World(
      "t: {source: {path: t.csv}, destination: wh, writeMode: insert}", files: ["t.csv": "id\n1\n"])
    #expect(try await world.sluice("apply", "--yes").status == 0)
    try world.setFlows("t: {source: {path: t.csv}, destination: wh, writeMode: insert, description: more}")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    #expect(world.project.contains(Self.backup))
    return world
  }

  /// The content of each file that belongs to the state.
  private func snapshot(_ world: World) -> [String: String] {
    var content: [String: String] = [:]
    for file in world.project.files where file.contains("state.json") && !file.hasSuffix(".lock") {
      let isPlain = (try? world.project.file(file).stat().type) == .regular
      content[file] = isPlain ? (try? world.project.read(file)) ?? "?" : "-"
    }
    return content
  }
}

/// A user without rights of root's, who owns a project.
private struct Unprivileged {
  private let launcher: [String]

  init(owning project: TemporaryProject) throws {
    guard geteuid() == 0 else {
      launcher = []
      return
    }
    launcher = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    for file in [""] + project.files { #expect(chown(project.file(file).string, 65_534, 65_534) == 0) }
  }

  func sluice(_ world: World, _ arguments: String...) async throws -> ToolOutcome {
    try await runTool(
      ["-C", world.project.path.string] + arguments, by: launcher, environment: world.variables)
  }
}
