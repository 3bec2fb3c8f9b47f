internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import YAML

/// `variables:` and `environments:` of sluice.yaml, in which no variable is substituted.
struct VariableDeclarations: Sendable {
  /// A variable, or an environment's value for one.
  struct Setting: Sendable {
    var name: String
    /// Nothing is written: it must be given.
    var text: String?
    var place: Place
  }

  struct Environment: Sendable {
    var name: String
    var settings: [Setting]
  }

  var variables: [Setting] = []
  var environments: [Environment] = []

  static let record = Record<VariableDeclarations>(
    "sluice.yaml", { VariableDeclarations() },
    [
      Field(
        "variables", \.variables, .settings(mayBeEmpty: true),
        "Variables with their defaults, for ${name} in manifests; an empty one must be given.",
        example: "{host: , schema: sales}"),
      Field(
        "environments", \.environments, .environments,
        "Environments with their values for variables; once there are any, --env or SLUICE_ENV must choose one.",
        example: "{prod: {host: db.internal}}"),
    ]
  ) { declarations, _, reading in
    let known = declarations.variables.map(\.name)
    for setting in declarations.environments.flatMap(\.settings) where !known.contains(setting.name) {
      reading.report(.undefinedVariable(setting.name, known: known, at: setting.place))
    }
  }
}

extension Diagnostic {
  static func undefinedVariable(_ name: String, known: [String], at place: Place?) -> Diagnostic {
    var help = suggestions(for: name, in: known, called: "variables")
    if help.isEmpty { help = ["declare it in sluice.yaml: `variables: {\(name): }`"] }
    let isOfEnvironment = !name.contains { $0.isLowercase } && nearest(to: name, in: known) == nil
    if isOfEnvironment { help.insert("write `{env: \(name)}` for a secret in an environment variable", at: 0) }
    return Diagnostic(.error, "undefined-variable", "there is no variable `\(name)`", at: place, help: help)
  }
}

extension Shape where Value == [VariableDeclarations.Setting] {
  /// A map of variables to values.
  fileprivate static func settings(mayBeEmpty: Bool) -> Shape {
    let words = "a map of variables to values"
    let types: JSONValue = mayBeEmpty ? ["string", "number", "boolean", "null"] : ["string", "number", "boolean"]
    let schema: JSONValue = [
      "type": "object", "propertyNames": Shape<String>.variableName.schema,
      "additionalProperties": ["type": types, "not": ["type": "string", "pattern": "\\$\\{"]],
    ]
    return Shape(words, schema: schema, takesVariable: false) { node, reading in
      guard case .mapping(let entries) = node.content else {
        reading.wrongType(node, wants: words, instead: "{name: value}")
        return nil
      }
      return entries.compactMap { entry in
        reading.member(entry.key, at: entry.value.place) { read(entry, mayBeEmpty, &$0) }
      }
    } write: { _ in
      [:]
    }
  }

  private static func read(
    _ entry: Entry, _ mayBeEmpty: Bool, _ reading: inout Reading
  ) -> VariableDeclarations.Setting? {
    let key = Node(.scalar(Scalar(entry.key, .quoted)), at: entry.keyPlace)
    guard VariableName.isValid(entry.key) else {
      reading.complain(.wants("a name of letters, digits and `_`", found: entry.key), about: key)
      return nil
    }
    if mayBeEmpty, let scalar = entry.value.scalar, scalar.kind == .null {
      return VariableDeclarations.Setting(name: entry.key, text: nil, place: entry.keyPlace)
    }
    guard let text = reading.text(entry.value, wants: "a value") else { return nil }
    if text.contains("${") {
      reading.complain(Complaint("holds a variable, and a variable's value may not"), about: entry.value)
      return nil
    }
    return VariableDeclarations.Setting(name: entry.key, text: text, place: entry.keyPlace)
  }
}

extension Shape where Value == [VariableDeclarations.Environment] {
  private static let settings = Shape<[VariableDeclarations.Setting]>.settings(mayBeEmpty: false)

  /// A map of environments to maps of variables to values; an empty one has none of its own.
  fileprivate static let environments = Shape(
    "a map of environments",
    schema: [
      "type": "object", "propertyNames": Shape<String>.name.schema,
      "additionalProperties": ["anyOf": [["type": "null"], settings.schema]],
    ], takesVariable: false
  ) { node, reading in
    guard case .mapping(let entries) = node.content else {
      reading.wrongType(node, wants: "a map of environments")
      return nil
    }
    return entries.compactMap { entry in
      reading.member(entry.key, at: entry.value.place) { reading in
        let key = Node(.scalar(Scalar(entry.key, .quoted)), at: entry.keyPlace)
        guard Shape<String>.name.read(key, &reading) != nil else { return nil }
        let isEmpty = entry.value.scalar?.kind == .null
        return VariableDeclarations.Environment(
          name: entry.key, settings: isEmpty ? [] : settings.read(entry.value, &reading) ?? [])
      }
    }
  } write: { _ in
    [:]
  }
}
