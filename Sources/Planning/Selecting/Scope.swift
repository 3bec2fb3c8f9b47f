public import Diagnostics
internal import JSON
public import Manifests
internal import OrderedCollections
public import State

/// The part of a project that a plan is made for.
public struct Scope: Sendable {
  /// What is selected of the manifests, and what that needs.
  public let project: Project
  /// The designs of its flows, by name.
  public private(set) var designs: [FlowDesign]
  /// What a selected resource needs and the selection did not name, each with the one that needs it.
  let pulledIn: [Address: Address]
  /// Needs that `--exclude` leaves out, each with the one that needs it.
  let leftOut: [Address: Address]
  /// The addresses that are declared, in the scope or not.
  let declared: Set<String>
  /// The recorded addresses that a declared resource was renamed from, in the scope or not.
  let renamed: Set<Address>
  /// What is selected of all that is declared or recorded; nothing where everything is.
  private let chosen: Set<Address>?

  /// The whole of `project`.
  public init(whole project: Project, state: AppliedState?) {
    let flows = project.flows.keys.lazy.map { Address(.flow, $0).description }
    let declared = Set(flows).union(project.connections.lazy.map(\.description))
    let renamed = Set(Renames(in: project, declared: declared, state: state).new.keys)
    self.init(
      project: project, designs: project.designs(), pulledIn: [:], leftOut: [:], declared: declared, renamed: renamed,
      chosen: nil)
  }

  /// The part of `project`, and of what `state` records, that `selection` names.
  ///
  /// - Throws: `Failure` where a part of the selection fits nothing.
  public init(_ selection: Selection, of whole: Project, state: AppliedState?) throws(Failure) {
    guard !selection.isOfEverything else {
      self = Scope(whole: whole, state: state)
      try reinfer(selection)
      return
    }
    let addresses = whole.addresses
    let declared = Set(addresses.lazy.map(\.description))
    var candidates = addresses.map { Selection.Candidate(address: $0, labels: whole.labels(of: $0)) }
    for (key, resource) in state?.resources ?? [:] where !declared.contains(key) {
      guard let address = Address(key) else { continue }
      let labels = resource.spec["labels"]?.objectValue?.compactMap { key, value in
        value.stringValue.map { (key, $0) }
      }
      candidates.append(Selection.Candidate(address: address, labels: Dictionary(labels ?? []) { $1 }))
    }
    let renames = Renames(in: whole, declared: declared, state: state).new
    var chosen = try selection.chosen(among: candidates)
    for (old, new) in renames where chosen.contains(old) { chosen.insert(new) }
    var excluded: Set<Address> = []
    if !selection.exclude.isEmpty {
      excluded = Set(candidates.map(\.address)).subtracting(
        try Selection(exclude: selection.exclude).chosen(among: candidates))
    }

    var reached = chosen
    var pulledIn: [Address: Address] = [:], leftOut: [Address: Address] = [:]
    var open = chosen.sorted()
    while let address = open.popLast() {
      for need in whole.needs(of: address) where !reached.contains(need) {
        guard !excluded.contains(need) else {
          leftOut[need] = min(address, leftOut[need] ?? address)
          continue
        }
        reached.insert(need)
        pulledIn[need] = address
        open.append(need)
      }
    }
    // What is left out is still looked up by those who need it; it gets no step.
    let project = whole.narrowed(to: reached.union(leftOut.keys))
    self.init(
      project: project, designs: project.designs().filter { reached.contains($0.address) }, pulledIn: pulledIn,
      leftOut: leftOut, declared: declared, renamed: Set(renames.keys), chosen: chosen)
    try reinfer(selection)
  }

  private mutating func reinfer(_ selection: Selection) throws(Failure) {
    if selection.reinfer.isEmpty { return }
    let wanted = try selection.reinferred(among: designs)
    designs = designs.map { wanted.contains($0.address) ? $0.reinferred() : $0 }
  }

  private init(
    project: Project, designs: [FlowDesign], pulledIn: [Address: Address], leftOut: [Address: Address],
    declared: Set<String>, renamed: Set<Address>, chosen: Set<Address>?
  ) {
    self.project = project
    self.designs = designs
    self.pulledIn = pulledIn
    self.leftOut = leftOut
    self.declared = declared
    self.renamed = renamed
    self.chosen = chosen
  }

  /// Whether the plan has a step for what is declared, or was recorded, at `address`.
  func contains(_ address: Address) -> Bool {
    guard let chosen else { return true }
    return chosen.contains(address) || pulledIn[address] != nil
  }

  /// The resources of the scope that `state` records and no manifest declares, those that others may need last.
  func gone(from state: AppliedState?) -> [(address: Address, resource: AppliedResource)] {
    guard let state else { return [] }
    // By the keys, as most resources are declared still.
    return state.resources.keys.compactMap { key in
      guard !declared.contains(key), let address = Address(key), contains(address), !renamed.contains(address) else {
        return nil
      }
      return state.resources[key].map { (address, $0) }
    }.sorted { $0.address > $1.address }
  }
}

extension Project {
  /// The resource at `address` and all that it cannot do without, in the order of their addresses.
  public func needed(by address: Address) -> [Address] {
    var found: Set<Address> = []
    var open = [address]
    while let next = open.popLast() {
      if found.insert(next).inserted { open += needs(of: next) }
    }
    return found.sorted()
  }

  /// The resources that the one at `address` cannot do without, directly.
  func needs(of address: Address) -> [Address] {
    switch address.kind {
    case .tunnel: []
    case .authorizer: authorizers[address.name]?.spec.tunnel.map { [Address(.tunnel, $0)] } ?? []
    case .source: sources[address.name].map { Self.needs(of: $0.spec) } ?? []
    case .destination: destinations[address.name].map { [Address(.authorizer, $0.spec.authorizer)] } ?? []
    case .flow: flows[address.name].map { Self.needs(of: $0.spec) } ?? []
    }
  }

  private static func needs(of flow: Flow) -> [Address] {
    [Address(.destination, flow.destination)]
      + flow.inputs.flatMap { input in
        switch input.input {
        case .named(let name): [Address(.source, name)]
        case .inline(let source): needs(of: source)
        }
      }
  }

  private static func needs(of source: Source) -> [Address] {
    if case .postgres(let source) = source { [Address(.authorizer, source.authorizer)] } else { [] }
  }

  /// The project with no other resources than those at `addresses`.
  fileprivate func narrowed(to addresses: Set<Address>) -> Project {
    var narrow = self
    narrow.tunnels = tunnels.filter { addresses.contains(Address(.tunnel, $0.key)) }
    narrow.authorizers = authorizers.filter { addresses.contains(Address(.authorizer, $0.key)) }
    narrow.sources = sources.filter { addresses.contains(Address(.source, $0.key)) }
    narrow.destinations = destinations.filter { addresses.contains(Address(.destination, $0.key)) }
    narrow.flows = flows.filter { addresses.contains(Address(.flow, $0.key)) }
    return narrow
  }
}
