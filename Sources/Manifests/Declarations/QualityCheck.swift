internal import Diagnostics

/// Looks at a flow's rules side by side, and beside the flow.
enum QualityCheck {
  static func check(_ flow: Flow, _ given: Given, _ reading: inout Reading) {
    guard !flow.quality.isEmpty, !given.isBroken("quality") else { return }
    if flow.writeMode == .delete, !given.isBroken("writeMode") {
      reading.refuse(
        "quality", "`quality` is about rows that are written, and `writeMode: delete` writes none",
        help: ["remove `quality`"], because: "writeMode")
      return
    }
    columns(flow, given, &reading)
    names(flow, &reading)
    for (index, rule) in flow.quality.enumerated() {
      guard let query = rule.query, let problem = SQLShape.problem(of: query) else { continue }
      guard let place = reading.place(of: "quality[\(index)].query") else { continue }
      reading.report(Diagnostic(.error, "sql-step", problem, at: place))
    }
  }

  private static func columns(_ flow: Flow, _ given: Given, _ reading: inout Reading) {
    guard let list = flow.columns, !list.takesRest, !given.isBroken("columns") else { return }
    let names = list.columns.map(\.name)
    for (index, rule) in flow.quality.enumerated() {
      guard let column = rule.column, !names.contains(column) else { continue }
      guard let place = reading.place(of: "quality[\(index)].column") else { continue }
      reading.report(
        Diagnostic(
          .error, "unknown-column", "`quality` names `\(column)`, which is no column of the table", at: place,
          help: suggestions(for: column, in: names, called: "columns"),
          related: reading.place(of: "columns").map { [RelatedPlace("all columns of the table", at: $0)] } ?? []))
    }
  }

  /// What is found is told by the rule's name.
  private static func names(_ flow: Flow, _ reading: inout Reading) {
    var seen: Set<String> = []
    for (index, rule) in flow.quality.enumerated() where !seen.insert(rule.words).inserted {
      let path = rule.name == nil ? "quality[\(index)].rule" : "quality[\(index)].name"
      guard let place = reading.place(of: path) else { continue }
      reading.report(
        Diagnostic(
          .error, "duplicate-name", "another rule of this flow is called `\(rule.words)`", at: place,
          help: ["give it a name of its own: `name: \(WrittenValue.text(rule.words + " 2"))`"]))
    }
  }
}
