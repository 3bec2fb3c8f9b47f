/// The name of a table (or another object that lives in a schema), with its schema.
public struct QualifiedName: Hashable, Sendable, Codable {
  /// The schema's name.
  public var schema: Identifier
  /// The object's name within the schema.
  public var name: Identifier

  /// Makes `schema.name`.
  public init(schema: Identifier, name: Identifier) {
    self.schema = schema
    self.name = name
  }

  /// The name as it stands in SQL, each part quoted where it must be.
  public var sql: String { "\(schema.sql).\(name.sql)" }
}

extension QualifiedName: Comparable {
  /// By schema, then name.
  public static func < (left: QualifiedName, right: QualifiedName) -> Bool {
    (left.schema, left.name) < (right.schema, right.name)
  }
}

extension QualifiedName: CustomStringConvertible {
  public var description: String { sql }
}

/// A table's name as written in a manifest: `table`, `schema.table`, parts in double quotes where they need it.
public struct WrittenName: Hashable, Sendable {
  /// The schema, if one is written.
  public var schema: Identifier?
  /// The table.
  public var name: Identifier

  /// Makes a name.
  public init(schema: Identifier?, name: Identifier) {
    self.schema = schema
    self.name = name
  }

  /// Reads `text`; nothing where it is not one or two names with a dot between them.
  ///
  /// Unlike in SQL, an unquoted part keeps its case and may hold any characters but dots, quotes and white space at its
  /// ends: what is written is the name.
  public init?(_ text: String) {
    if let plain = Self(plain: text) {
      self = plain
      return
    }
    var parts: [String] = []
    var rest = text[...]
    while true {
      guard let (part, after) = Self.part(of: rest) else { return nil }
      parts.append(part)
      if after.isEmpty { break }
      guard after.first == "." else { return nil }
      rest = after.dropFirst()
    }
    switch parts.count {
    case 1: self.init(schema: nil, name: Identifier(parts[0]))
    case 2: self.init(schema: Identifier(parts[0]), name: Identifier(parts[1]))
    default: return nil
    }
  }

  /// Reads what nearly all names are: ASCII letters, digits and `_`, with at most one dot between them.
  private init?(plain text: String) {
    let bytes = text.utf8
    var dot: String.Index?
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
        continue
      case UInt8(ascii: ".") where dot == nil: dot = index
      default: return nil
      }
    }
    let schema = dot.map { text[..<$0] }, name = dot.map { text[bytes.index(after: $0)...] } ?? text[...]
    guard schema?.isEmpty != true, !name.isEmpty else { return nil }
    self.init(schema: schema.map { Identifier(String($0)) }, name: Identifier(String(name)))
  }

  /// The name with `schema` where none is written.
  public func qualified(default defaultSchema: Identifier) -> QualifiedName {
    QualifiedName(schema: schema ?? defaultSchema, name: name)
  }

  /// The name as a manifest would write it: `sales."Orders.2024"`.
  public var text: String {
    [schema, name].compactMap { $0 }.map { part in
      part.name.contains { $0 == "." || $0 == "\"" || $0.isWhitespace }
        ? "\"" + part.name.replacing("\"", with: "\"\"") + "\"" : part.name
    }.joined(separator: ".")
  }

  private static func part(of text: Substring) -> (String, Substring)? {
    guard text.first == "\"" else {
      let end = text.firstIndex { $0 == "." || $0 == "\"" } ?? text.endIndex
      let part = text[..<end]
      guard let first = part.first, let last = part.last, !first.isWhitespace, !last.isWhitespace else { return nil }
      guard !part.unicodeScalars.contains("\0") else { return nil }
      return (String(part), text[end...])
    }
    var name = ""
    var rest = text.dropFirst()
    while let character = rest.popFirst() {
      guard character == "\"" else {
        if character == "\0" { return nil }
        name.append(character)
        continue
      }
      if rest.first == "\"" {
        name.append("\"")
        rest.removeFirst()
      } else {
        return name.isEmpty ? nil : (name, rest)
      }
    }
    return nil
  }
}
