public import Diagnostics

/// Where a resource and its fields stand in the manifests.
public struct Places: Hashable, Sendable {
  /// The resource's key in its map.
  public var resource: Place
  /// The value of each field that is written, by its path: `table`, `columns.total.type`, `key[0]`.
  public var fields: FieldPlaces

  /// Makes places.
  public init(resource: Place, fields: FieldPlaces = FieldPlaces()) {
    self.resource = resource
    self.fields = fields
  }

  /// The place of the first of `paths` that is written; the resource's own where none is.
  public func place(of paths: String...) -> Place {
    for path in paths { if let place = fields[path] { return place } }
    return resource
  }
}

/// The places of fields, by their paths.
///
/// A list, as nearly all of them are never looked for: of ten thousand flows with their columns, tables of names take
/// more time and memory.
public struct FieldPlaces: Hashable, Sendable {
  private struct Written: Hashable {
    var path: String
    var place: Place
  }

  private var written: [Written] = []

  /// No places.
  public init() {}

  /// The paths of all values that are written.
  public var paths: [String] { written.map(\.path) }

  /// The place of the value at `path`, if one is written; the last one, where there are several.
  public subscript(path: String) -> Place? { written.last { $0.path == path }?.place }

  /// Adds the place of the value at `path`.
  public mutating func add(_ path: String, _ place: Place) { written.append(Written(path: path, place: place)) }

  /// Forgets the places of the values at `paths`.
  mutating func remove(_ paths: Set<String>) { written.removeAll { paths.contains($0.path) } }
}
