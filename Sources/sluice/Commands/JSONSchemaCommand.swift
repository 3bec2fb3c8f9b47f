import ArgumentParser
import JSON
import Manifests

/// `sluice json-schema`: the JSON Schemas of the manifests.
struct JSONSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "json-schema", abstract: "Print the JSON Schema of the manifests, of sluice.yaml, or of one kind.",
    discussion: """
      That of a kind describes what stands below a resource's name, for programs that write manifests.

      Examples:
        sluice json-schema > .schemas/manifest.schema.json
        sluice json-schema sluice > .schemas/sluice.schema.json
        sluice json-schema flow
      """)

  /// What a schema describes.
  enum Document: String, ExpressibleByArgument, CaseIterable {
    case manifest, sluice, authorizer, tunnel, source, destination, flow
  }

  @Argument(help: "Which one: manifest, sluice for sluice.yaml, or a kind of resource.")
  var document: Document = .manifest

  func run() {
    let schema =
      switch document {
      case .manifest: JSONSchema.manifest()
      case .sluice: JSONSchema.project()
      case .authorizer, .tunnel, .source, .destination, .flow:
        Kind(rawValue: document.rawValue).map(JSONSchema.resource) ?? JSONSchema.manifest()
      }
    Console.result(schema.text(.document))
  }
}
