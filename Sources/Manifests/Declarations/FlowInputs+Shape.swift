internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import YAML

extension Shape where Value == Flow.Input {
  private static var words: String { "the name of a source, or a source" }

  /// `source:`, or one of `sources:`.
  static let input = Shape(
    words, schema: ["anyOf": [Shape<String>.text.schema, ["$ref": "#/definitions/inlineSource"]]], takesVariable: false,
    members: Source.inline.members
  ) { node, reading in
    if case .mapping = node.content { return Source.inline.read(node, &reading).map { .inline($0) } }
    guard case .scalar = node.content else {
      reading.wrongType(node, wants: words)
      return nil
    }
    return Shape<String>.text.read(node, &reading).map { .named($0) }
  } write: { input in
    switch input {
    case .named(let name): .string(name)
    case .inline(let source): Source.inline.write(source)
    }
  } isWritten: { input, json in
    switch input {
    case .named(let name): json == .string(name)
    case .inline(let source): Source.inline.isWritten(source, json)
    }
  }
}

extension Shape where Value == [Flow.NamedInput] {
  private static var words: String { "a map of names to sources" }

  /// `sources:`; in the state, which sorts maps, a list.
  static let inputs = Shape(
    words,
    schema: [
      "type": "object", "minProperties": 1, "propertyNames": Shape<String>.name.schemaWithVariable,
      "additionalProperties": Shape<Flow.Input>.input.schema,
    ], takesVariable: false, members: .named { Source.declaration.fields }
  ) { node, reading in
    switch node.content {
    case .mapping(let entries) where !entries.isEmpty: return entries.compactMap { read($0, &reading) }
    case .mapping:
      reading.complain(Complaint("is an empty map", help: ["it wants \(words)"]), about: node)
      return nil
    case .sequence(let nodes) where reading.isRecorded: return nodes.compactMap { recorded($0, &reading) }
    case .sequence:
      reading.complain(
        Complaint(
          "wants \(words), found a list", code: "wrong-type",
          help: ["give each a name: `sources: {eu: {path: eu.csv}, us: {path: us.csv}}`"]), about: node)
      return nil
    default:
      reading.wrongType(node, wants: words)
      return nil
    }
  } write: { inputs in
    .array(inputs.map { ["name": .string($0.name), "source": Shape<Flow.Input>.input.write($0.input)] as JSONValue })
  }

  private static func read(_ entry: Entry, _ reading: inout Reading) -> Flow.NamedInput? {
    let key = Node(.scalar(Scalar(entry.key, .quoted)), at: entry.keyPlace)
    return reading.member(entry.key, at: entry.value.place) { reading in
      guard Shape<String>.name.read(key, &reading) != nil else { return nil }
      return Shape<Flow.Input>.input.read(entry.value, &reading).map { Flow.NamedInput(name: entry.key, input: $0) }
    }
  }

  private static func recorded(_ node: Node, _ reading: inout Reading) -> Flow.NamedInput? {
    guard case .mapping(let entries) = node.content, let name = entries.first(where: { $0.key == "name" }),
      let source = entries.first(where: { $0.key == "source" }), case .scalar(let text) = name.value.content
    else { return nil }
    return Shape<Flow.Input>.input.read(source.value, &reading).map { Flow.NamedInput(name: text.text, input: $0) }
  }
}
