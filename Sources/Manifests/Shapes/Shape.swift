internal import JSON
internal import OrderedCollections
internal import YAML

/// A form that values take in manifests: how one is read, how it is written to the state, what a schema says of it.
///
/// `write` gives the canonical form, in which equal values are equal, and which `read` takes back.
struct Shape<Value: Sendable>: Sendable {
  /// What is wanted, for people: `a whole number from 1 to 65535`.
  let words: String
  /// The JSON Schema (draft 7) of what `read` takes, variables left aside.
  let schema: JSONValue
  /// Whether a variable (`${name}`) may stand for the whole value where the schema would not take any text.
  let takesVariable: Bool
  /// The fields within a value.
  let members: Members
  /// The value of a node; nothing once it is reported why there is none.
  let read: @Sendable (Node, inout Reading) -> Value?
  let write: @Sendable (Value) -> JSONValue
  /// Whether that is what `write` gives; for forms of many parts, without making it.
  let isWritten: @Sendable (Value, JSONValue) -> Bool

  init(
    _ words: String, schema: JSONValue, takesVariable: Bool = true, members: Members = .none,
    read: @escaping @Sendable (Node, inout Reading) -> Value?, write: @escaping @Sendable (Value) -> JSONValue,
    isWritten: (@Sendable (Value, JSONValue) -> Bool)? = nil
  ) {
    self.words = words
    self.schema = schema
    self.takesVariable = takesVariable
    self.members = members
    self.read = read
    self.write = write
    self.isWritten = isWritten ?? { write($0) == $1 }
  }

  /// The schema with a text that holds a variable taken too.
  var schemaWithVariable: JSONValue {
    takesVariable ? .object(["anyOf": [schema, ["$ref": "#/definitions/variable"]]]) : schema
  }

  /// The same form for another type.
  func map<Other: Sendable>(
    _ wrap: @escaping @Sendable (Value) -> Other, _ unwrap: @escaping @Sendable (Other) -> Value
  ) -> Shape<Other> {
    Shape<Other>(
      words, schema: schema, takesVariable: takesVariable, members: members,
      read: { node, reading in read(node, &reading).map(wrap) }, write: { write(unwrap($0)) },
      isWritten: { isWritten(unwrap($0), $1) })
  }
}
