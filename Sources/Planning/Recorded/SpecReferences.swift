internal import JSON
internal import Manifests
internal import OrderedCollections

/// The names of other resources in a recorded spec, which is JSON: a resource that is gone has no other form.
enum SpecReferences {
  /// The resources that `spec`, of a resource of `kind`, cannot do without.
  static func needs(of kind: Kind, _ spec: JSONValue) -> Set<Address> {
    var found: Set<Address> = []
    _ = map(kind, spec) { address in
      if address.kind != .flow { found.insert(address) }
      return address.name
    }
    return found
  }

  /// `spec` with each name of another resource (those in `after:` too) replaced by what `rename` makes of it.
  static func map(_ kind: Kind, _ spec: JSONValue, _ rename: (Address) -> String) -> JSONValue {
    guard var members = spec.objectValue else { return spec }
    func replace(_ field: String, _ kind: Kind) {
      if let name = members[field]?.stringValue { members[field] = .string(rename(Address(kind, name))) }
    }
    func input(_ value: JSONValue) -> JSONValue {
      if let name = value.stringValue { return .string(rename(Address(.source, name))) }
      return map(.source, value, rename)
    }
    switch kind {
    case .tunnel: break
    case .authorizer: replace("tunnel", .tunnel)
    case .source, .destination: replace("authorizer", .authorizer)
    case .flow:
      replace("destination", .destination)
      if let source = members["source"] { members["source"] = input(source) }
      if let sources = members["sources"]?.arrayValue {
        members["sources"] = .array(
          sources.map { entry in
            guard var entry = entry.objectValue, let source = entry["source"] else { return entry }
            entry["source"] = input(source)
            return .object(entry)
          })
      }
      if let after = members["after"]?.arrayValue {
        members["after"] = .array(after.map { $0.stringValue.map { .string(rename(Address(.flow, $0))) } ?? $0 })
      }
    }
    return .object(members)
  }
}
