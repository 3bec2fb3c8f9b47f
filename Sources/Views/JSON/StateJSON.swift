public import JSON
internal import OrderedCollections
public import State

/// The document of `state show` (schemas/state.schema.json): the entry as the state holds it, with its address.
public func stateDocument(_ address: String, _ resource: AppliedResource) -> JSONValue {
  var members: OrderedDictionary<String, JSONValue> = ["formatVersion": 1, "address": .string(address)]
  members.merge(resource.json.objectValue ?? [:]) { first, _ in first }
  return .object(members)
}
