public import Diagnostics
public import JSON
internal import OrderedCollections

/// The diagnostics as a SARIF 2.1.0 log, which code-scanning services read.
///
/// - Parameter toolVersion: the version of this program.
public func sarifDocument(_ diagnostics: [Diagnostic], toolVersion: String) -> JSONValue {
  let rules = OrderedSet(diagnostics.map(\.code)).sorted().map { code -> JSONValue in ["id": .string(code)] }
  let driver: JSONValue = ["name": "sluice", "version": .string(toolVersion), "rules": .array(rules)]
  return [
    "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
    "runs": [
      [
        "tool": ["driver": driver], "columnKind": "unicodeCodePoints",
        "results": .array(diagnostics.map(result)),
      ]
    ],
  ]
}

private func result(_ diagnostic: Diagnostic) -> JSONValue {
  let text = ([diagnostic.message] + diagnostic.help).joined(separator: "\n")
  var members: OrderedDictionary<String, JSONValue> = [
    "ruleId": .string(diagnostic.code), "level": .string(diagnostic.severity.rawValue),
    "message": ["text": .string(text)],
  ]
  if let place = diagnostic.place { members["locations"] = [["physicalLocation": location(place)]] }
  if !diagnostic.related.isEmpty {
    members["relatedLocations"] = .array(
      diagnostic.related.map { related in
        ["physicalLocation": location(related.place), "message": ["text": .string(related.message)]]
      })
  }
  return .object(members)
}

private func location(_ place: Place) -> JSONValue {
  [
    "artifactLocation": ["uri": .string(uri(place.file))],
    "region": [
      "startLine": .int(place.line), "startColumn": .int(place.column), "endLine": .int(place.endLine),
      "endColumn": .int(place.endColumn),
    ],
  ]
}

/// The path as a relative URI (RFC 3986): every byte but the unreserved ones and `/` as `%` and two digits.
private func uri(_ path: String) -> String {
  let unreserved = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)
  return path.utf8.reduce(into: "") { result, byte in
    guard !unreserved.contains(byte) else {
      result.unicodeScalars.append(Unicode.Scalar(byte))
      return
    }
    let digits = String(byte, radix: 16, uppercase: true)
    result += (digits.count == 1 ? "%0" : "%") + digits
  }
}
