/// One entry of a manifest's map: what it says, and where.
///
/// A copy is one reference, as ten thousand of them go from file to project to plan; to change one copies it whole.
public struct Resource<Spec: Equatable & Sendable>: Sendable {
  @usableFromInline final class Content: Sendable {
    @usableFromInline let name: String
    @usableFromInline let spec: Spec
    @usableFromInline let metadata: Metadata
    @usableFromInline let places: Places

    @usableFromInline init(_ name: String, _ spec: Spec, _ metadata: Metadata, _ places: Places) {
      self.name = name
      self.spec = spec
      self.metadata = metadata
      self.places = places
    }
  }

  @usableFromInline var content: Content

  /// Makes a resource.
  @inlinable public init(name: String, spec: Spec, metadata: Metadata = Metadata(), places: Places) {
    content = Content(name, spec, metadata, places)
  }

  /// Its name within its kind.
  @inlinable public var name: String {
    get { content.name }
    set { content = Content(newValue, spec, metadata, places) }
  }

  /// What its fields say, with defaults filled in and paths relative to the project.
  @inlinable public var spec: Spec {
    get { content.spec }
    set { content = Content(name, newValue, metadata, places) }
  }

  /// The fields that every kind has.
  @inlinable public var metadata: Metadata {
    get { content.metadata }
    set { content = Content(name, spec, newValue, places) }
  }

  /// Where it stands.
  @inlinable public var places: Places {
    get { content.places }
    set { content = Content(name, spec, metadata, newValue) }
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
