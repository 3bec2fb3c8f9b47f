public import Diagnostics

/// All manifests of a project, decoded, with variables substituted, defaults filled in and references resolved.
public struct Project: Sendable {
  /// `project:` of sluice.yaml; part of the ledger's key.
  public var name: String = "default"
  /// The environment chosen, if the project has any.
  public var environment: String?
  /// The environments that there are to choose from, in the order of sluice.yaml.
  public var environments: [String] = []
  public var authorizers: [String: Resource<Authorizer>] = [:]
  public var tunnels: [String: Resource<Tunnel>] = [:]
  public var sources: [String: Resource<Source>] = [:]
  public var destinations: [String: Resource<Destination>] = [:]
  public var flows: [String: Resource<Flow>] = [:]
  /// SQL files (relative to the project) run when the sandbox is made.
  public var sandboxInit: [String] = []
  /// Where sluice.yaml names those.
  public var sandboxInitPlaces: [String: Place] = [:]

  /// The programs that are told of what happens to flows, by sluice.yaml.
  public var notifiers: [Notifier] = []
  /// Where sluice.yaml names each of them.
  public var notifierPlaces: [Place] = []

  /// A project without resources.
  public init() {}

  /// The addresses of all resources, sorted.
  public var addresses: [Address] {
    connections + flows.keys.map { Address(.flow, $0) }.sorted()
  }

  /// The addresses of all resources but flows, sorted: they come before flows, which are most of a large project.
  public var connections: [Address] {
    (tunnels.keys.map { Address(.tunnel, $0) } + authorizers.keys.map { Address(.authorizer, $0) }
      + sources.keys.map { Address(.source, $0) } + destinations.keys.map { Address(.destination, $0) }).sorted()
  }

  /// The inputs of `flow` with names replaced by what they stand for.
  ///
  /// - Returns: pairs of the input's name (nothing for a single `source:`) and the source; an input whose name is not
  ///   known is left out (that is a diagnostic of its own).
  public func sources(of flow: Flow) -> [(name: String?, source: Source)] {
    flow.inputs.compactMap { input in
      switch input.input {
      case .inline(let source): (input.name, source)
      case .named(let name): sources[name].map { (input.name, $0.spec) }
      }
    }
  }

  /// Where `address` stands, if it is in the manifests.
  public func places(of address: Address) -> Places? {
    switch address.kind {
    case .authorizer: authorizers[address.name]?.places
    case .tunnel: tunnels[address.name]?.places
    case .source: sources[address.name]?.places
    case .destination: destinations[address.name]?.places
    case .flow: flows[address.name]?.places
    }
  }
}
