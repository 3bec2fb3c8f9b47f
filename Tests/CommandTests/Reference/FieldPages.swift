import JSON
import Manifests

/// The reference's pages of fields, made of their declarations.
enum FieldPages {
  /// The page of a kind.
  static func page(of kind: Kind) -> String {
    let title = kind.mapName.prefix(1).uppercased() + kind.mapName.dropFirst()
    let example = "\(kind.mapName): \(kind.exampleOfMap)"
    return page(String(title), kind.summary, example, kind.fields, leavingOut: ["source", "sources"])
  }

  /// The page of sluice.yaml.
  static func settings() -> String {
    page(
      "Project settings", "What `sluice.yaml`, at the project's root, may say; it may also be left out.",
      "project: shop\nvariables: {schema: sales}\nenvironments: {staging: {schema: staging}, prod: {}}",
      ProjectSettings.fields, leavingOut: ["defaults"])
  }

  /// - Parameter leavingOut: fields whose own fields have pages of their own.
  private static func page(
    _ title: String, _ summary: String, _ example: String, _ fields: [FieldDescription], leavingOut: Set<String>
  ) -> String {
    var lines = ["# \(title)", "", summary, "", "## Overview", "", "```yaml", example, "```", "", "## Fields", ""]
    var variants: [String: [String]] = [:]
    for field in fields { if let variant = field.variant { variants[field.name, default: []].append(variant) } }
    var known: Set<String> = []
    for field in fields where known.insert(field.name).inserted {
      lines += describe(field, path: field.name, of: variants[field.name] ?? [], leavingOut: leavingOut)
    }
    return lines.joined(separator: "\n")
  }

  private static func describe(
    _ field: FieldDescription, path: String, of variants: [String], leavingOut: Set<String>
  ) -> [String] {
    var lines = ["### \(path)", "", field.summary, ""]
    if field.isRequired { lines.append("- Required.") }
    if !variants.isEmpty { lines.append("- A field of sources of \(list(variants)).") }
    lines.append("- Wants \(field.words).")
    if !field.choices.isEmpty { lines.append("- Values: \(field.choices.map { "`\($0)`" }.joined(separator: ", ")).") }
    if let value = field.defaultValue, !["[]", "{}"].contains(value.text(.line)) {
      lines.append("- Default: `\(value.stringValue ?? value.text(.line))`.")
    }
    let name = path.split(separator: ".").last ?? ""
    if let example = field.example { lines.append("- Example: `\(name): \(example)`") }
    lines.append("")
    guard !leavingOut.contains(path) else { return lines }
    return lines
      + field.members.flatMap { describe($0, path: "\(path).\($0.name)", of: [], leavingOut: leavingOut) }
  }

  private static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }
}
