public import Diagnostics
public import JSON
internal import OrderedCollections
internal import YAML

extension Resource where Spec: Specification {
  /// The resource's spec as the state records it: defaults filled in, sets sorted, fields without a value left out, keys
  /// sorted. Holds `description`, `labels` and `protect`, and not `renamedFrom`.
  ///
  /// Equal specs give equal values; `init(specJSON:name:)` takes one back.
  public var specJSON: JSONValue {
    var members = Spec.declaration.write(spec)
    var metadata = metadata
    metadata.renamedFrom = nil
    members.merge(Metadata.record.write(metadata)) { own, _ in own }
    return JSONValue(sorted: members)
  }

  /// `specJSON`, where `recorded` is not just that: then it is given back itself.
  ///
  /// Most resources of a large project are as recorded, and comparing them is several times faster than making the
  /// canonical form, and takes no memory.
  public func specJSON(asRecorded recorded: JSONValue?) -> JSONValue {
    if let recorded, isWritten(as: recorded) { return recorded }
    return specJSON
  }

  /// Whether `specJSON` is equal to `json`.
  public func isWritten(as json: JSONValue) -> Bool {
    guard let members = json.objectValue, let own = Spec.declaration.written(spec, members) else { return false }
    var metadata = metadata
    metadata.renamedFrom = nil
    return Metadata.record.written(metadata, in: members).map { $0 + own } == members.count
  }

  /// Takes a spec out of the state.
  ///
  /// - Throws: what is wrong with it, as diagnostics without places; a field that an older version did not record has
  ///   its default.
  public init(specJSON: JSONValue, name: String) throws(Failure) {
    let place = Place(file: "", line: 1, column: 1)
    var reading = Reading(root: nil)
    guard case .mapping(let entries) = Node(specJSON, at: place).content else {
      throw Failure(Diagnostic(.error, "wrong-type", "the spec of \(Address(Spec.kind, name)) is no object"))
    }
    let metadata = Metadata.record.read(entries, at: place, &reading, others: .all)
    let spec = Spec.declaration.read(entries, place, &reading, Set(Metadata.record.names))
    guard let spec, reading.diagnostics.isEmpty else {
      throw Failure(
        reading.diagnostics.map { diagnostic in
          Diagnostic(
            diagnostic.severity, diagnostic.code, "the spec of \(Address(Spec.kind, name)): \(diagnostic.message)",
            help: diagnostic.help)
        })
    }
    self.init(name: name, spec: spec, metadata: metadata, places: Places(resource: place))
  }
}

extension Node {
  /// A JSON value as a YAML one: strings in quotes, all else plain.
  init(_ value: JSONValue, at place: Place) {
    switch value {
    case .null: self.init(.scalar(Scalar("null", .plain)), at: place)
    case .bool(let value): self.init(.scalar(Scalar(value ? "true" : "false", .plain)), at: place)
    case .number(let text): self.init(.scalar(Scalar(text, .plain)), at: place)
    case .string(let text): self.init(.scalar(Scalar(text, .quoted)), at: place)
    case .array(let values): self.init(.sequence(values.map { Node($0, at: place) }), at: place)
    case .object(let members):
      self.init(
        .mapping(members.map { Entry(key: $0.key, keyPlace: place, value: Node($0.value, at: place)) }), at: place)
    }
  }
}
