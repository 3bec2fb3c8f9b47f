internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import YAML

extension Shape where Value == ColumnList {
  private static var words: String { "a map of columns to types" }

  /// `columns:`; in the state, which sorts maps, a list.
  static let columns = Shape(
    words,
    schema: [
      "type": "object", "minProperties": 1, "propertyNames": Shape<String>.identifier.schemaWithVariable,
      "properties": ["*": Shape<String>.oneOf(["inferred"]).schemaWithVariable.described(as: others)],
      "additionalProperties": [
        "anyOf": [Shape<String>.type.schema, ["$ref": "#/definitions/column"], ["$ref": "#/definitions/variable"]]
      ],
    ], takesVariable: false, members: .named { DeclaredColumn.record.descriptions(of: nil) }
  ) { node, reading in
    switch node.content {
    case .mapping(let entries) where !entries.isEmpty: return read(entries, &reading)
    case .mapping:
      reading.complain(
        Complaint("is an empty map", help: ["it wants \(words); leave it out to take the source's"]), about: node)
      return nil
    case .sequence(let nodes) where reading.isRecorded: return recorded(nodes, &reading)
    default:
      reading.wrongType(node, wants: words, instead: columns(meantBy: node))
      return nil
    }
  } write: { list in
    .array(list.columns.map(write) + (list.takesRest ? [rest] : []))
  } isWritten: { list, json in
    guard case .array(let columns) = json, columns.count == list.columns.count + (list.takesRest ? 1 : 0) else {
      return false
    }
    return zip(list.columns, columns).allSatisfy(isWritten) && (!list.takesRest || columns.last == rest)
  }

  /// What `*` says, which is no column.
  private static var others: FieldDescription {
    FieldDescription(
      name: "*", summary: "All other fields of the source; left out, the columns are just those listed.",
      words: "`inferred`", isRequired: false, example: "inferred")
  }

  /// The map that was meant by a list of names or of maps with `name`, or by a word for all columns.
  private static func columns(meantBy node: Node) -> String? {
    switch node.content {
    case .scalar(let scalar):
      return ["*", "all", "auto", "infer", "inferred"].contains(scalar.text.lowercased()) ? "{\"*\": inferred}" : nil
    case .sequence(let nodes):
      let columns = nodes.compactMap { column(meantBy: $0) }
      return columns.isEmpty || columns.count < nodes.count ? nil : "{\(columns.joined(separator: ", "))}"
    case .mapping: return nil
    }
  }

  private static func column(meantBy node: Node) -> String? {
    guard case .mapping(let entries) = node.content else {
      return node.scalar.map { "\(WrittenValue.text($0.text)): text" }
    }
    func text(_ names: [String]) -> String? {
      entries.first { names.contains(FieldSynonyms.plain($0.key)) }?.value.scalar?.text
    }
    guard let name = text(["name", "column"]) else {
      guard entries.count == 1, let type = entries[0].value.scalar?.text else { return nil }
      return "\(WrittenValue.text(entries[0].key)): \(WrittenValue.text(type))"
    }
    return "\(WrittenValue.text(name)): \(WrittenValue.text(text(["type", "datatype", "dtype"]) ?? "text"))"
  }

  /// `"*": inferred`.
  private static let rest: JSONValue = ["name": "*", "type": "inferred"]

  private static func read(_ entries: [Entry], _ reading: inout Reading) -> ColumnList {
    var list = ColumnList(columns: [])
    var isCut = false
    for (index, entry) in entries.enumerated() {
      // The second half of a type that a comma within braces has cut, which is reported with the first.
      if isCut {
        isCut = false
        continue
      }
      let column = reading.member(entry.key, at: entry.value.place) { reading -> DeclaredColumn? in
        if let half = entry.value.scalar, half.text.contains("("), !half.text.contains(")"), index + 1 < entries.count,
          entries[index + 1].key.hasSuffix(")"), entries[index + 1].value.scalar?.kind == .null
        {
          isCut = true
          var complaint = Complaint(
            "is cut at a comma: within braces such a type stands in quotes", code: "invalid-type")
          complaint.instead = "\"\(half.text),\(entries[index + 1].key)\""
          reading.complain(complaint, about: entry.value)
          return nil
        }
        guard entry.key != "*" else {
          list.takesRest = Shape<String>.oneOf(["inferred"]).read(entry.value, &reading) != nil
          return nil
        }
        let key = Node(.scalar(Scalar(entry.key, .quoted)), at: entry.keyPlace)
        guard Shape<String>.identifier.read(key, &reading) != nil else { return nil }
        return self.column(entry.value, &reading).map { $0.named(entry.key) }
      }
      if let column { list.columns.append(column) }
    }
    return list
  }

  /// A type, or a map.
  private static func column(_ node: Node, _ reading: inout Reading) -> DeclaredColumn? {
    if case .mapping = node.content { return Shape<DeclaredColumn>.column.read(node, &reading) }
    guard case .scalar = node.content else {
      reading.wrongType(node, wants: "a PostgreSQL type, or a map with `type`")
      return nil
    }
    return Shape<String>.type.read(node, &reading).map { DeclaredColumn(name: "", type: $0) }
  }

  private static func recorded(_ nodes: [Node], _ reading: inout Reading) -> ColumnList {
    var list = ColumnList(columns: [])
    for node in nodes {
      guard case .mapping(let entries) = node.content, let name = entries.first(where: { $0.key == "name" }),
        case .scalar(let text) = name.value.content
      else { continue }
      if text.text == "*" {
        list.takesRest = true
      } else {
        let rest = Node(.mapping(entries.filter { $0.key != "name" }), at: node.place)
        if let column = column(rest, &reading) { list.columns.append(column.named(text.text)) }
      }
    }
    return list
  }

  private static func write(_ column: DeclaredColumn) -> JSONValue {
    var members = DeclaredColumn.record.write(column)
    members["name"] = .string(column.name)
    return JSONValue(sorted: members)
  }

  @Sendable private static func isWritten(_ column: DeclaredColumn, as json: JSONValue) -> Bool {
    guard let members = json.objectValue, members["name"] == .string(column.name) else { return false }
    return DeclaredColumn.record.written(column, in: members) == members.count - 1
  }
}

extension DeclaredColumn {
  /// What a load can fill a column with, beside the source's fields.
  static let metadata = ["$loadedAt", "$loadId", "$file", "$line"]

  fileprivate func named(_ name: String) -> DeclaredColumn {
    var column = self
    column.name = name
    return column
  }

  /// All but the name, which is the key.
  static let record = Record<DeclaredColumn>(
    "a column", { DeclaredColumn(name: "", type: "") },
    [
      Field(
        "type", \.type, .type, "Its type: whatever the server takes as one.", example: "\"numeric(12,2)\"",
        isRequired: true),
      Field(
        "from", \.from, .field,
        "The source's field; left out, the one of the column's name. Also $loadedAt, $loadId, $file, $line.",
        example: "amount"),
      Field("nullable", \.nullable, .bool, "Whether it may be NULL.", example: "false"),
      Field(
        "default", \.default, .columnDefault, "Its default: a value, or an expression as {sql: now()}.",
        example: "{sql: now()}"),
    ])
}

extension Shape where Value == DeclaredColumn {
  static let column = Shape.record(DeclaredColumn.record)
}

extension Shape where Value == String {
  /// A field of a source, or what the load itself knows of a row.
  fileprivate static let field = text(
    "a field of the source",
    schema: [
      "anyOf": [
        ["type": "string", "pattern": "^[^$]"], ["type": ["number", "boolean"]],
        ["enum": .array(DeclaredColumn.metadata.map { .string($0) })],
      ]
    ]
  ) { text in
    if text.isEmpty { return Complaint("is empty") }
    guard text.hasPrefix("$"), !DeclaredColumn.metadata.contains(text) else { return nil }
    return .invalidChoice(text, among: DeclaredColumn.metadata, "a field, or one of $loadedAt, $loadId, $file, $line")
  }
}

extension Shape where Value == DeclaredColumn.Default {
  private static let expression = Record<SQL>(
    "default", { SQL() },
    [Field("sql", \.sql, .text, "A SQL expression.", example: "now()", isRequired: true)])

  fileprivate struct SQL {
    var sql = ""
  }

  /// A value, or `{sql: expression}`.
  fileprivate static let columnDefault: Shape = {
    let words = "a value, or {sql: expression}"
    let sql = Shape<SQL>.record(expression)
    return Shape(
      words, schema: ["anyOf": [Shape<String>.scalar, sql.schema]], takesVariable: false, members: .of(expression)
    ) { node, reading in
      if case .mapping = node.content { return sql.read(node, &reading).map { .sql($0.sql) } }
      return reading.text(node, wants: words).map { .value($0) }
    } write: { value in
      switch value {
      case .value(let text): .string(text)
      case .sql(let text): ["sql": .string(text)]
      }
    }
  }()
}
