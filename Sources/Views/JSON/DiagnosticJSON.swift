public import Diagnostics
public import JSON
internal import OrderedCollections

/// A diagnostic as every document and event has it; `reason` only where there is one.
public func diagnosticJSON(_ diagnostic: Diagnostic) -> JSONValue {
  var members: OrderedDictionary<String, JSONValue> = [
    "severity": .string(diagnostic.severity.rawValue), "code": .string(diagnostic.code),
    "reason": .string(diagnostic.reason), "message": .string(diagnostic.message),
    "place": diagnostic.place.map(placeJSON) ?? .null, "label": .string(diagnostic.label),
    "help": .array(diagnostic.help.map { .string($0) }),
    "related": .array(
      diagnostic.related.map { ["message": .string($0.message), "place": placeJSON($0.place)] }),
  ]
  if diagnostic.reason == nil { members["reason"] = nil }
  return .object(members)
}

private func placeJSON(_ place: Place) -> JSONValue {
  [
    "file": .string(place.file), "line": .int(place.line), "column": .int(place.column),
    "endLine": .int(place.endLine), "endColumn": .int(place.endColumn),
  ]
}
