internal import JSON
internal import OrderedCollections
internal import YAML

extension Shape where Value == InlineValue {
  /// A number, a boolean or a text, to compare a column's values with.
  static let scalarValue = Shape("a number, a boolean or a text", schema: Shape<String>.scalar) { node, reading in
    guard case .scalar(let scalar) = node.content, scalar.kind != .null else {
      reading.wrongType(node, wants: "a number, a boolean or a text")
      return nil
    }
    return InlineValue(node)
  } write: {
    $0.json
  }
}

extension Shape where Value == [InlineValue] {
  /// One value, or a list of them.
  static let oneOrMoreValues: Shape = {
    let list = Shape.list(of: .scalarValue, "a list of values", atLeast: 1)
    let one = Shape<InlineValue>.scalarValue
    return Shape("a value, or a list of them", schema: ["anyOf": [one.schema, list.schema]]) { node, reading in
      if case .sequence = node.content { return list.read(node, &reading) }
      return one.read(node, &reading).map { [$0] }
    } write: {
      list.write($0)
    }
  }()
}

extension Shape where Value == Double {
  /// A number greater than 0.
  static let positive = Shape("a number greater than 0", schema: ["type": "number", "exclusiveMinimum": 0]) {
    node, reading in
    guard case .scalar(let scalar) = node.content, scalar.kind == .int || scalar.kind == .float else {
      reading.wrongType(node, wants: "a number greater than 0")
      return nil
    }
    guard let value = Double(scalar.text), value > 0, value.isFinite else {
      reading.complain(.wants("a number greater than 0", found: scalar.text), about: node)
      return nil
    }
    return value
  } write: { value in
    .number(value == value.rounded() && value < 1e15 ? String(Int64(value)) : String(value))
  }
}
