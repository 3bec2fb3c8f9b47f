internal import Manifests
public import Planning

/// Draws for people what became of the loads of a run.
public struct RunView {
  /// Colour and width.
  public var style: Style

  /// Makes a view.
  public init(style: Style) { self.style = style }

  /// A table with a row for each load, and a last line of counts; no newline at its end. Errors are left to
  /// ``DiagnosticRenderer``. Of a backfill, windows that were loaded before are only counted.
  public func text(_ outcomes: [LoadOutcome]) -> String {
    guard !outcomes.isEmpty else { return "Nothing to run." }
    let columns = Self.columns.filter { column in
      column.isAlwaysShown || outcomes.contains { column.count($0.counts) != 0 }
    }
    let hasWindows = outcomes.contains { $0.window != nil }
    let shown = hasWindows ? outcomes.filter { $0.status != .skipped } : outcomes
    guard !shown.isEmpty else { return summaryLine(outcomes) }
    var table = TextTable(
      [.left, .left, .left] + (hasWindows ? [.left] : []) + columns.map { _ in .right } + [.right])
    table.gaps = [1]
    table.rows = [header(columns, hasWindows)] + shown.map { row($0, columns, hasWindows) }
    return (table.lines(style) + ["", summaryLine(outcomes)]).joined(separator: "\n")
  }

  /// `3 loaded, 1 failed, 2 empty.`
  public func summaryLine(_ outcomes: [LoadOutcome]) -> String {
    let counts = LoadOutcome.Status.allCases.compactMap { status -> String? in
      let count = outcomes.count { $0.status == status }
      guard count > 0 || status == .loaded else { return nil }
      return style.paint("\(Numbers.grouped(count)) \(status.rawValue)", count == 0 ? nil : status.paint)
    }
    return counts.joined(separator: ", ") + "."
  }

  // MARK: The table

  private struct Column {
    var title: String
    var isAlwaysShown: Bool
    var count: @Sendable (LoadCounts) -> Int
  }

  private static let columns = [
    Column(title: "read", isAlwaysShown: true) { $0.read },
    Column(title: "inserted", isAlwaysShown: true) { $0.inserted },
    Column(title: "updated", isAlwaysShown: true) { $0.updated },
    Column(title: "deleted", isAlwaysShown: true) { $0.deleted },
    Column(title: "unchanged", isAlwaysShown: false) { $0.unchanged },
    Column(title: "superseded", isAlwaysShown: false) { $0.superseded },
    Column(title: "rejected", isAlwaysShown: true) { $0.rejected },
  ]

  private func header(_ columns: [Column], _ hasWindows: Bool) -> [TextTable.Cell] {
    [.init("")]
      + (["flow", "mode"] + (hasWindows ? ["range"] : []) + columns.map(\.title) + ["seconds"]).map { .init($0, .dim) }
  }

  private func row(_ outcome: LoadOutcome, _ columns: [Column], _ hasWindows: Bool) -> [TextTable.Cell] {
    let counts = columns.map { column in
      // A skipped load counted nothing.
      outcome.status == .skipped || outcome.status == .waiting ? "" : Numbers.grouped(column.count(outcome.counts))
    }
    let seconds =
      outcome.status == .skipped || outcome.status == .waiting ? "" : Numbers.fixed(outcome.seconds, digits: 2)
    let sign: TextTable.Cell =
      switch outcome.status {
      case .loaded: .passed
      case .failed: .failed
      case .empty, .skipped: .left
      case .waiting: .waiting
      }
    return [sign, .init(outcome.flow.printable()), .init(outcome.mode.rawValue)]
      + ((hasWindows ? [outcome.range?.description ?? ""] : []) + counts + [seconds]).map { .init($0) }
  }
}

extension LoadOutcome.Status {
  var paint: Style.Paint {
    switch self {
    case .loaded: .green
    case .failed: .boldRed
    case .empty, .skipped: .dim
    case .waiting: .yellow
    }
  }
}
