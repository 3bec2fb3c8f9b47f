import Diagnostics
import Manifests
import Planning

/// The authorizers and tunnels that `sluice check` is to look at.
struct CheckTargets {
  /// By name.
  let authorizers: [Resource<Authorizer>]
  /// By name.
  let tunnels: [Resource<Tunnel>]
  /// The names of the authorizers that destinations use.
  let writers: Set<String>
  /// What they are called, tunnels first.
  var names: [String] { tunnels.map(\.name) + authorizers.map(\.name) }

  /// Finds those that `addresses` name (by themselves, or as what a flow, a source or a destination uses); all of them
  /// where none is given.
  ///
  /// - Throws: `Failure` that names each address that there is not.
  init(_ addresses: [String], in project: Project) throws(Failure) {
    writers = Set(project.destinations.values.map(\.spec.authorizer))
    guard !addresses.isEmpty else {
      authorizers = project.authorizers.values.sorted { $0.name < $1.name }
      tunnels = project.tunnels.values.sorted { $0.name < $1.name }
      return
    }
    let all = Set(project.addresses)
    var wanted: Set<Address> = []
    var unknown: [Diagnostic] = []
    for text in addresses {
      let address = Address(text) ?? Address(.authorizer, text)
      guard all.contains(address) else {
        let known = all.filter { $0.kind == address.kind }.map(\.name).sorted()
        unknown.append(
          Diagnostic(
            .error, "unknown-address", "there is no \(address.kind.rawValue) \"\(address.name)\"",
            help: suggestions(for: address.name, in: known, called: "\(address.kind.rawValue)s")))
        continue
      }
      // An authorizer's tunnel is a step of its own check.
      wanted.formUnion(address.kind == .tunnel ? [address] : project.needed(by: address).filter { $0.kind != .tunnel })
    }
    if !unknown.isEmpty { throw Failure(unknown) }
    authorizers = wanted.filter { $0.kind == .authorizer }.sorted().compactMap { project.authorizers[$0.name] }
    tunnels = wanted.filter { $0.kind == .tunnel }.sorted().compactMap { project.tunnels[$0.name] }
  }
}
