public import Catalog

/// The rows of a load that rules are asked about.
public struct RowsTable: Sendable {
  /// The columns of the table that they are meant for.
  public var columns: [TransformColumn]
  /// As it stands behind FROM: a table with these columns, or a query in parentheses.
  public var relation: BoundSQL

  /// Makes a table.
  public init(columns: [TransformColumn], relation: BoundSQL) {
    self.columns = columns
    self.relation = relation
  }

  /// One without rows, for a server that is to describe what rules ask.
  public static func empty(_ columns: [TransformColumn]) -> RowsTable {
    let input = TransformInput(name: "", columns: columns)
    return RowsTable(columns: columns, relation: "(\(sql: TransformCompiler.emptyRelation(input)))")
  }
}
