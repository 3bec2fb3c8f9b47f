public import Diagnostics
public import Planning

/// Markdown for a comment on a pull request.
///
/// What manifests and servers say stands in fenced blocks alone, so that no name becomes a link, a mention or markup.
public struct MarkdownView {
  /// Draws the diagnostics; its colours are not used.
  private let renderer: DiagnosticRenderer

  /// Makes a view; `source` is that of ``DiagnosticRenderer``.
  public init(source: @escaping (String) -> [String]?) {
    renderer = DiagnosticRenderer(style: .plain, source: source)
  }

  /// A plan: its counts, its steps, the SQL that apply would run, and its diagnostics.
  public func text(_ plan: Plan) -> String {
    let view = PlanView(style: .plain)
    var parts = ["**\(view.summaryLine(plan.summary))**"]
    if plan.hasChanges || plan.isBlocked { parts.append(Self.fenced(view.text(plan), "text")) }
    let statements = plan.steps.filter { $0.action.isChange }.flatMap(\.statements)
    if !statements.isEmpty { parts.append(Self.folded("SQL", Self.fenced(statements.joined(separator: "\n"), "sql"))) }
    return (parts + diagnostics(plan.diagnostics)).joined(separator: "\n\n")
  }

  /// A validation: what is wrong, and counts.
  public func text(_ diagnostics: [Diagnostic], files: Int?) -> String {
    let line = renderer.style.summaryLine(of: diagnostics, files: files)
    return (["**\(line)**"] + self.diagnostics(diagnostics)).joined(separator: "\n\n")
  }

  private func diagnostics(_ diagnostics: [Diagnostic]) -> [String] {
    diagnostics.isEmpty ? [] : [Self.fenced(renderer.text(diagnostics), "text")]
  }

  private static func folded(_ title: String, _ text: String) -> String {
    "<details><summary>\(title)</summary>\n\n\(text)\n\n</details>"
  }

  /// A block that nothing in `text` can end: its fence is longer than any run of backticks there.
  private static func fenced(_ text: String, _ language: String) -> String {
    let longest = text.split { $0 != "`" }.map(\.count).max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)\(language)\n\(text.printable(keepingNewlines: true))\n\(fence)"
  }
}
