public import JSON
internal import OrderedCollections

/// JSON Schemas (draft 7, which the YAML language server knows best) of the two forms of file, for editors.
///
/// They come from the same declarations as the reading of manifests, and say all of it that a schema can: not
/// references, not what excludes what, and not which fields of a resource are required, as `defaults:` may have them.
public enum JSONSchema {
  /// Of a manifest.
  public static func manifest() -> JSONValue {
    var properties: [String: JSONValue] = [:]
    for kind in Kind.allCases {
      properties[kind.mapName] = [
        "description": .string("The \(kind.mapName), by their names."),
        "type": ["object", "null"],
        "propertyNames": Shape<String>.name.schemaWithVariable,
        "additionalProperties": ["$ref": .string("#/definitions/\(kind.rawValue)")],
      ]
    }
    return document("Sluice manifest", "Resources of a Sluice project.", properties, definitions)
  }

  /// Of sluice.yaml.
  public static func project() -> JSONValue {
    let properties = Self.properties(of: VariableDeclarations.record).merging(
      Self.properties(of: ProjectSettings.record)
    ) {
      $1
    }
    return document("sluice.yaml", "A Sluice project's settings.", properties, definitions)
  }

  private static func document(
    _ title: String, _ description: String, _ properties: [String: JSONValue], _ definitions: [String: JSONValue]
  ) -> JSONValue {
    [
      "$schema": "http://json-schema.org/draft-07/schema#",
      "title": .string(title),
      "description": .string(description),
      "type": ["object", "null"],
      "properties": JSONValue(sorted: properties),
      "additionalProperties": false,
      "definitions": JSONValue(sorted: definitions),
    ]
  }

  private static var definitions: [String: JSONValue] {
    [
      "variable": [
        "description": "A text with variables.", "type": "string", "pattern": "\\$\\{",
      ],
      "authorizer": resource(Authorizer.self),
      "tunnel": resource(Tunnel.self),
      "source": resource(Source.self),
      "destination": resource(Destination.self),
      "flow": resource(Flow.self),
      "inlineSource": Source.inline.schema,
      "column": Shape<DeclaredColumn>.column.schema,
    ]
  }

  private static func resource<Spec: Specification>(_: Spec.Type) -> JSONValue {
    Spec.declaration.schema(properties(of: Metadata.record))
  }

  private static func properties<Model>(of record: Record<Model>) -> [String: JSONValue] {
    let properties = record.schema(requiring: false)["properties"]?.objectValue ?? [:]
    return Dictionary(uniqueKeysWithValues: properties.map { ($0.key, $0.value) })
  }
}
