internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import YAML

extension Shape where Value == SecretReference {
  private static var words: String {
    "a reference to a secret: {env: NAME}, {file: path} or {command: [program, argument]}"
  }

  /// A reference to a secret. A text is refused without being shown: it may be the secret.
  static let secret = Shape(
    words,
    schema: [
      "anyOf": [
        object(ways[0], Shape<String>.variableName.schemaWithVariable), object(ways[1], Shape<String>.path.schema),
        object(ways[2], argv.schema),
      ]
    ], takesVariable: false, members: Members { ways }
  ) { node, reading in
    guard case .mapping(let entries) = node.content else {
      plain(node, &reading)
      return nil
    }
    guard entries.count == 1, let entry = entries.first else {
      reading.complain(Complaint("wants exactly one of `env`, `file` and `command`"), about: node)
      return nil
    }
    return reading.member(entry.key, at: entry.value.place) { reading in read(entry, &reading) }
  } write: { secret in
    switch secret {
    case .environment(let name): ["env": .string(name)]
    case .file(let path): ["file": .string(path)]
    case .command(let arguments): ["command": argv.write(arguments)]
    }
  }

  private static let argv = Shape<[String]>.argv

  private static var ways: [FieldDescription] {
    [
      FieldDescription(
        name: "env", summary: "The environment variable that holds the secret.",
        words: Shape<String>.variableName.words, isRequired: false, example: "WAREHOUSE_PASSWORD"),
      FieldDescription(
        name: "file", summary: "The file that holds the secret; only its owner may be able to read it.",
        words: Shape<String>.path.words, isRequired: false, example: "secrets/warehouse"),
      FieldDescription(
        name: "command", summary: "The program that prints the secret, and its arguments; no shell.",
        words: argv.words, isRequired: false, example: "[pass, show, warehouse]"),
    ]
  }

  private static func object(_ way: FieldDescription, _ schema: JSONValue) -> JSONValue {
    .object([
      "type": "object", "properties": .object([way.name: schema.described(as: way)]), "required": [.string(way.name)],
      "additionalProperties": false,
    ])
  }

  private static func read(_ entry: Entry, _ reading: inout Reading) -> SecretReference? {
    switch entry.key {
    case "env": return Shape<String>.variableName.read(entry.value, &reading).map { .environment($0) }
    case "file": return Shape<String>.path.read(entry.value, &reading).map { .file($0) }
    case "command": return argv.read(entry.value, &reading).map { .command($0) }
    default:
      reading.report(
        .unknownField(entry.key, in: "a reference to a secret", known: ["env", "file", "command"], at: entry.keyPlace))
      return nil
    }
  }

  private static func plain(_ node: Node, _ reading: inout Reading) {
    if node.scalar?.style == .unknown { return }
    if case .sequence = node.content {
      // The one element of a list may be the secret: it is not to be written in its place.
      reading.complain(Complaint("wants \(words), found a list", code: "wrong-type"), about: node)
      return
    }
    guard case .scalar(let scalar) = node.content, scalar.style != .plain || scalar.kind != .null else {
      reading.wrongType(node, wants: words)
      return
    }
    let field = reading.path.split(separator: ".").last.map(String.init) ?? "password"
    reading.complain(
      Complaint(
        "holds the secret itself, and a manifest may not", code: "plain-text-secret",
        help: [
          "write `\(field): {env: NAME}` for an environment variable, `{file: path}` for a file,"
            + " or `{command: [program, argument]}` for a program's output"
        ]), about: node)
  }
}

extension Shape where Value == [String] {
  /// A program and its arguments.
  static let argv = list(of: .anyText, "a program and its arguments, as a list", atLeast: 1)

  /// The same, where nothing of it is a secret.
  static let program = list(of: .anyText, "a program and its arguments, as a list", atLeast: 1, separator: " ")
}
