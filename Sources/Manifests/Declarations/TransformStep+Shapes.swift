internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import YAML

extension Shape where Value == [String] {
  /// The names of the inputs of a union.
  static let inputNames = Shape.list(of: .text, "a list of at least two inputs", atLeast: 2, separator: ",")
}

extension Shape where Value == [TransformStep.ColumnPair] {
  /// A map of columns to columns, or a list of those that are called the same on both sides; in the state, which sorts
  /// maps, a list of pairs.
  static func columnPairs(_ words: String) -> Shape {
    let names = Shape<[String]>.names(of: .identifier, words)
    let column = Shape<String>.identifier
    return Shape(
      words,
      schema: [
        "anyOf": [
          [
            "type": "object", "minProperties": 1, "propertyNames": column.schemaWithVariable,
            "additionalProperties": column.schemaWithVariable,
          ], names.schema,
        ]
      ], takesVariable: false
    ) { node, reading in
      switch node.content {
      case .mapping(let entries) where !entries.isEmpty:
        return entries.compactMap { entry in
          reading.member(entry.key, at: entry.value.place) { reading in
            let key = Node(.scalar(Scalar(entry.key, .quoted)), at: entry.keyPlace)
            guard column.read(key, &reading) != nil else { return nil }
            return column.read(entry.value, &reading).map { TransformStep.ColumnPair(name: entry.key, other: $0) }
          }
        }
      case .mapping:
        reading.complain(Complaint("is an empty map", help: ["it wants \(words)"]), about: node)
        return nil
      case .sequence(let nodes) where reading.isRecorded: return nodes.compactMap(recorded)
      case .sequence: return names.read(node, &reading)?.map { TransformStep.ColumnPair(name: $0, other: $0) }
      default:
        let instead = node.scalar.flatMap { $0.kind == .null ? nil : "[\(WrittenValue.text($0.text))]" }
        reading.wrongType(node, wants: words, instead: instead)
        return nil
      }
    } write: { pairs in
      .array(pairs.map { ["column": .string($0.other), "name": .string($0.name)] })
    }
  }

  private static func recorded(_ node: Node) -> TransformStep.ColumnPair? {
    guard case .mapping(let entries) = node.content else { return nil }
    func text(_ key: String) -> String? { entries.first { $0.key == key }?.value.scalar?.text }
    guard let name = text("name"), let other = text("column") else { return nil }
    return TransformStep.ColumnPair(name: name, other: other)
  }
}

extension Shape where Value == [TransformStep] {
  /// `transform:`.
  static let steps = Shape.list(
    of: .record(TransformStep.record), "a list of steps, each a map with `name` and what it does", atLeast: 1)
}

extension Shape where Value == [QualityRule] {
  /// `quality:`.
  static let rules = Shape.list(
    of: .record(QualityRule.record), "a list of rules, each a map with `rule`", atLeast: 1)
}

extension Shape where Value == [String] {
  /// `afterLoad:`.
  static let statements = Shape.list(of: .text, "a list of SQL statements", atLeast: 1)
}
