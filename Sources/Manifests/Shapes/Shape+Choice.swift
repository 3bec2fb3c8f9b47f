internal import JSON

extension Shape where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of an enumeration's cases, as its raw value spells it.
  static var choice: Shape {
    let shape = Shape<String>.oneOf(Value.allCases.map(\.rawValue))
    return Shape(
      shape.words, schema: shape.schema,
      read: { node, reading in shape.read(node, &reading).flatMap { Value(rawValue: $0) } },
      write: { .string($0.rawValue) })
  }
}
