internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import YAML

/// What sluice.yaml says, variables and environments aside.
public struct ProjectSettings: Sendable {
  /// The file's name, at the project's root.
  public static let file = "sluice.yaml"

  /// All fields of the file, those of variables and environments included, for people.
  public static var fields: [FieldDescription] {
    let settings = record.descriptions(of: nil)
    return Array(settings.prefix(3)) + VariableDeclarations.record.descriptions(of: nil) + settings.dropFirst(3)
  }

  var version = "v1"
  var name = "default"
  /// Nothing is written: all manifests.
  var manifests: [String]?
  /// The fields that each resource of a kind has unless it says otherwise.
  var defaults: [Kind: [Entry]] = [:]
  var sandbox = Sandbox()
  var notifiers: [Notifier] = []

  struct Sandbox: Sendable {
    var scripts: [String] = []
  }

  static let record = Record<ProjectSettings>(
    "sluice.yaml", { ProjectSettings() },
    [
      Field("sluice", \.version, .oneOf(["v1"]), "The version of the format.", example: "v1"),
      Field("project", \.name, .name, "The project's name, a part of the ledger's key.", example: "shop"),
      Field(
        "manifests", \.manifests, .list(of: .filePattern, "a list of patterns", separator: ","),
        "The manifests; left out, all *.yaml and *.yml files of the project.", example: "[\"**/*.yaml\"]"),
      Field(
        "defaults", \.defaults, .defaults, "Fields that each resource of a kind has unless it says otherwise.",
        example: "{flows: {destination: wh}}"),
      Field(
        "sandbox", \.sandbox, .record(sandbox), "What the sandbox is made with.", example: "{init: [sandbox/crm.sql]}"),
      Field(
        "notify", \.notifiers, .list(of: .record(Notifier.record), "a list of programs, each with what it is told of"),
        "Programs that are told when a flow breaks, or recovers, or a rule of it warns.",
        example: "[{on: [broken, recovered], command: [bin/page, data-team]}]"),
    ])

  private static let sandbox = Record<Sandbox>(
    "sandbox", { Sandbox() },
    [
      Field(
        "init", \.scripts, .list(of: .path, "a list of paths"), "SQL files that are run when the sandbox is made.",
        example: "[sandbox/crm.sql]")
    ])
}

extension Shape where Value == String {
  /// A pattern for manifests.
  fileprivate static let filePattern = text(
    "a pattern such as `flows/**/*.yaml`",
    schema: ["type": "string", "minLength": 1, "not": ["pattern": "^/|(^|/)\\.\\.(/|$)"]], takesVariable: false
  ) { text in
    if text.isEmpty { return Complaint("is empty") }
    guard text.hasPrefix("/") || text.split(separator: "/").contains("..") else { return nil }
    return .wants("a pattern below the project's folder", found: text)
  }
}

extension Shape where Value == [Kind: [Entry]] {
  /// `defaults:`; its fields are read when variables are known.
  fileprivate static let defaults = Shape(
    "a map of kinds to fields",
    schema: [
      "type": "object", "additionalProperties": false,
      "properties": JSONValue(
        sorted: Dictionary(
          uniqueKeysWithValues: zip(Kind.allCases, kinds).map { kind, field in
            // Beside `$ref` nothing counts.
            let schema: JSONValue = ["allOf": [["$ref": .string("#/definitions/\(kind.rawValue)")]]]
            return (kind.mapName, schema.described(as: field))
          })),
    ], takesVariable: false, members: Members { kinds }
  ) { node, reading in
    guard case .mapping(let entries) = node.content else {
      reading.wrongType(node, wants: "a map of kinds to fields")
      return nil
    }
    var defaults: Value = [:]
    for entry in entries {
      guard let kind = Kind.allCases.first(where: { $0.mapName == entry.key }) else {
        let known = Kind.allCases.map(\.mapName)
        reading.report(.unknownField(entry.key, in: "`defaults`", known: known, at: entry.keyPlace))
        continue
      }
      guard case .mapping(let fields) = entry.value.content else {
        reading.member(entry.key, at: entry.value.place) { $0.wrongType(entry.value, wants: "a map of fields") }
        continue
      }
      defaults[kind] = fields
    }
    return defaults
  } write: { _ in
    [:]
  }

  private static var kinds: [FieldDescription] {
    Kind.allCases.map { kind in
      FieldDescription(
        name: kind.mapName, summary: "Fields of each \(kind.rawValue) that does not say otherwise.",
        words: "a map of fields", isRequired: false, example: kind.exampleOfDefaults, members: kind.fields)
    }
  }
}

extension Kind {
  /// Fields that resources of the kind may well have in common.
  fileprivate var exampleOfDefaults: String {
    switch self {
    case .authorizer: "{connectTimeout: 5s}"
    case .tunnel: "{username: tunnel}"
    case .source: "{allowEmpty: true}"
    case .destination: "{defaultSchema: public}"
    case .flow: "{destination: wh}"
    }
  }
}
