internal import Diagnostics
public import Planning

/// Draws what `sluice check` found for people: a line an authorizer and a tunnel, and their steps.
public struct CheckView {
  /// Colour and width.
  public var style: Style
  /// Whether the steps of those that passed are shown too.
  public var isVerbose: Bool

  /// Makes a view.
  public init(style: Style, isVerbose: Bool = false) {
    self.style = style
    self.isVerbose = isVerbose
  }

  /// The tables, no newline at the end; the diagnostics are left to ``DiagnosticRenderer``.
  public func text(_ checks: [AuthorizerCheck], tunnels: [TunnelCheck] = []) -> String {
    let authorizers = checks.map { check in
      Entry(
        name: check.name, status: check.status, milliseconds: check.milliseconds, steps: check.steps,
        words: check.server?.facts(host: check.host) ?? Self.failure(check.diagnostics, of: "authorizer \(check.name)")
          ?? "could not be reached")
    }
    let others = tunnels.map { check in
      Entry(
        name: check.name, status: check.status, milliseconds: check.milliseconds, steps: check.steps,
        words: Self.failure(check.diagnostics, of: "tunnel \(check.name)")
          ?? (check.status == .passed ? "open" : "could not be opened"))
    }
    return [table("Tunnels", others), table("Authorizers", authorizers)].filter { !$0.isEmpty }
      .joined(separator: "\n\n")
  }

  private struct Entry {
    var name: String
    var status: Check.Status
    var milliseconds: Double
    var steps: [CheckStep]
    var words: String
  }

  /// The first error, without the name that stands beside it.
  private static func failure(_ diagnostics: [Diagnostic], of subject: String) -> String? {
    let message = diagnostics.first { $0.severity == .error }?.message.printableLines.first
    return message.map { $0.hasPrefix("\(subject): ") ? String($0.dropFirst(subject.count + 2)) : $0 }
  }

  private func table(_ title: String, _ entries: [Entry]) -> String {
    if entries.isEmpty { return "" }
    var table = TextTable([.left, .left, .right, .left])
    table.indentation = 2
    table.gaps = [1, 4, 4]
    table.rows = entries.map { entry in
      [
        Self.mark(entry.status), .init(entry.name.printable()), .init(Self.time(entry.milliseconds)),
        .init(entry.words),
      ]
    }
    let lines = zip(table.lines(style), entries).flatMap { line, entry in
      [line] + (isVerbose || entry.status == .failed ? steps(entry.steps) : [])
    }
    return ([style.paint(title, .bold)] + lines).joined(separator: "\n")
  }

  private func steps(_ steps: [CheckStep]) -> [String] {
    var table = TextTable([.left, .left, .right, .left])
    table.indentation = 6
    table.gaps = [1, 2, 2]
    table.rows = steps.map { step in
      [
        Self.mark(step.status), .init(step.id.rawValue), .init(step.milliseconds.map(Self.time) ?? ""),
        .init(step.message.printable()),
      ]
    }
    return table.lines(style)
  }

  private static func mark(_ status: Check.Status) -> TextTable.Cell {
    switch status {
    case .passed: .passed
    case .failed: .failed
    case .skipped: .left
    }
  }

  private static func time(_ milliseconds: Double) -> String { "\(Numbers.fixed(milliseconds, digits: 1)) ms" }
}
