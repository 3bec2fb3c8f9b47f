import ArgumentParser
import JSON
import Manifests

/// `sluice json-schema`: the JSON Schema of the manifests.
struct JSONSchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "json-schema", abstract: "Print the JSON Schema of the manifests, or of sluice.yaml.")

  /// What a schema describes.
  enum Document: String, ExpressibleByArgument, CaseIterable { case manifest, sluice }

  @Argument(help: "Which one: manifest, or sluice for sluice.yaml.")
  var document: Document = .manifest

  func run() {
    let schema =
      switch document {
      case .manifest: JSONSchema.manifest()
      case .sluice: JSONSchema.project()
      }
    Console.result(schema.text(.document))
  }
}
