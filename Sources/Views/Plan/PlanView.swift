internal import Catalog
internal import Diagnostics
public import Planning

/// Draws a plan for people: what changes, what fails, and counts of all else.
public struct PlanView {
  /// Colour and width.
  public var style: Style

  /// Makes a view.
  public init(style: Style) { self.style = style }

  /// The plan as text, no newline at its end. Its diagnostics are left to ``DiagnosticRenderer``.
  public func text(_ plan: Plan) -> String {
    [authorizers(plan), steps(plan), remedies(plan), [nothingToDo(plan), summaryLine(plan.summary)].compactMap { $0 }]
      .filter { !$0.isEmpty }
      .map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n")
  }

  /// `Plan: 1 to create, 1 to update, 0 to delete, 1 blocked, 214 unchanged.`
  public func summaryLine(_ summary: [Step.Action: Int]) -> String {
    let counts = Step.Action.allCases.compactMap { action -> String? in
      let count = summary[action] ?? 0
      guard count > 0 || action.isAlwaysCounted else { return nil }
      let words = "\(Numbers.grouped(count)) \(action.countedAs)"
      return count == 0 ? words : style.paint(words, action.paint)
    }
    return "Plan: \(counts.joined(separator: ", "))."
  }

  private func nothingToDo(_ plan: Plan) -> String? {
    guard !plan.hasChanges, !plan.isBlocked else { return nil }
    if plan.actions.contains(.degraded) {
      return "Nothing to do, but what is marked with ! would fail as the databases are now."
    }
    return plan.authorizers.isEmpty
      ? "Nothing to do: the manifests say what was applied." : "Nothing to do: the databases are as the manifests say."
  }

  // MARK: Authorizers

  private func authorizers(_ plan: Plan) -> [String] {
    guard !plan.authorizers.isEmpty else { return [] }
    var table = TextTable([.left, .left, .left])
    table.indentation = 2
    table.gaps = [1, 4]
    table.rows = plan.authorizers.map { report in
      let name = TextTable.Cell(report.name.printable())
      guard let server = report.server else {
        return [.failed, name, .init(Self.failure(of: report.name, in: plan))]
      }
      return [.passed, name, .init(server.facts(host: report.host))]
    }
    return [style.paint("Authorizers", .bold)] + table.lines(style)
  }

  /// Why an authorizer was not reached, as its own step says it.
  private static func failure(of authorizer: String, in plan: Plan) -> String {
    let step = plan.steps.first { $0.address == "authorizer/\(authorizer)" }
    let check = step?.checks.first { $0.id == .connection && $0.status == .failed }
    return check?.message.printable() ?? "could not be reached"
  }

  // MARK: Steps

  private func steps(_ plan: Plan) -> [String] {
    let steps = plan.steps.indices.filter { plan.steps[$0].action != .unchanged }.map { plan.steps[$0] }
    let width = min(steps.map(\.address.displayWidth).max() ?? 0, 40)
    let view = StepView(style: style, addressWidth: max(width, 23))
    return steps.flatMap { view.lines($0) }
  }

  // MARK: Remedies

  private func remedies(_ plan: Plan) -> [String] {
    let remedies = plan.remedies
    let severalAuthorizers = Set(remedies.map(\.authorizer)).count > 1
    return remedies.enumerated().flatMap { index, remedy in
      let executor = remedy.executor.printable() + (severalAuthorizers ? " (authorizer \(remedy.authorizer))" : "")
      return (index > 0 ? [""] : []) + [style.paint("To unblock, for \(executor):", .bold)]
        + remedy.statements.flatMap(\.printableLines).map { $0.isEmpty ? "" : "  " + $0 }
    }
  }
}

extension Server {
  /// `PostgreSQL 15.18 at db.example.com, TLS 1.3, certificate verified, role loader`.
  func facts(host: String?) -> String {
    var facts = "PostgreSQL \(version)"
    if let host { facts += " at \(host)" }
    facts += ", " + encryption
    facts += ", role \(role.name)"
    if isInRecovery { facts += ", standby" } else if isReadOnly { facts += ", read-only" }
    return facts.printable()
  }
}

extension Server {
  /// `TLS 1.3, certificate not verified`.
  var encryption: String {
    guard let tls else { return "not encrypted" }
    return tls.replacing("TLSv", with: "TLS ") + ", certificate \(isCertificateVerified ? "" : "not ")verified"
  }
}
