internal import Diagnostics
internal import Manifests
internal import State

/// The renames that manifests ask for by `renamedFrom:`, and the state as it is after them.
struct Renames: Sendable {
  /// The new address by the old one.
  private(set) var new: [Address: Address] = [:]
  /// The old address by the new one.
  private(set) var old: [Address: Address] = [:]
  /// What cannot be a rename.
  private(set) var diagnostics: [Diagnostic] = []

  /// Finds those of `project` that `state` has not seen yet: a `renamedFrom:` of an earlier apply means nothing any more.
  ///
  /// - Parameter declared: all addresses that the manifests declare, where `project` is a part of them.
  init(in project: Project, declared: Set<String>, state: AppliedState?) {
    add(project.tunnels, project, declared, state)
    add(project.authorizers, project, declared, state)
    add(project.sources, project, declared, state)
    add(project.destinations, project, declared, state)
    add(project.flows, project, declared, state)
  }

  private mutating func add<Spec: Specification>(
    _ resources: [String: Resource<Spec>], _ project: Project, _ declared: Set<String>, _ state: AppliedState?
  ) {
    for resource in resources.values.filter({ $0.metadata.renamedFrom != nil }).sorted(by: { $0.name < $1.name }) {
      guard let name = resource.metadata.renamedFrom else { continue }
      let from = Address(Spec.kind, name), to = Address(Spec.kind, resource.name)
      guard state?.resources[from.description] != nil, state?.resources[to.description] == nil else { continue }
      let place = resource.places.place(of: "renamedFrom")
      if declared.contains(from.description) {
        diagnostics.append(
          Diagnostic(
            .error, "renamed-from-declared", "\(to) was renamed from \(from), which is still in the manifests",
            at: place, help: ["remove one of the two, or leave out `renamedFrom`"],
            related: project.places(of: from).map { [RelatedPlace("it is still here", at: $0.resource)] } ?? []))
      } else if let other = new[from] {
        diagnostics.append(
          Diagnostic(
            .error, "renamed-twice", "both \(other) and \(to) were renamed from \(from)", at: place,
            help: ["leave out `renamedFrom` in one of the two"],
            related: project.places(of: other).map { [RelatedPlace("the other one", at: $0.resource)] } ?? []))
      } else {
        new[from] = to
        old[to] = from
      }
    }
  }

  /// `state` with each renamed resource under its new name, and with the new names where others refer to it.
  func applied(to state: AppliedState?) -> AppliedState? {
    guard var state, !new.isEmpty else { return state }
    for (key, resource) in state.resources {
      guard let address = Address(key) else { continue }
      var resource = resource
      resource.spec = SpecReferences.map(address.kind, resource.spec) { new[$0]?.name ?? $0.name }
      state.resources[key] = resource
    }
    for (old, new) in new {
      guard var resource = state.resources.removeValue(forKey: old.description) else { continue }
      if new.kind == .flow { resource.formerNames.append(old.name) }
      state.resources[new.description] = resource
    }
    return state
  }

  /// The entries of `state` that differ from it once everything is renamed: to be recorded at once, as an entry must never
  /// name what the state does not hold.
  func changes(to state: AppliedState?) -> [StateChange] {
    guard let state, !new.isEmpty, let renamed = applied(to: state) else { return [] }
    let addresses = Set(state.resources.keys).union(renamed.resources.keys).sorted()
    return addresses.filter { state.resources[$0] != renamed.resources[$0] }
      .map { StateChange(address: $0, resource: renamed.resources[$0]) }
  }
}
