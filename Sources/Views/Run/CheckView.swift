internal import Diagnostics
public import Planning

/// Draws what `sluice check` found for people, a line an authorizer.
public struct CheckView {
  /// Colour and width.
  public var style: Style

  /// Makes a view.
  public init(style: Style) { self.style = style }

  /// The table, no newline at its end; the diagnostics are left to ``DiagnosticRenderer``.
  public func text(_ checks: [AuthorizerCheck]) -> String {
    var table = TextTable([.left, .left, .right, .left])
    table.indentation = 2
    table.gaps = [1, 4, 4]
    table.rows = checks.map { check in
      let failure = check.diagnostics.first { $0.severity == .error }?.message.printableLines.first
      return [
        check.status == .passed ? .passed : .failed, .init(check.name.printable()),
        .init("\(Numbers.fixed(check.milliseconds, digits: 1)) ms"),
        .init(check.server?.facts(host: check.host) ?? failure ?? "could not be reached"),
      ]
    }
    return ([style.paint("Authorizers", .bold)] + table.lines(style)).joined(separator: "\n")
  }
}
