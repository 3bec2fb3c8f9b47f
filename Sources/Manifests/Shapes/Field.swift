internal import JSON
internal import OrderedCollections
internal import YAML

/// A field of a record, declared once: everything that is known of it comes from here.
struct Field<Model: Sendable>: Sendable {
  let name: String
  /// One sentence for people: what it is for.
  let summary: String
  /// A value as it would stand in a manifest.
  let example: String?
  let isRequired: Bool
  /// What is wanted, for people.
  let words: String
  let schema: JSONValue
  /// The fields within its value.
  let members: Members
  /// Reads its value into the model; whether there is one.
  let read: @Sendable (Node, inout Reading, inout Model) -> Bool
  /// The canonical form of its value; nothing where it has none.
  let write: @Sendable (Model) -> JSONValue?
  /// Whether that is what `write` gives.
  let isWritten: @Sendable (Model, JSONValue?) -> Bool

  /// A field with a default: what an empty model holds.
  init<Value>(
    _ name: String, _ property: any WritableKeyPath<Model, Value> & Sendable, _ shape: Shape<Value>, _ summary: String,
    example: String? = nil, isRequired: Bool = false
  ) {
    self.init(name, shape, summary, example: example, isRequired: isRequired) { model, value in
      model[keyPath: property] = value
    } get: { model in
      model[keyPath: property]
    }
  }

  /// A field that may have no value.
  init<Value>(
    _ name: String, _ property: any WritableKeyPath<Model, Value?> & Sendable, _ shape: Shape<Value>, _ summary: String,
    example: String? = nil, isRequired: Bool = false
  ) {
    self.init(name, shape, summary, example: example, isRequired: isRequired) { model, value in
      model[keyPath: property] = value
    } get: { model in
      model[keyPath: property]
    }
  }

  /// A field whose value is a part, or another view, of what the model holds.
  init<Value>(
    _ name: String, _ shape: Shape<Value>, _ summary: String, example: String? = nil, isRequired: Bool = false,
    set: @escaping @Sendable (inout Model, Value) -> Void, get: @escaping @Sendable (Model) -> Value?
  ) {
    self.name = name
    self.summary = summary
    self.example = example
    self.isRequired = isRequired
    words = shape.words
    schema = shape.schemaWithVariable
    members = shape.members
    read = { node, reading, model in
      guard let value = shape.read(node, &reading) else { return false }
      set(&model, value)
      return true
    }
    write = { model in get(model).map(shape.write) }
    isWritten = { model, json in
      guard let value = get(model) else { return json == nil }
      return json.map { shape.isWritten(value, $0) } ?? false
    }
  }
}
