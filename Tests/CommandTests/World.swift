import JSON
import SystemPackage
import TestSupport

/// A project, the database that it loads into, and the built tool to run on them.
struct World {
  let database = TestDatabase.current
  let project: TemporaryProject
  /// The role that the authorizer `wh` connects as.
  var role: String
  /// Variables besides DATABASE_URL.
  var environment: [String: String] = [:]

  /// An authorizer by DATABASE_URL, and a destination of the schema public.
  static let connection = """
    authorizers:
      wh: {url: {env: DATABASE_URL}}
    destinations:
      wh: {authorizer: wh, defaultSchema: public}

    """

  /// Makes a project of `flows` (what stands under `flows:`) and of other `files`.
  init(
    _ flows: String, files: [String: String] = [:], connection: String = connection, role: String? = nil
  ) throws {
    project = try TemporaryProject(files)
    self.role = role ?? TestDatabase.current.owner
    try project.write(connection, to: "connection.yaml")
    try setFlows(flows)
  }

  /// Writes what stands under `flows:` anew.
  func setFlows(_ flows: String) throws {
    let lines = flows.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "  \($0)" }
    try project.write("flows:\n" + lines.joined(separator: "\n") + "\n", to: "flows.yaml")
  }

  /// The URL by which `role` connects.
  var url: String { "postgresql://\(role)@/\(database.name)?host=\(database.host)&port=\(database.port)" }

  /// The environment that the tool runs in.
  var variables: [String: String] { ["DATABASE_URL": url].merging(environment) { $1 } }

  /// Runs the tool on the project.
  func sluice(_ arguments: String...) async throws -> ToolOutcome { try await sluice(arguments) }

  /// Runs the tool on the project.
  func sluice(_ arguments: [String]) async throws -> ToolOutcome {
    try await runTool(["-C", project.path.string] + arguments, environment: variables)
  }

  /// Runs a command that prints one JSON document.
  func document(_ arguments: String...) async throws -> Document {
    let outcome = try await sluice(arguments + ["--output", "json"])
    return Document(json: try JSONValue(parsing: outcome.output), status: outcome.status, error: outcome.error)
  }

  /// Runs a command that prints a JSON object a line.
  func stream(_ arguments: String...) async throws -> Stream {
    let outcome = try await sluice(arguments + ["--output", "json"])
    let lines = outcome.output.split(separator: "\n").map(String.init)
    return Stream(events: try lines.map { try JSONValue(parsing: $0) }, status: outcome.status, error: outcome.error)
  }

  /// The whole database, as pg_dump writes it.
  func dump() async throws -> String { try await database.dump() }
}

/// What a command printed as one JSON document.
struct Document {
  var json: JSONValue
  var status: Int
  var error: String

  /// The step of a plan at `address`.
  func step(_ address: String) -> JSONValue? {
    json["steps"]?.arrayValue?.first { $0["address"]?.stringValue == address }
  }

  /// What a plan does with the resource at `address`.
  func action(_ address: String) -> String? { step(address)?["action"]?.stringValue }

  /// The actions of a plan's steps that are not `unchanged`, by address.
  var actions: [String: String] {
    var actions: [String: String] = [:]
    for step in json["steps"]?.arrayValue ?? [] {
      guard let address = step["address"]?.stringValue, let action = step["action"]?.stringValue else { continue }
      if action != "unchanged" { actions[address] = action }
    }
    return actions
  }

  /// The identifiers of the checks of a step that came out as `status`.
  func checks(_ status: String, of address: String) -> [String] {
    (step(address)?["checks"]?.arrayValue ?? []).filter { $0["status"]?.stringValue == status }
      .compactMap { $0["id"]?.stringValue }
  }

  /// The diagnostics with `code`; all of them without one.
  func diagnostics(_ code: String? = nil) -> [JSONValue] {
    (json["diagnostics"]?.arrayValue ?? []).filter { code == nil || $0["code"]?.stringValue == code }
  }

  /// How many steps a plan has of each action, those of none left out.
  var summary: [String: Int] {
    let actions = ["create", "update", "delete", "adopt", "rename", "repair", "blocked", "degraded", "unchanged"]
    let counts = actions.map { ($0, json["summary"]?[$0]?.intValue ?? -1) }
    return Dictionary(uniqueKeysWithValues: counts.filter { $0.1 != 0 })
  }
}

/// What a command printed as JSON lines.
struct Stream {
  var events: [JSONValue]
  var status: Int
  var error: String

  /// The events called `name`.
  func events(_ name: String) -> [JSONValue] { events.filter { $0["event"]?.stringValue == name } }

  /// How the load of `flow` ended.
  func outcome(_ flow: String) -> JSONValue? { events("finished").first { $0["flow"]?.stringValue == flow } }

  /// How many rows the load of `flow` read, and what became of them, those of none left out.
  func counts(_ flow: String) -> String {
    ["read", "inserted", "updated", "deleted", "unchanged", "superseded", "rejected"].compactMap { name in
      let count = outcome(flow)?[name]?.intValue ?? -1
      return count == 0 ? nil : "\(name) \(count)"
    }.joined(separator: ", ")
  }
}

extension JSONValue {
  /// The strings of an array.
  var strings: [String] { (arrayValue ?? []).compactMap(\.stringValue) }

  /// A diagnostic's place: `file:line:column`.
  var place: String? {
    guard let place = self["place"], let file = place["file"]?.stringValue, let line = place["line"]?.intValue,
      let column = place["column"]?.intValue
    else { return nil }
    return "\(file):\(line):\(column)"
  }
}
