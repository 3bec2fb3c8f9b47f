/// A field of a source, as inference sees it.
public struct SourceField: Hashable, Sendable {
  /// Its name: a header's field, a key of inline rows, a query's column.
  public var name: String
  /// The PostgreSQL type that its values suggest, in `format_type`'s spelling.
  public var type: String
  /// Where the type comes from, for people: `header and first 10,000 rows of data/orders.csv`.
  public var origin: String
  /// Whether any value suggests the type.
  public var hasValues: Bool
  /// Another type that it has in another source of the same flow, and where that comes from.
  public var clash: Clash?

  /// A type that a field has elsewhere.
  public struct Clash: Hashable, Sendable {
    public var type: String
    public var origin: String
  }

  /// Makes a field.
  public init(name: String, type: String, origin: String, hasValues: Bool = true) {
    self.name = name
    self.type = type
    self.origin = origin
    self.hasValues = hasValues
  }
}

extension [SourceField] {
  /// Adds the fields of another source of the same flow: those that are new, and which types clash.
  public mutating func unite(with others: [SourceField]) {
    let known = Dictionary(zip(map(\.name), indices)) { first, _ in first }
    for other in others {
      guard let index = known[other.name] else {
        append(other)
        continue
      }
      if self[index].type == other.type || !other.hasValues { continue }
      if !self[index].hasValues {
        self[index] = other
      } else if self[index].clash == nil {
        self[index].clash = SourceField.Clash(type: other.type, origin: other.origin)
      }
    }
  }
}
