public import Diagnostics
public import JSON
internal import OrderedCollections

/// A diagnostic as every document and event has it.
public func diagnosticJSON(_ diagnostic: Diagnostic) -> JSONValue {
  [
    "severity": .string(diagnostic.severity.rawValue), "code": .string(diagnostic.code),
    "message": .string(diagnostic.message), "place": diagnostic.place.map(placeJSON) ?? .null,
    "label": .string(diagnostic.label), "help": .array(diagnostic.help.map { .string($0) }),
    "related": .array(
      diagnostic.related.map { ["message": .string($0.message), "place": placeJSON($0.place)] }),
  ]
}

private func placeJSON(_ place: Place) -> JSONValue {
  [
    "file": .string(place.file), "line": .int(place.line), "column": .int(place.column),
    "endLine": .int(place.endLine), "endColumn": .int(place.endColumn),
  ]
}
