/// A field of a source, as inference sees it.
public struct SourceField: Hashable, Sendable {
  /// Its name: a header's field, a key of inline rows, a query's column.
  public var name: String
  /// The PostgreSQL type that its values suggest, in `format_type`'s spelling.
  public var type: String
  /// Where the type comes from, for people: `header and first 10,000 rows of data/orders.csv`.
  public var origin: String

  /// Makes a field.
  public init(name: String, type: String, origin: String) {
    self.name = name
    self.type = type
    self.origin = origin
  }
}
