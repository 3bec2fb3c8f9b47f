public import Catalog

/// A flow's steps as one statement: a SELECT over its inputs, each step a WITH of its own.
public struct Transformation: Sendable {
  /// The columns of its rows.
  public var columns: [TransformColumn]
  /// `WITH ... SELECT * FROM last`.
  public var statement: BoundSQL
  /// Values that are compared with, and the type that they must have.
  public var comparisons: [Comparison]
  /// Where each step's own text stands in the statement as it is sent, in characters from 1.
  private var spans: [(path: String, range: Range<Int>)]

  /// A value of a condition.
  public struct Comparison: Hashable, Sendable {
    public var value: String
    /// What it must be; nothing where it is a regular expression.
    public var type: String?
    /// Where it stands within the flow.
    public var path: String
  }

  init(columns: [TransformColumn], parts: [Part], last: Identifier, comparisons: [Comparison]) {
    self.columns = columns
    self.comparisons = comparisons
    statement = "WITH "
    spans = []
    for (index, part) in parts.enumerated() {
      if index > 0 { statement.append(",\n") }
      statement.append("\(identifier: part.name) AS (\n")
      let start = statement.sentLength() + 1
      statement.append(part.body)
      if let path = part.path { spans.append((path, start..<statement.sentLength() + 1)) }
      statement.append("\n)")
    }
    statement.append("\nSELECT * FROM \(identifier: last)")
  }

  /// One WITH.
  struct Part {
    var name: Identifier
    var body: BoundSQL
    /// The step that it is, or the text of its `sql`, within the flow; nothing for an input.
    var path: String?
  }

  /// The step that holds the character at `position` of the statement as it is sent, and the character's position in it.
  public func step(at position: Int) -> (path: String, position: Int)? {
    spans.first { $0.range.contains(position) }.map { ($0.path, position - $0.range.lowerBound + 1) }
  }
}
