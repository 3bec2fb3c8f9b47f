public import Diagnostics
public import Planning

/// All that a report tells of a project.
public struct ProjectReport: Sendable {
  /// All that it tells of a flow.
  public struct FlowReport: Sendable {
    public var name: String
    public var description: String?
    public var mode: String
    /// As it stands in SQL.
    public var table: String
    /// Names with types, in the table's order.
    public var columns: [(name: String, type: String)]
    /// Nothing where it was never applied, or its ledger cannot be read.
    public var status: FlowStatus?
    /// The newest first.
    public var history: [RecordedLoad]
    /// The live checks that failed, in words.
    public var failedChecks: [String]

    /// Makes one.
    public init(
      name: String, description: String?, mode: String, table: String, columns: [(name: String, type: String)],
      status: FlowStatus?, history: [RecordedLoad], failedChecks: [String]
    ) {
      self.name = name
      self.description = description
      self.mode = mode
      self.table = table
      self.columns = columns
      self.status = status
      self.history = history
      self.failedChecks = failedChecks
    }
  }

  public var project: String
  public var environment: String?
  /// When it was made: RFC 3339.
  public var made: String
  public var graph: ProjectGraph
  public var flows: [FlowReport]
  public var diagnostics: [Diagnostic]

  /// Makes a report.
  public init(
    project: String, environment: String?, made: String, graph: ProjectGraph, flows: [FlowReport],
    diagnostics: [Diagnostic]
  ) {
    self.project = project
    self.environment = environment
    self.made = made
    self.graph = graph
    self.flows = flows
    self.diagnostics = diagnostics
  }
}

extension ProjectReport {
  /// One HTML page with all of it: no script, nothing loaded from elsewhere.
  public func page() -> String {
    let place = environment.map { "\(project), \($0)" } ?? project
    let html: HTML = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
      <title>Sluice: \(place)</title><style>\(Self.style)\(ProjectGraph.style)\(LoadChart.style)</style></head><body>
      <header><h1>\(place)</h1><p>\(counts) · made \(made)</p></header>
      \(problems)<section><h2>Graph</h2><div class="scroll">\(graph.drawing(isAlone: false))</div></section>
      <section><h2>Flows</h2><div class="flows">\(flows.map(card))</div></section>
      </body></html>

      """
    return html.text
  }

  private var counts: String {
    let words = FlowStatus.Word.allCases.compactMap { word -> String? in
      let count = flows.count { $0.status?.word == word }
      return count == 0 ? nil : "\(Numbers.grouped(count)) \(word.rawValue)"
    }
    let never = flows.count { $0.status == nil }
    return (words + (never == 0 ? [] : ["\(Numbers.grouped(never)) not applied"])).joined(separator: ", ")
  }

  private var problems: HTML {
    guard !diagnostics.isEmpty else { return "" }
    let items = diagnostics.map { diagnostic -> HTML in
      let place = diagnostic.place.map { "\($0.file):\($0.line)" } ?? ""
      return """
        <li class="\(diagnostic.severity.rawValue)"><code>\(diagnostic.code)</code> \(diagnostic.message) \
        <small>\(place)</small></li>

        """
    }
    return "<section><h2>Problems</h2><ul>\(items)</ul></section>\n"
  }

  private func card(_ flow: FlowReport) -> HTML {
    let word = flow.status?.word.rawValue ?? "not applied"
    let columns = flow.columns.map { column -> HTML in "<tr><td>\(column.name)</td><td>\(column.type)</td></tr>" }
    let checks = flow.failedChecks.map { text -> HTML in "<li class=\"error\">\(text)</li>" }
    let description: HTML = flow.description.map { "<p>\($0)</p>" } ?? ""
    let failed: HTML = checks.isEmpty ? "" : "<ul>\(checks)</ul>"
    let chart: HTML = flow.history.isEmpty ? "" : LoadChart(loads: flow.history).html
    let table: HTML =
      columns.isEmpty
      ? "" : "<details><summary>\(columns.count) columns</summary><table>\(columns)</table></details>"
    return """
      <article><h3>\(flow.name) <span class="badge" data-status="\(word)">\(word)</span></h3>
      <p class="note">\(flow.mode) → <code>\(flow.table)</code></p>\(description)\(facts(flow))\(chart)\(failed)\(table)</article>

      """
  }

  private func facts(_ flow: FlowReport) -> HTML {
    var facts: [(String, String)] = []
    if let load = flow.status?.lastSuccess {
      let rows = Numbers.grouped(load.counts.inserted + load.counts.updated + load.counts.deleted)
      let days = load.range.map { ", days \($0)" } ?? ""
      facts.append(
        (
          "Last success",
          "\(load.finished) on \(load.host), \(rows) rows, \(Numbers.fixed(load.seconds, digits: 2)) s\(days)"
        ))
    }
    if let load = flow.status?.lastFailure {
      facts.append(("Last failure", "\(load.finished) on \(load.host): \(load.message ?? "")"))
    }
    if let load = flow.history.first, !load.brokenRules.isEmpty {
      facts.append(("Rules that did not hold", load.brokenRules.joined(separator: ", ")))
    }
    if let next = flow.status?.nextRun { facts.append(("Next run", next)) }
    if let paused = flow.status?.paused { facts.append(("Paused", StatusView.pause(paused))) }
    if let late = flow.status?.late { facts.append(("Late by", Numbers.duration(seconds: late))) }
    let items = facts.map { name, value -> HTML in "<dt>\(name)</dt><dd>\(value)</dd>" }
    return items.isEmpty ? "" : "<dl>\(items)</dl>"
  }

  private static let style: HTML = """
    :root{color-scheme:light}*{box-sizing:border-box}\
    body{font:15px/1.45 system-ui,sans-serif;margin:0 auto;max-width:1100px;padding:16px;color:#1b2733;background:#f6f8fa}\
    h1{font-size:22px;margin:8px 0 0}h2{font-size:17px;margin:24px 0 8px}h3{font-size:15px;margin:0 0 4px}\
    header p,.note,small,dt{color:#5c6b7a}.scroll{overflow-x:auto;background:#fff;border:1px solid #d8dee5;border-radius:8px}\
    .flows{display:grid;gap:12px;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr))}\
    article{background:#fff;border:1px solid #d8dee5;border-radius:8px;padding:12px;overflow:hidden;overflow-wrap:anywhere}\
    article p{margin:0 0 6px}dl{margin:0 0 8px;display:grid;grid-template-columns:auto 1fr;gap:2px 10px}dd{margin:0}\
    .badge{font-size:12px;font-weight:600;padding:1px 8px;border-radius:9px;background:#dfe7ef}\
    .badge[data-status=live],.badge[data-status=running]{background:#d6efd5}.badge[data-status=broken]{background:#f6c9c9}\
    .badge[data-status=retrying],.badge[data-status=waiting]{background:#fbe6bf}\
    ul{padding-left:18px;margin:4px 0}.error{color:#a82424}.warning{color:#8a5a00}\
    table{border-collapse:collapse;width:100%;margin-top:6px}td{border-top:1px solid #e6ebf0;padding:2px 6px 2px 0}\
    summary{cursor:pointer;color:#3572b0}
    """
}
