internal import JSON
public import Manifests
public import State

extension Project {
  /// The canonical form of what is declared at `address`.
  func specJSON(of address: Address) -> JSONValue? {
    switch address.kind {
    case .authorizer: authorizers[address.name]?.specJSON
    case .tunnel: tunnels[address.name]?.specJSON
    case .source: sources[address.name]?.specJSON
    case .destination: destinations[address.name]?.specJSON
    case .flow: flows[address.name]?.specJSON
    }
  }

  /// The name that the resource at `address` is declared to have had.
  func renamedFrom(of address: Address) -> String? { metadata(of: address)?.renamedFrom }

  /// The labels of the resource at `address`.
  func labels(of address: Address) -> [String: String] { metadata(of: address)?.labels ?? [:] }

  private func metadata(of address: Address) -> Metadata? {
    switch address.kind {
    case .tunnel: tunnels[address.name]?.metadata
    case .authorizer: authorizers[address.name]?.metadata
    case .source: sources[address.name]?.metadata
    case .destination: destinations[address.name]?.metadata
    case .flow: flows[address.name]?.metadata
    }
  }

  /// Which of the flows called `names` are not as they were applied, each with the first resource that is not: itself, or
  /// one that it needs.
  public func unapplied(_ names: [String], in state: AppliedState) -> [String: Address] {
    var known: [Address: Bool] = [:]
    func isApplied(_ address: Address) -> Bool {
      if let known = known[address] { return known }
      let recorded = state.resources[address.description]?.spec
      let isApplied =
        if address.kind == .flow, let recorded, let flow = flows[address.name] {
          flow.isWritten(as: recorded)
        } else { recorded == specJSON(of: address) }
      known[address] = isApplied
      return isApplied
    }
    func first(_ address: Address) -> Address? {
      if !isApplied(address) { return address }
      for need in needs(of: address) {
        if let changed = first(need) { return changed }
      }
      return nil
    }
    return names.reduce(into: [:]) { $0[$1] = first(Address(.flow, $1)) }
  }
}
