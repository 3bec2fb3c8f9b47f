/// A column of what a step reads or makes.
public struct TransformColumn: Hashable, Sendable {
  public var name: String
  /// As `format_type` writes it.
  public var type: String

  /// Makes a column.
  public init(name: String, type: String) {
    self.name = name
    self.type = type
  }

  /// The type without its modifier: `numeric` of `numeric(12,2)`.
  var bareType: String {
    guard let open = type.firstIndex(of: "("), let close = type.lastIndex(of: ")") else { return type }
    return String(type[..<open] + type[type.index(after: close)...])
  }
}

/// Rows that steps read: a source's, under the name that steps call it by.
public struct TransformInput: Hashable, Sendable {
  public var name: String
  public var columns: [TransformColumn]

  /// Makes an input.
  public init(name: String, columns: [TransformColumn]) {
    self.name = name
    self.columns = columns
  }
}
