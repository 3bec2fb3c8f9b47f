internal import Diagnostics
internal import JSON
internal import OrderedCollections
internal import YAML

extension Shape {
  /// A list of what `element` reads, in the order written; elements that cannot be read are left out.
  ///
  /// - Parameter separator: what parts elements for those who write them as one text, to say how they are written here;
  ///   nothing where such a text may be a secret.
  static func list<Element>(
    of element: Shape<Element>, _ words: String, atLeast minimum: Int = 0, separator: Character? = nil
  ) -> Shape
  where Value == [Element] {
    let schema: JSONValue = ["type": "array", "items": element.schemaWithVariable, "minItems": .int(minimum)]
    return Shape(words, schema: schema, takesVariable: false) { node, reading in
      guard case .sequence(let nodes) = node.content else {
        reading.wrongType(node, wants: words, instead: separator.flatMap { elements(of: node, separator: $0) })
        return nil
      }
      guard nodes.count >= minimum else {
        let found = nodes.isEmpty ? "is an empty list" : "has \(nodes.count) of at least \(minimum) elements"
        reading.complain(Complaint(found, help: ["it wants \(words)"]), about: node)
        return nil
      }
      var values: [Element] = []
      var places: [Place] = []
      for (index, node) in nodes.enumerated() {
        guard let value = reading.element(index, at: node.place, { element.read(node, &$0) }) else { continue }
        values.append(value)
        places.append(node.place)
      }
      if values.count < nodes.count { reading.reorder(places, of: nodes.count) }
      return values
    } write: { values in
      .array(values.map(element.write))
    }
  }

  /// A list whose order carries no meaning: sorted, each value once.
  static func set(of element: Shape<String>, _ words: String) -> Shape where Value == [String] {
    let list = Shape<[String]>.list(of: element, words, separator: ",")
    return Shape(words, schema: list.schema, takesVariable: false) { node, reading in
      guard let values = list.read(node, &reading), case .sequence(let nodes) = node.content else { return nil }
      if nodes.count == values.count, zip(values, values.dropFirst()).allSatisfy({ $0 < $1 }) { return values }
      let places = values.indices.map { reading.place(ofElement: $0) ?? node.place }
      let placed = Dictionary(zip(values, places)) { first, _ in first }.sorted { $0.key < $1.key }
      reading.reorder(placed.map(\.value), of: nodes.count)
      return placed.map(\.key)
    } write: {
      list.write($0)
    }
  }

  /// A list in which no name comes twice.
  static func names(of element: Shape<String>, _ words: String) -> Shape where Value == [String] {
    let list = Shape<[String]>.list(of: element, words, atLeast: 1, separator: ",")
    let schema: JSONValue = [
      "type": "array", "items": element.schemaWithVariable, "minItems": 1, "uniqueItems": true,
    ]
    return Shape(words, schema: schema, takesVariable: false) { node, reading in
      guard let names = list.read(node, &reading) else { return nil }
      var seen: Set<String> = []
      for (index, name) in names.enumerated() where !seen.insert(name).inserted {
        guard let place = reading.place(ofElement: index) else { continue }
        reading.complain(
          Complaint("names `\(name)` twice", help: ["remove one of the two"]), about: Node(node.content, at: place))
      }
      return names
    } write: {
      list.write($0)
    }
  }

  /// A map of free keys to texts.
  static func texts(_ words: String, keys: Shape<String>) -> Shape where Value == [String: String] {
    let value = Shape<String>.anyText
    let schema: JSONValue = [
      "type": "object", "propertyNames": keys.schemaWithVariable, "additionalProperties": value.schema,
    ]
    return Shape(words, schema: schema, takesVariable: false) { node, reading in
      guard case .mapping(let entries) = node.content else {
        reading.wrongType(node, wants: words, instead: marks(meantBy: node))
        return nil
      }
      var texts: [String: String] = [:]
      for entry in entries {
        let text = reading.member(entry.key, at: entry.value.place) { reading -> String? in
          let key = Node(.scalar(Scalar(entry.key, .quoted)), at: entry.keyPlace)
          guard keys.read(key, &reading) != nil else { return nil }
          return value.read(entry.value, &reading)
        }
        if let text { texts[entry.key] = text }
      }
      return texts
    } write: { texts in
      JSONValue(sorted: texts.mapValues { .string($0) })
    }
  }
}

/// `[a, b]`, where `a, b` is written.
private func elements(of node: Node, separator: Character) -> String? {
  guard let scalar = node.scalar, scalar.kind != .null, !scalar.text.contains(where: { "'\"|&;<>`\n".contains($0) })
  else { return nil }
  let elements = scalar.text.split(separator: separator).map { part in
    String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
  return elements.isEmpty ? nil : WrittenValue.list(elements)
}

/// `{a: "true"}`, where `[a]` is written.
private func marks(meantBy node: Node) -> String? {
  guard case .sequence(let nodes) = node.content, !nodes.isEmpty else { return nil }
  let names = nodes.compactMap { $0.scalar?.text }
  guard names.count == nodes.count, names.allSatisfy({ $0.isPlain(and: "_-") }) else { return nil }
  return "{\(names.map { "\($0): \"true\"" }.joined(separator: ", "))}"
}

extension JSONValue {
  /// An object whose members are sorted by key: the canonical form.
  init(sorted members: [String: JSONValue]) {
    self = .object(OrderedDictionary(uniqueKeysWithValues: members.sorted { $0.key < $1.key }))
  }
}
