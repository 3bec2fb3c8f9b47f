import JSON
import Manifests
import TestSupport
import Testing

/// After an apply the plan is empty, for every kind and every field that a manifest may hold.
@Suite("Laws of fields", .freshDatabase, .timeLimit(.minutes(15)))
struct FieldLawTests {
  /// Fields that no test here can change, with the reason.
  private static let exempt: [String: String] = [
    "authorizer.type": "there is one value", "authorizer.host": "one server", "authorizer.port": "one server",
    "authorizer.database": "one server", "authorizer.service": "it wants a service file",
    "authorizer.tunnel": "it would lead to one server more",
    "authorizer.url": "every other test connects by it", "authorizer.renamedFrom": "a rename",
    "tunnel.renamedFrom": "a rename",
    "source.renamedFrom": "a rename", "destination.renamedFrom": "a rename", "flow.renamedFrom": "a rename",
  ]

  /// A field of a resource, with a value that differs from the one at first.
  private struct Variation {
    var address: String
    var field: String
    var value: String

    init(_ address: String, _ field: String, _ value: String) {
      (self.address, self.field, self.value) = (address, field, value)
    }
  }

  private static let metadata = [("description", "words"), ("labels", "{team: sales}"), ("protect", "true")]

  private static func variations(role: String, reader: String) -> [Variation] {
    var all = [
      Variation("authorizer/wh", "connectTimeout", "7s"), Variation("authorizer/wh", "statementTimeout", "5m"),
      Variation("authorizer/wh", "lockTimeout", "2s"), Variation("authorizer/wh", "tls", "disable"),
      Variation("authorizer/wh", "password", "{env: THE_PASSWORD}"), Variation("authorizer/wh", "role", role),
      Variation("authorizer/wh", "username", role),
      Variation("destination/other", "authorizer", "spare"), Variation("destination/other", "defaultSchema", "crm"),
      Variation("destination/other", "ledgerSchema", "crm"),
      Variation("tunnel/bastion", "host", "b.example.com"), Variation("tunnel/bastion", "port", "2222"),
      Variation("tunnel/bastion", "username", "me"), Variation("tunnel/bastion", "identityFile", "keys/id"),
      Variation("tunnel/bastion", "password", "{env: THE_PASSWORD}"),
      Variation(
        "tunnel/bastion", "hostKey",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"),
      Variation("tunnel/bastion", "knownHostsFile", "known_hosts"),
      Variation("tunnel/bastion", "sshConfig", "ssh_config"),
      Variation("source/files", "path", "other.csv"), Variation("source/files", "format", "tsv"),
      Variation("source/files", "compression", "none"), Variation("source/files", "csv", "{delimiter: ';'}"),
      Variation("source/files", "files", "all"), Variation("source/files", "allowEmpty", "true"),
      Variation("source/pg", "authorizer", "spare"), Variation("source/pg", "table", "public.other"),
      Variation("source/pg", "cursor", "{column: at, lag: 5m}"), Variation("source/query", "query", "SELECT 2 AS two"),
      Variation("source/rows", "rows", "[{id: 2}]"), Variation("source/program", "command", "[cat, b.csv]"),
      Variation("flow/f", "source", "{path: t.csv, files: all}"), Variation("flow/f", "source", "files"),
      Variation("flow/f", "destination", "second"), Variation("flow/f", "table", "public.elsewhere"),
      Variation("flow/f", "writeMode", "truncate_insert"), Variation("flow/f", "writeMode", "insert"),
      Variation("flow/f", "key", "[id, note]"), Variation("flow/f", "columns", "{id: bigint, note: text, more: date}"),
      Variation("flow/f", "columns", "{id: bigint, note: {type: text, default: none}}"),
      Variation("flow/f", "columns", "{id: bigint, note: {type: text, from: more}}"),
      Variation("flow/f", "tableChanges", "none"), Variation("flow/f", "readers", "keep"),
      Variation("flow/f", "maxRejects", "10"), Variation("flow/f", "deleteMissing", "true"),
      Variation("flow/f", "maxDeletes", "10%"), Variation("flow/f", "sourceChanges", "fail"),
      Variation("source/tables", "tables", "{public.t: skip}"),
      Variation("flow/f", "grantSelect", "[\(reader)]"), Variation("flow/f", "after", "[g]"),
      Variation("flow/f", "range", "7d1"),
      Variation("flow/f", "schedule", "day"), Variation("flow/f", "timezone", "Europe/Prague"),
      Variation("flow/f", "enabled", "false"), Variation("flow/f", "retry", "{attempts: 5}"),
      Variation("flow/g", "sources", "{a: {path: t.csv}}"),
      Variation("flow/f", "transform", "[{name: s, sql: 'SELECT id, note FROM source'}]"),
      Variation(
        "flow/f", "transform", "[{name: s, filter: {from: source, where: [{column: id, is: in, value: [1]}]}}]"),
      Variation("flow/f", "transform", "[{name: s, union: [source, source]}]"),
      Variation(
        "flow/f", "transform", "[{name: s, join: {left: source, right: source, on: [id], take: {other: note}}}]"),
      Variation("flow/f", "quality", "[{column: id, rule: between, min: 0}, {column: note, rule: in, values: [a]}]"),
      Variation("flow/f", "afterLoad", "[ANALYZE public.f]"),
    ]
    for address in ["authorizer/wh", "tunnel/bastion", "source/files", "destination/other", "flow/f"] {
      all += Self.metadata.map { Variation(address, $0.0, $0.1) }
    }
    return all
  }

  /// The fields of each resource at first.
  private static func base(_ database: TestDatabase) -> [String: [String: String]] {
    let authorizer = [
      "host": database.host, "port": "\(database.port)", "database": database.name, "username": database.owner,
    ]
    return [
      "authorizer/wh": authorizer, "authorizer/spare": authorizer,
      "destination/wh": ["authorizer": "wh", "defaultSchema": "public"],
      "destination/second": ["authorizer": "wh", "defaultSchema": "public", "ledgerSchema": "public"],
      "destination/other": ["authorizer": "wh"],
      "tunnel/bastion": ["host": "a.example.com"],
      "source/files": ["path": "t.csv"], "source/pg": ["authorizer": "wh", "table": "public.t"],
      "source/tables": ["authorizer": "wh", "tables": "{public.t: {}}"],
      "source/query": ["authorizer": "wh", "query": "SELECT 1 AS one"], "source/rows": ["rows": "[{id: 1}]"],
      "source/program": ["command": "[cat, a.csv]", "format": "csv"],
      "flow/f": [
        "source": "{path: t.csv}", "destination": "wh", "table": "public.f", "writeMode": "upsert", "key": "[id]",
        "columns": "{id: bigint, note: text}",
      ],
      "flow/g": [
        "source": "{path: t.csv}", "destination": "wh", "table": "public.g", "columns": "{id: bigint, note: text}",
      ],
    ]
  }

  private static func yaml(_ resources: [String: [String: String]]) -> String {
    Kind.allCases.map { kind in
      let lines = resources.filter { $0.key.hasPrefix("\(kind.rawValue)/") }.sorted { $0.key < $1.key }.map {
        let fields = $0.value.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
        return "  \($0.key.dropFirst(kind.rawValue.count + 1)): {\(fields)}\n"
      }
      return "\(kind.mapName):\n\(lines.joined())"
    }.joined()
  }

  @Test("every field of every kind is changed here, or said why not")
  func covers() {
    let varied = Set(Self.variations(role: "r", reader: "a").map { "\($0.address.prefix { $0 != "/" }).\($0.field)" })
    let known = Set(Kind.allCases.flatMap { kind in kind.fields.map { "\(kind.rawValue).\($0.name)" } })
    #expect(known.subtracting(varied).subtracting(Self.exempt.keys) == [])
    #expect(Set(Self.exempt.keys).subtracting(known) == [])
  }

  @Test("a changed field is an update that names it; after the apply the plan is empty")
  func everyField() async throws {
    let database = TestDatabase.current
    let role = try await database.createRole(), reader = try await database.createRole()
    try await database.execute("GRANT \(database.owner) TO \(role)")
    let base = Self.base(database)
    var world = try World(
      "{}", files: ["t.csv": "id,note,more\n1,a,2024-01-01\n", "other.csv": "id\n"], connection: "")
    world.environment = ["THE_PASSWORD": "unused"]
    try world.project.remove("flows.yaml")
    try world.project.write(Self.yaml(base), to: "connection.yaml")
    let first = try await world.sluice("apply", "--yes")
    try #require(first.status == 0, "\(first.error)")

    for variation in Self.variations(role: role, reader: reader) {
      var resources = base
      resources[variation.address]?[variation.field] = variation.value
      // What excludes the field at first, or needs another one.
      switch (variation.field, variation.value) {
      case ("sources", _): resources[variation.address]?["source"] = nil
      case ("writeMode", "truncate_insert"), ("writeMode", "insert"): resources[variation.address]?["key"] = nil
      case ("readers", _): resources[variation.address]?["writeMode"] = "truncate_insert"
      case ("range", _):
        resources[variation.address]?["source"] =
          "{authorizer: wh, query: \"SELECT 1 AS id, 'a' AS note WHERE {{start}} <= {{end}}\"}"
      case ("maxDeletes", _): resources[variation.address]?["deleteMissing"] = "true"
      case ("maxRejects", _): resources[variation.address]?["writeMode"] = "insert_ignore"
      default: break
      }
      try world.project.write(Self.yaml(resources), to: "connection.yaml")
      let plan = try await world.document("plan", "--detailed-exitcode")
      let paths = (plan.step(variation.address)?["changes"]?.arrayValue ?? []).compactMap { $0["path"]?.stringValue }
      let name = "\(variation.address) \(variation.field): \(variation.value)"
      #expect(plan.status == 2, "\(name): \(plan.json.text(.line))")
      #expect(plan.action(variation.address) == "update", "\(name)")
      #expect(
        paths.contains { $0.split(separator: ".").first.map(String.init) == variation.field }, "\(name): \(paths)")
      let apply = try await world.sluice("apply", "--yes")
      #expect(apply.status == 0, "\(name): \(apply.error)")
      let after = try await world.document("plan", "--detailed-exitcode")
      #expect(after.status == 0, "\(name): \(after.actions)")
    }
  }
}
