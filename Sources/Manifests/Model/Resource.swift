public import Diagnostics

/// One entry of a manifest's map: what it says, and where.
public struct Resource<Spec: Equatable & Sendable>: Sendable {
  /// Its name within its kind.
  public var name: String
  /// What its fields say, with defaults filled in and paths relative to the project.
  public var spec: Spec
  /// The fields that every kind has.
  public var metadata: Metadata
  /// Where it stands.
  public var places: Places

  /// Makes a resource.
  public init(name: String, spec: Spec, metadata: Metadata = Metadata(), places: Places) {
    self.name = name
    self.spec = spec
    self.metadata = metadata
    self.places = places
  }
}

/// The fields that every kind has.
public struct Metadata: Equatable, Sendable {
  /// What it is for, in the owner's words.
  public var description: String?
  /// Free labels to select by.
  public var labels: [String: String]
  /// Whether it may not be deleted.
  public var protect: Bool
  /// The name that it had before.
  public var renamedFrom: String?

  /// Makes them; nothing is set unless said.
  public init(
    description: String? = nil, labels: [String: String] = [:], protect: Bool = false, renamedFrom: String? = nil
  ) {
    self.description = description
    self.labels = labels
    self.protect = protect
    self.renamedFrom = renamedFrom
  }
}

/// Where a resource and its fields stand in the manifests.
public struct Places: Hashable, Sendable {
  /// The resource's key in its map.
  public var resource: Place
  /// The value of each field that is written, by its path: `table`, `columns.total.type`, `key[0]`.
  public var fields: [String: Place]

  /// Makes places.
  public init(resource: Place, fields: [String: Place] = [:]) {
    self.resource = resource
    self.fields = fields
  }

  /// The place of the first of `paths` that is written; the resource's own where none is.
  public func place(of paths: String...) -> Place {
    for path in paths { if let place = fields[path] { return place } }
    return resource
  }
}
