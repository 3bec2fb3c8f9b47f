public import Diagnostics
public import JSON
internal import OrderedCollections

/// What `explain TOPIC --output json` prints; without explanations the diagnostics say why there are none.
public func explainDocument(
  _ topic: String, _ pages: [Explanation], diagnostics: [Diagnostic] = []
) -> JSONValue {
  [
    "formatVersion": 1, "topic": .string(topic), "explanations": .array(pages.map(pageJSON)),
    "diagnostics": .array(diagnostics.map(diagnosticJSON)),
  ]
}

/// What `explain --output json` prints: all topics, by their groups.
public func explainListDocument() -> JSONValue {
  [
    "formatVersion": 1,
    "topics": .array(
      Explanation.Group.allCases.flatMap { group in
        Topics.list(group).map { ["topic": .string($0), "group": .string("\(group)")] as JSONValue }
      }),
  ]
}

private func pageJSON(_ page: Explanation) -> JSONValue {
  [
    "topic": .string(page.topic), "group": .string("\(page.group)"), "summary": .string(page.summary),
    "paragraphs": .array(page.paragraphs.map { .string($0) }),
    "facts": .array(page.facts.map { ["name": .string($0.name), "value": .string($0.text)] }),
    "values": .array(page.values.map { ["name": .string($0.name), "meaning": .string($0.text)] }),
    "fields": .array(page.fields.map { ["name": .string($0.name), "summary": .string($0.text)] }),
    "causes": .array(page.causes.map { .string($0) }),
    "examples": .array(page.examples.map { ["title": .string($0.title), "text": .string($0.text)] }),
    "related": .array(page.related.map { .string($0) }),
  ]
}
