internal import Catalog
public import Diagnostics
internal import JSON
public import Manifests
public import State

extension Project {
  /// The project as it was applied: what `run` works on, so that a half-edited manifest never moves data.
  ///
  /// - Parameters:
  ///   - state: what was applied.
  ///   - name: the project's name, part of the ledger's key.
  /// - Throws: `Failure` where an entry of the state cannot be understood.
  public init(applied state: AppliedState, name: String) throws(Failure) {
    self.init()
    self.name = name
    for (key, resource) in state.resources {
      guard let address = Address(key) else { continue }
      let name = address.name
      switch address.kind {
      case .authorizer: authorizers[name] = try Resource(specJSON: resource.spec, name: name)
      case .tunnel: tunnels[name] = try Resource(specJSON: resource.spec, name: name)
      case .source: sources[name] = try Resource(specJSON: resource.spec, name: name)
      case .destination: destinations[name] = try Resource(specJSON: resource.spec, name: name)
      case .flow: flows[name] = try Resource(specJSON: resource.spec, name: name)
      }
    }
  }
}
