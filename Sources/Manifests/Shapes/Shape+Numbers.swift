internal import JSON
internal import OrderedCollections
internal import YAML

extension Shape where Value == Int {
  /// A whole number within `range`.
  static func int(_ range: ClosedRange<Int>) -> Shape {
    let isOpen = range.upperBound == .max
    let words =
      isOpen
      ? "a whole number, at least \(range.lowerBound)"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    let schema: JSONValue =
      isOpen
      ? ["type": "integer", "minimum": .int(range.lowerBound)]
      : ["type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)]
    return Shape(words, schema: schema) { node, reading in
      guard case .scalar(let scalar) = node.content, scalar.kind == .int else {
        let meant = node.scalar.flatMap { Int($0.text) }.flatMap { range.contains($0) ? "\($0)" : nil }
        reading.wrongType(node, wants: words, instead: meant)
        return nil
      }
      guard let value = scalar.intValue, range.contains(value) else {
        reading.complain(.wants(words, found: scalar.text), about: node)
        return nil
      }
      return value
    } write: {
      .int($0)
    }
  }
}

extension Shape where Value == Bool {
  /// What YAML 1.1 and other programs take for true and false.
  private static let spellings = [
    "true": "true", "yes": "true", "y": "true", "on": "true", "1": "true", "t": "true",
    "false": "false", "no": "false", "n": "false", "off": "false", "0": "false", "f": "false",
  ]

  /// `true` or `false`.
  static let bool = Shape("true or false", schema: ["type": "boolean"]) { node, reading in
    guard case .scalar(let scalar) = node.content, let value = scalar.boolValue else {
      let meant = node.scalar.flatMap { spellings[$0.text.lowercased()] }
      reading.wrongType(node, wants: "true or false", instead: meant)
      return nil
    }
    return value
  } write: {
    .bool($0)
  }
}

extension Shape where Value == Bound {
  private static var words: String { "a number of rows, or a share such as `1%`" }

  /// A count, or a percentage.
  static let bound = Shape(
    words,
    schema: [
      "anyOf": [
        ["type": "integer", "minimum": 0],
        ["type": "string", "pattern": "^([0-9]{1,2}(\\.[0-9]{1,6})?|100(\\.0{1,6})?)%$"],
      ]
    ]
  ) { node, reading in
    guard let text = reading.text(node, wants: words) else { return nil }
    if case .scalar(let scalar) = node.content, let count = scalar.intValue, count >= 0 { return .count(count) }
    if let percent = percent(text) { return .percent(percent) }
    reading.complain(.wants(words, found: text, meant: nearest(to: text)), about: node)
    return nil
  } write: { bound in
    switch bound {
    case .count(let count): return .int(count)
    case .percent(let percent):
      let text = String(percent)
      return .string((text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + "%")
    }
  }

  /// The share that was meant by `5 %` or `0.05`.
  private static func nearest(to text: String) -> String? {
    let bare = text.filter { !$0.isWhitespace }
    if percent(bare) != nil { return bare }
    guard let share = Double(bare), share > 0, share < 1 else { return nil }
    let value = "\((share * 100_000_000).rounded() / 1_000_000)"
    let shown = (value.hasSuffix(".0") ? String(value.dropLast(2)) : value) + "%"
    return percent(shown) == nil ? nil : shown
  }

  private static func percent(_ text: String) -> Double? {
    guard text.utf8.last == UInt8(ascii: "%") else { return nil }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    let areDigits = parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } && !$0.isEmpty }
    guard (1...2).contains(parts.count), areDigits, parts[0].utf8.count <= 3,
      (parts.dropFirst().first ?? "").utf8.count <= 6
    else { return nil }
    guard let value = Double(text.dropLast()), value <= 100 else { return nil }
    return value
  }
}
