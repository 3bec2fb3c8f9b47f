internal import Catalog
internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import YAML

extension Shape where Value == String {
  /// A text that `problem` finds nothing wrong with. A number or a boolean keeps its text.
  static func text(
    _ words: String, schema: JSONValue, takesVariable: Bool = true,
    problem: @escaping @Sendable (String) -> Complaint?
  ) -> Shape {
    Shape(words, schema: schema, takesVariable: takesVariable) { node, reading in
      guard let text = reading.text(node, wants: words) else { return nil }
      if let complaint = problem(text) {
        reading.complain(complaint, about: node)
        return nil
      }
      return text
    } write: {
      .string($0)
    }
  }

  /// What a schema says of a text that may look like a number or a boolean.
  static let scalar: JSONValue = ["type": ["string", "number", "boolean"]]

  /// Any text, an empty one too.
  static let anyText = text("a text", schema: scalar, takesVariable: false) { _ in nil }

  /// A text that is not empty.
  static let text = text(
    "a text", schema: ["type": ["string", "number", "boolean"], "minLength": 1], takesVariable: false
  ) { $0.isEmpty ? Complaint("is empty") : nil }

  /// A text of this form.
  static func pattern(_ words: String, _ pattern: String, _ matches: @escaping @Sendable (String) -> Bool) -> Shape {
    text(words, schema: ["type": "string", "pattern": .string(pattern)]) { text in
      matches(text) ? nil : .wants(words, found: text)
    }
  }

  /// One of these texts.
  static func oneOf(_ texts: [String]) -> Shape {
    let words =
      texts.count == 1
      ? "`\(texts[0])`" : "one of " + texts.map { $0.isPlain(and: "_-") ? $0 : "`\($0)`" }.joined(separator: ", ")
    return text(words, schema: ["enum": .array(texts.map { .string($0) })]) { text in
      if texts.contains(text) { return nil }
      return .invalidChoice(text, among: texts, words)
    }
  }

  /// The name of a resource, or of the project.
  static let name = text("a name", schema: ["type": "string", "pattern": .string(ResourceName.pattern)]) { text in
    ResourceName.isValid(text) ? nil : .wants("a name", found: text, meant: ResourceName.nearest(to: text))
  }

  /// A name in PostgreSQL: of a column, a schema, a role.
  static let identifier = text(
    "a name of at most \(Identifier.maximumBytes) bytes",
    schema: [
      "type": ["string", "number", "boolean"], "minLength": 1, "maxLength": .int(Identifier.maximumBytes),
    ], problem: { NameLength.problem(of: $0) })

  /// A table, with or without its schema.
  static let tableName = text(
    "a table such as `orders` or `sales.orders`",
    schema: ["type": ["string", "number"], "pattern": .string(NameLength.tablePattern)],
    problem: { NameLength.problem(ofTable: $0) })

  /// The name of an environment variable. What is none is not shown: it may be the secret itself.
  static let variableName = text(
    "the name of an environment variable", schema: ["type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"]
  ) { text in
    VariableName.isValid(text) ? nil : Complaint("wants the name of an environment variable: letters, digits and `_`")
  }

  /// An IANA time zone; whether it exists, the server knows.
  static let timezone = pattern(
    "a time zone such as `UTC` or `Europe/Prague`", "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$"
  ) { text in
    guard let first = text.utf8.first, ASCII.isLetter(first) else { return false }
    return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { $0.isPlain(and: "_+-") }
  }

  /// What people call separators that are hard to write.
  private static let separators = [
    "\\t": "\t", "tab": "\t", "\\\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " ",
  ]

  /// One ASCII character that may part or quote fields.
  static let separator = text(
    "one ASCII character, no line break",
    schema: ["type": ["string", "number"], "pattern": "^[^\\u0000\\r\\n\\u0080-\\uffff]$"]
  ) { text in
    let isOne = text.utf8.count == 1 && !text.utf8.contains { $0 >= 0x80 || $0 == 0 || $0 == 0x0a || $0 == 0x0d }
    let meant = separators[text.lowercased()].map { WrittenValue.text($0) }
    return isOne ? nil : .wants("one ASCII character, no line break", found: text, instead: meant)
  }
}

extension Complaint {
  /// `text` is none of `texts`.
  static func invalidChoice(_ text: String, among texts: [String], _ words: String) -> Complaint {
    let synonym = ChoiceSynonyms.choice(meantBy: text, among: texts)
    let near = synonym ?? (text.count > 1 ? nearest(to: text, in: texts) : nil)
    if let hint = ChoiceSynonyms.hint(for: text, among: texts) { return .wants(words, found: text, help: [hint]) }
    let meant = near ?? (texts.count == 1 ? texts[0] : nil)
    // What needs quotes is shown with them.
    if let meant, WrittenValue.text(meant) != meant, !meant.hasPrefix("$") {
      return .wants(words, found: text, instead: WrittenValue.text(meant))
    }
    return .wants(words, found: text, meant: meant)
  }
}
