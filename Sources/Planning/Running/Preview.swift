internal import Manifests
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
  /// What the flow's rules found in all rows of the source; nothing where they were not asked.
  public var quality: [RuleResult]?

  /// Whether a load would be blocked by a rule.
  public var isBlocked: Bool { quality?.contains { !$0.holds && $0.action == .block } ?? false }

  /// The same of a flow that has no rules to be asked.
  public var withoutRules: Preview {
    var preview = self
    preview.quality = []
    return preview
  }

  /// Makes a preview.
  public init(flow: String, columns: [(name: String, type: String)], rows: [[JSONValue]], rejected: [Diagnostic]) {
    self.flow = flow
    self.columns = columns
    self.rows = rows
    self.rejected = rejected
  }
}
