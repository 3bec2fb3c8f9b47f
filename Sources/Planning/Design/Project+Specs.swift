internal import JSON
internal import Manifests

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
}
