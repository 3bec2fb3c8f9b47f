internal import Diagnostics
internal import JSON
internal import YAML

extension Shape where Value == [TableChoice] {
  private static var words: String { "a map of tables, or patterns of them, to `skip` or to what is different there" }

  private static let record = Record<TableChoice>(
    "a table", { TableChoice(pattern: "") },
    [
      Field("cursor", \.cursor, .cursor, "Its cursor, instead of the source's.", example: "updated_at"),
      Field(
        "key", \.key, .names(of: .identifier, "a list of columns"), "Its key, instead of the flow's.", example: "[id]"),
    ])

  /// `tables:`.
  static let tables: Shape = {
    let options = Shape<TableChoice>.record(record)
    return Shape(
      words,
      schema: [
        "type": "object", "minProperties": 1,
        "additionalProperties": ["anyOf": [["enum": ["skip"]], options.schema, ["$ref": "#/definitions/variable"]]],
      ], takesVariable: false, members: .named { record.descriptions(of: nil) }
    ) { node, reading in
      switch node.content {
      case .mapping(let entries) where !entries.isEmpty:
        return entries.compactMap { entry in
          reading.member(entry.key, at: entry.value.place) { read(entry, &$0, options) }
        }.sorted { $0.pattern < $1.pattern }
      case .mapping:
        reading.complain(
          Complaint("is an empty map", help: ["to take all tables: `tables: {\"*.*\": {}}`"]), about: node)
        return nil
      default:
        reading.wrongType(node, wants: words, instead: tables(meantBy: node))
        return nil
      }
    } write: { choices in
      JSONValue(
        sorted: Dictionary(choices.map { ($0.pattern, $0.isSkipped ? .string("skip") : options.write($0)) }) { $1 })
    }
  }()

  /// `{public.orders: {}}`, where `[public.orders]` is written.
  private static func tables(meantBy node: Node) -> String? {
    let nodes = if case .sequence(let nodes) = node.content { nodes } else { [node] }
    let names = nodes.compactMap { $0.scalar?.kind == .null ? nil : $0.scalar?.text }
    guard !names.isEmpty, names.count == nodes.count else { return nil }
    return "{\(names.map { "\(WrittenValue.text($0)): {}" }.joined(separator: ", "))}"
  }

  private static func read(
    _ entry: Entry, _ reading: inout Reading, _ options: Shape<TableChoice>
  ) -> TableChoice? {
    var choice: TableChoice?
    if case .mapping = entry.value.content {
      choice = options.read(entry.value, &reading)
    } else if Shape<String>.oneOf(["skip"]).read(entry.value, &reading) != nil {
      choice = TableChoice(pattern: "", isSkipped: true)
    }
    choice?.pattern = entry.key
    return choice
  }
}
