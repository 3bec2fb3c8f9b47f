internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import YAML

extension RowsSource {
  static let record = Record<RowsSource>(
    "a source of rows", { RowsSource() },
    [
      Field(
        "rows", .table, "The rows, each a map of fields to values.", example: "[{code: CZ, name: Czechia}]",
        isRequired: true
      ) { source, table in
        source.fields = table.fields
        source.rows = table.rows
      } get: {
        Table(fields: $0.fields, rows: $0.rows)
      },
      Field("allowEmpty", \.allowEmpty, .bool, "Whether it is fine that there is no row.", example: "true"),
    ])

  /// Rows with the same fields.
  fileprivate struct Table {
    var fields: [String] = []
    var rows: [[InlineValue]] = []
  }
}

extension Shape where Value == RowsSource.Table {
  private static var words: String { "a list of rows, each a map of fields to values" }

  /// Rows as maps; in the state, which sorts maps, as fields and values.
  fileprivate static let table = Shape(
    words, schema: ["type": "array", "items": ["type": "object"]], takesVariable: false
  ) { node, reading in
    switch node.content {
    case .sequence(let nodes): return read(nodes, &reading)
    case .mapping(let entries) where reading.isRecorded: return recorded(entries)
    case .mapping:
      reading.complain(
        Complaint(
          "wants \(words), found a map", code: "wrong-type", help: ["write a list: `rows: [{code: CZ}, {code: SK}]`"]),
        about: node)
      return nil
    default:
      reading.wrongType(node, wants: words)
      return nil
    }
  } write: { table in
    [
      "fields": .array(table.fields.map { .string($0) }),
      "values": .array(table.rows.map { .array($0.map(\.json)) }),
    ]
  }

  private static func read(_ nodes: [Node], _ reading: inout Reading) -> RowsSource.Table {
    var table = RowsSource.Table()
    var positions: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      guard case .mapping(let entries) = node.content else {
        reading.element(index, at: node.place) { reading in
          guard case .sequence = node.content else {
            return reading.wrongType(node, wants: "a map of fields to values")
          }
          reading.complain(
            Complaint(
              "wants a map of fields to values, found a list", code: "wrong-type",
              help: ["name the values: `{code: CZ, name: Czechia}`"]), about: node)
        }
        continue
      }
      var row = [InlineValue](repeating: .null, count: table.fields.count)
      for entry in entries {
        let position = positions[entry.key] ?? table.fields.count
        if position == table.fields.count {
          positions[entry.key] = position
          table.fields.append(entry.key)
          row.append(.null)
        }
        row[position] = InlineValue(entry.value)
      }
      table.rows.append(row)
    }
    for index in table.rows.indices {
      let lacking = table.fields.count - table.rows[index].count
      table.rows[index] += [InlineValue](repeating: .null, count: lacking)
    }
    return table
  }

  private static func recorded(_ entries: [Entry]) -> RowsSource.Table {
    var table = RowsSource.Table()
    for entry in entries {
      guard case .sequence(let nodes) = entry.value.content else { continue }
      if entry.key == "fields" {
        table.fields = nodes.compactMap { if case .scalar(let scalar) = $0.content { scalar.text } else { nil } }
      } else {
        table.rows = nodes.compactMap {
          if case .sequence(let values) = $0.content { values.map { InlineValue($0) } } else { nil }
        }
      }
    }
    return table
  }
}

extension InlineValue {
  /// Takes a value for what YAML's core schema takes it for; a number that JSON cannot write so becomes one that it can,
  /// or, where leading zeros would be lost, a text.
  init(_ node: Node) {
    switch node.content {
    case .scalar(let scalar): self.init(scalar)
    case .sequence(let nodes): self = .nested(.array(nodes.map { InlineValue($0).json }))
    case .mapping(let entries):
      let members = entries.map { ($0.key, InlineValue($0.value).json) }
      self = .nested(JSONValue(sorted: Dictionary(members) { first, _ in first }))
    }
  }

  private init(_ scalar: Scalar) {
    switch scalar.kind {
    case .null: self = .null
    case .bool: self = .bool(scalar.boolValue ?? false)
    case .string: self = .text(scalar.text)
    case .int, .float: self = JSONNumber.canonical(scalar).map { .number($0) } ?? .text(scalar.text)
    }
  }

  /// Reads `yaml`, the text of one value.
  init(yaml: String) {
    self = YAMLFile(Array(yaml.utf8), file: "").documents.first.map { InlineValue($0) } ?? .null
  }

  /// The value as JSON; `init` takes it back.
  var json: JSONValue {
    switch self {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let text): .number(text)
    case .text(let text): .string(text)
    case .nested(let value): value
    }
  }
}

/// Numbers as JSON writes them.
enum JSONNumber {
  /// The spelling of a YAML number in JSON, every digit kept; nothing where it has none.
  static func canonical(_ scalar: Scalar) -> String? {
    let text = scalar.text
    if text.hasPrefix("0o") || text.hasPrefix("0x") { return scalar.intValue.map { String($0) } }
    var digits = text[...]
    let sign = digits.first == "-" ? "-" : ""
    if digits.first == "-" || digits.first == "+" { digits.removeFirst() }
    if digits.first == "." { digits = "0" + digits }
    guard let first = digits.utf8.first, (0x30...0x39).contains(first) else { return nil }
    let whole = digits.prefix { $0.isNumber }
    guard whole == "0" || whole.first != "0" else { return nil }
    var rest = digits.dropFirst(whole.count)
    // JSON wants a digit after the point.
    if rest.first == ".", !(rest.dropFirst().first?.isNumber ?? false) { rest.removeFirst() }
    return sign + whole + rest
  }
}
