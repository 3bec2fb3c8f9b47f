/// The five kinds of resource. The raw value is the first half of an address.
public enum Kind: String, Hashable, Sendable, CaseIterable, Comparable {
  case authorizer, tunnel, source, destination, flow

  /// The manifest's map of this kind: `flows`.
  public var mapName: String { rawValue + "s" }

  /// In the order in which one may need another: authorizers' tunnels first, flows last.
  public static func < (left: Kind, right: Kind) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .tunnel: 0
    case .authorizer: 1
    case .source: 2
    case .destination: 3
    case .flow: 4
    }
  }
}

/// A resource's name within its project: `flow/orders`.
public struct Address: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The kind.
  public var kind: Kind
  /// The name within the kind.
  public var name: String

  /// Makes `kind/name`.
  public init(_ kind: Kind, _ name: String) {
    self.kind = kind
    self.name = name
  }

  /// Reads `kind/name`; nothing where it is not one.
  public init?(_ text: String) {
    guard let slash = text.firstIndex(of: "/"), let kind = Kind(rawValue: String(text[..<slash])) else { return nil }
    let name = String(text[text.index(after: slash)...])
    guard !name.isEmpty else { return nil }
    self.init(kind, name)
  }

  /// Whether a manifest may hold the name.
  public var isValid: Bool { ResourceName.isValid(name) }

  /// `kind/name`.
  public var description: String { "\(kind.rawValue)/\(name)" }

  /// By kind, then name.
  public static func < (left: Address, right: Address) -> Bool {
    (left.kind, left.name) < (right.kind, right.name)
  }
}
