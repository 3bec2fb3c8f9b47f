internal import JSON
internal import OrderedCollections

extension JSONValue {
  /// The schema with what an editor shows beside the field.
  func described(as field: FieldDescription) -> JSONValue {
    guard var members = objectValue else { return self }
    members["title"] = .string(field.words)
    members["description"] = .string(field.summary)
    if let example = field.example { members["examples"] = [InlineValue(yaml: example).json] }
    return .object(members)
  }
}
