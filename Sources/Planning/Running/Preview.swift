public import Diagnostics
public import JSON

/// The first rows of a flow, as its table would hold them.
public struct Preview: Sendable {
  /// The flow's name.
  public var flow: String
  /// Name and type of each column, in order.
  public var columns: [(name: String, type: String)]
  /// A value for each column of each row.
  public var rows: [[JSONValue]]
  /// Rows that would be kept out, or would fail the load.
  public var rejected: [Diagnostic]

  /// Makes a preview.
  public init(flow: String, columns: [(name: String, type: String)], rows: [[JSONValue]], rejected: [Diagnostic]) {
    self.flow = flow
    self.columns = columns
    self.rows = rows
    self.rejected = rejected
  }
}
