internal import Diagnostics
internal import SystemPackage
internal import YAML

/// What one file of a project holds.
struct Manifest: Sendable {
  /// An entry of one of the maps; without a resource where too little of it could be read.
  struct Found<Spec: Specification>: Sendable {
    var name: String
    var place: Place
    var resource: Resource<Spec>?
  }

  var authorizers: [Found<Authorizer>] = []
  var tunnels: [Found<Tunnel>] = []
  var sources: [Found<Source>] = []
  var destinations: [Found<Destination>] = []
  var flows: [Found<Flow>] = []
  var diagnostics: [Diagnostic] = []
  /// Whether all names that the file declares are known.
  var isComplete = true

  /// A file that could not be read.
  init(unreadable diagnostic: Diagnostic?) {
    diagnostics = diagnostic.map { [$0] } ?? []
    isComplete = false
  }

  /// Reads `bytes`, the content of `file`.
  init(_ bytes: [UInt8], file: String, in context: ManifestContext) {
    let yaml = YAMLFile(bytes, file: file)
    diagnostics = yaml.diagnostics
    isComplete = yaml.isComplete
    let hasVariables = bytes.contains(UInt8(ascii: "$"))
    for document in yaml.documents {
      let document = hasVariables ? context.variables.substitute(in: document, &diagnostics) : document
      read(document, context)
    }
  }

  private mutating func read(_ document: Node, _ context: ManifestContext) {
    switch document.content {
    case .mapping(let entries):
      if Self.isForeign(entries), let first = entries.first {
        diagnostics.append(Self.foreign(first.key, at: first.keyPlace, kind: Self.kind(of: first.value)))
        isComplete = false
        return
      }
      for entry in entries { read(entry, context) }
    case .scalar(let scalar) where scalar.kind == .null: break
    default: diagnostics.append(Self.foreign(nil, at: document.place))
    }
  }

  private mutating func read(_ entry: Entry, _ context: ManifestContext) {
    switch Kind.allCases.first(where: { $0.mapName == entry.key }) {
    case .authorizer: collect(entry, into: \.authorizers, context)
    case .tunnel: collect(entry, into: \.tunnels, context)
    case .source: collect(entry, into: \.sources, context)
    case .destination: collect(entry, into: \.destinations, context)
    case .flow: collect(entry, into: \.flows, context)
    case nil:
      diagnostics.append(Self.unknown(entry))
      // What it holds would have been names of that kind.
      if Self.isLikeOurs(entry.key) { isComplete = false }
    }
  }

  private mutating func collect<Spec>(
    _ map: Entry, into property: WritableKeyPath<Manifest, [Found<Spec>]>, _ context: ManifestContext
  ) {
    switch map.value.content {
    case .mapping(let entries):
      var found: [Found<Spec>] = []
      found.reserveCapacity(entries.count)
      let (entries, diagnostic) = MisplacedFields(of: Spec.self).removed(from: entries)
      if let diagnostic { diagnostics.append(diagnostic) }
      for entry in entries { found.append(context.read(entry, &diagnostics)) }
      self[keyPath: property] += found
    case .scalar(let scalar) where scalar.kind == .null: break
    default:
      isComplete = false
      diagnostics.append(
        Diagnostic(
          .error, "wrong-type", "`\(map.key)` wants a map of names to \(map.key)", at: map.value.place,
          help: [
            Self.isList(map.value)
              ? "write `orders:` for `- name: orders`, with the other fields below it"
              : "write `\(map.key): {name: {...}}`"
          ]))
    }
  }

  private static func isList(_ node: Node) -> Bool { if case .sequence = node.content { true } else { false } }

  /// Whether nothing at all is ours: most likely a file of another program.
  private static func isForeign(_ entries: [Entry]) -> Bool {
    let settings = ProjectSettings.record.names + VariableDeclarations.record.names
    return !entries.isEmpty
      && entries.allSatisfy { !isLikeOurs($0.key) && nearest(to: $0.key, in: settings) == nil }
  }

  /// Whether `key` was probably meant to be one of a manifest's maps.
  private static func isLikeOurs(_ key: String) -> Bool {
    let maps = Kind.allCases.map(\.mapName)
    return FieldSynonyms.field(meantBy: key, among: maps) != nil || nearest(to: key, in: maps) != nil
  }

  /// The kind of resource that `node` would be, by its fields.
  private static func kind(of node: Node) -> Kind? {
    guard case .mapping(let entries) = node.content, !entries.isEmpty else { return nil }
    return Kind.allCases.first { kind in
      let own = Set(kind.fields.map(\.name))
      return entries.allSatisfy { own.contains($0.key) }
    }
  }

  private static func foreign(_ key: String?, at place: Place, kind: Kind? = nil) -> Diagnostic {
    let maps = Kind.allCases.map(\.mapName).joined(separator: ", ")
    return Diagnostic(
      .error, key == nil ? "wrong-type" : "unknown-field",
      key.map { "a manifest has no field `\($0)`, and nothing else here is one of its maps" }
        ?? "a manifest is a map of \(maps)", at: place,
      help: kind.map { ["write `\($0.mapName):` above it, and indent it by two"] } ?? [
        "maps: \(maps)",
        "where the file is another program's, list the manifests in sluice.yaml: `manifests: [\"flows/**/*.yaml\"]`",
      ])
  }

  private static func unknown(_ entry: Entry) -> Diagnostic {
    if ProjectSettings.record.has(entry.key) || VariableDeclarations.record.has(entry.key) {
      return Diagnostic(
        .error, "unknown-field", "a manifest has no field `\(entry.key)`", at: entry.keyPlace,
        help: ["`\(entry.key)` belongs in sluice.yaml, at the project's root"])
    }
    return .unknownField(entry.key, in: "a manifest", known: Kind.allCases.map(\.mapName), at: entry.keyPlace)
  }
}
