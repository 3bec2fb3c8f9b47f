internal import Diagnostics
internal import SystemPackage
internal import YAML

/// What the reading of each manifest depends on.
struct ManifestContext: Sendable {
  /// The project's folder, absolute.
  var root: FilePath
  var variables: Variables
  /// `defaults:` of sluice.yaml, variables substituted.
  var defaults: [Kind: [Entry]] = [:]

  /// Reads an entry of one of a manifest's maps.
  func read<Spec: Specification>(_ entry: Entry, _ diagnostics: inout [Diagnostic]) -> Manifest.Found<Spec> {
    var found = Manifest.Found<Spec>(name: entry.key, place: entry.keyPlace)
    if !ResourceName.isValid(entry.key) { diagnostics.append(Self.invalidName(entry)) }
    guard case .mapping(let entries) = entry.value.content else {
      var reading = Reading(root: root)
      reading.member(entry.key, at: entry.value.place) { $0.wrongType(entry.value, wants: "a map of fields") }
      diagnostics += reading.diagnostics
      return found
    }
    let additions = additions(to: entries, of: Spec.self)
    var (reading, resource) = read(entries + additions, entry, as: Spec.self)
    // A default that does not go with what the resource says is no mistake of either.
    let unfit = additions.filter { reading.refused.contains($0.key) }.map(\.key)
    if !unfit.isEmpty {
      (reading, resource) = read(entries + additions.filter { !unfit.contains($0.key) }, entry, as: Spec.self)
    }
    diagnostics += reading.diagnostics
    found.resource = resource
    return found
  }

  /// Reports what is wrong with the defaults themselves.
  func checkDefaults(_ diagnostics: inout [Diagnostic]) {
    for kind in defaults.keys.sorted() {
      switch kind {
      case .authorizer: checkDefaults(of: Authorizer.self, &diagnostics)
      case .tunnel: checkDefaults(of: Tunnel.self, &diagnostics)
      case .source: checkDefaults(of: Source.self, &diagnostics)
      case .destination: checkDefaults(of: Destination.self, &diagnostics)
      case .flow: checkDefaults(of: Flow.self, &diagnostics)
      }
    }
  }

  private func checkDefaults<Spec: Specification>(of: Spec.Type, _ diagnostics: inout [Diagnostic]) {
    guard let entries = defaults[Spec.kind], let first = entries.first else { return }
    var reading = Reading(root: root, isPartial: true)
    _ = Metadata.record.read(entries, at: first.keyPlace, &reading, others: .all)
    reading.isPartial = true
    _ = Spec.declaration.read(entries, first.keyPlace, &reading, Set(Metadata.record.names))
    diagnostics += reading.diagnostics
  }

  private func additions<Spec: Specification>(to entries: [Entry], of: Spec.Type) -> [Entry] {
    guard let defaults = defaults[Spec.kind] else { return [] }
    return defaults.filter { addition in
      !entries.contains { $0.key == addition.key } && Spec.declaration.mayDefault(addition.key, entries)
    }
  }

  private func read<Spec: Specification>(
    _ entries: [Entry], _ entry: Entry, as: Spec.Type
  ) -> (Reading, Resource<Spec>?) {
    var reading = Reading(root: root)
    let metadata =
      entries.contains { Metadata.record.has($0.key) }
      ? Metadata.record.read(entries, at: entry.keyPlace, &reading, others: .all)
      : Metadata()
    let spec = Spec.declaration.read(entries, entry.keyPlace, &reading, Self.metadataNames)
    let places = Places(resource: entry.keyPlace, fields: reading.places)
    return (reading, spec.map { Resource(name: entry.key, spec: $0, metadata: metadata, places: places) })
  }

  private static let metadataNames = Set(Metadata.record.names)

  private static func invalidName(_ entry: Entry) -> Diagnostic {
    Diagnostic(
      .error, "invalid-name", "`\(entry.key.prefix(80))` is no name for a resource", at: entry.keyPlace,
      help: (ResourceName.nearest(to: entry.key).map { ["did you mean `\($0)`?"] } ?? []) + [
        "a name is of lower-case letters, digits, `_`, `.` and `-`, starts and ends with a letter or digit,"
          + " and has at most 63 characters"
      ])
  }
}
