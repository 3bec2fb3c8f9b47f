public import JSON
internal import OrderedCollections

/// JSON Schemas (draft 7, which the YAML language server knows best) of the two forms of file, and of a resource of each
/// kind, for editors and other programs.
///
/// They come from the same declarations as the reading of manifests, and say all of it that a schema can: not
/// references, not what excludes what, and not which fields of a resource are required, as `defaults:` may have them.
public enum JSONSchema {
  /// Of a manifest.
  public static func manifest() -> JSONValue {
    var properties: [String: JSONValue] = [:]
    for kind in Kind.allCases {
      properties[kind.mapName] = [
        "title": .string("a map of \(kind.mapName)"),
        "description": .string("The \(kind.mapName), by their names. \(kind.summary)"),
        "examples": [InlineValue(yaml: kind.exampleOfMap).json],
        "type": ["object", "null"],
        "propertyNames": Shape<String>.name.schemaWithVariable,
        "additionalProperties": ["$ref": .string("#/definitions/\(kind.rawValue)")],
      ]
    }
    return document("Sluice manifest", "Resources of a Sluice project.", properties)
  }

  /// Of sluice.yaml.
  public static func project() -> JSONValue {
    let properties = Self.properties(of: VariableDeclarations.record).merging(
      Self.properties(of: ProjectSettings.record)
    ) {
      $1
    }
    return document("sluice.yaml", "A Sluice project's settings.", properties)
  }

  /// Of one resource's fields, as they stand below its name.
  public static func resource(of kind: Kind) -> JSONValue {
    var members = resource(kind).objectValue ?? [:]
    members["$schema"] = .string(draft)
    members["title"] = .string("Sluice \(kind.rawValue)")
    return withDefinitions(.object(members))
  }

  private static let draft = "http://json-schema.org/draft-07/schema#"

  private static func document(
    _ title: String, _ description: String, _ properties: [String: JSONValue]
  ) -> JSONValue {
    withDefinitions([
      "$schema": .string(draft),
      "title": .string(title),
      "description": .string(description),
      "type": ["object", "null"],
      "properties": JSONValue(sorted: properties),
      "additionalProperties": false,
    ])
  }

  /// The schema with the definitions that it refers to, also through others.
  private static func withDefinitions(_ schema: JSONValue) -> JSONValue {
    var used: [String: JSONValue] = [:]
    var waiting = schema.references
    while let name = waiting.popFirst() {
      guard used[name] == nil, let definition = definition(of: name) else { continue }
      used[name] = definition
      waiting.formUnion(definition.references)
    }
    var members = schema.objectValue ?? [:]
    members["definitions"] = JSONValue(sorted: used)
    return .object(members)
  }

  private static func definition(of name: String) -> JSONValue? {
    switch name {
    case "variable":
      [
        "title": "a text with variables", "description": "A text with variables: `${name}`.", "type": "string",
        "pattern": "\\$\\{",
      ]
    case "inlineSource": Source.inline.schema
    case "column": Shape<DeclaredColumn>.column.schema
    default: Kind(rawValue: name).map { resource($0) }
    }
  }

  private static func resource(_ kind: Kind) -> JSONValue {
    let schema =
      switch kind {
      case .authorizer: resource(Authorizer.self)
      case .tunnel: resource(Tunnel.self)
      case .source: resource(Source.self)
      case .destination: resource(Destination.self)
      case .flow: resource(Flow.self)
      }
    var members = schema.objectValue ?? [:]
    members["description"] = .string(kind.summary)
    return .object(members)
  }

  private static func resource<Spec: Specification>(_: Spec.Type) -> JSONValue {
    Spec.declaration.schema(properties(of: Metadata.record))
  }

  private static func properties<Model>(of record: Record<Model>) -> [String: JSONValue] {
    let properties = record.schema(requiring: false)["properties"]?.objectValue ?? [:]
    return Dictionary(uniqueKeysWithValues: properties.map { ($0.key, $0.value) })
  }
}

extension JSONValue {
  /// The names of the definitions that a schema refers to.
  fileprivate var references: Set<String> {
    if let array = arrayValue { return array.reduce(into: []) { $0.formUnion($1.references) } }
    guard let object = objectValue else { return [] }
    let own = object["$ref"]?.stringValue.map { $0.replacing("#/definitions/", with: "") }
    return object.values.reduce(into: Set([own].compactMap { $0 })) { $0.formUnion($1.references) }
  }
}
