internal import Diagnostics
internal import JSON
internal import Manifests
internal import OrderedCollections
public import Planning

/// Draws the first rows of a flow as a table.
public struct PreviewView {
  /// Colour and width.
  public var style: Style

  /// Makes a view.
  public init(style: Style) { self.style = style }

  /// The table, with a line of counts; no newline at its end. Long values are cut so that a row fits the width; columns
  /// that do not fit even so are counted. Rejected rows are left to ``DiagnosticRenderer``.
  public func text(_ preview: Preview) -> String {
    let widths = fitting(preview)
    var table = TextTable(widths.indices.map { isNumeric($0, in: preview) ? .right : .left })
    table.rows = [
      zip(preview.columns, widths).map { .init($0.name.printable().cut(to: $1), .bold) },
      zip(preview.columns, widths).map { .init($0.type.printable().cut(to: $1), .dim) },
    ]
    table.rows += preview.rows.map { row in zip(row, widths).map { cell($0, width: $1) } }
    return (table.lines(style) + ["", counts(preview, hidden: preview.columns.count - widths.count)])
      .joined(separator: "\n") + rules(preview)
  }

  /// A line for each rule, and the first rows that break it.
  private func rules(_ preview: Preview) -> String {
    guard let quality = preview.quality else { return "" }
    if quality.isEmpty { return "\n\nThe flow has no rules." }
    return "\n\n"
      + quality.flatMap { result -> [String] in
        if result.holds { return ["\(style.paint("✓", .green)) \(result.rule.printable())"] }
        let sign = result.action == .block ? style.paint("✗", .boldRed) : style.paint("!", .yellow)
        let samples = result.samples.map { sample in
          "    "
            + ((sample.place.map { "\($0): " } ?? "") + sample.row.text(.line)).printable().cut(
              to: max(style.width - 4, 20))
        }
        return ["\(sign) \(result.words.printable()): \(result.action.rawValue)"] + samples
      }.joined(separator: "\n")
  }

  private func counts(_ preview: Preview, hidden: Int) -> String {
    var counts = [Numbers.counted(preview.rows.count, "row")]
    if !preview.rejected.isEmpty {
      counts.append(style.paint("\(Numbers.grouped(preview.rejected.count)) rejected", .boldRed))
    }
    if hidden > 0 { counts.append("\(Numbers.counted(hidden, "column")) more than fit the width") }
    return counts.joined(separator: ", ")
  }

  private func cell(_ value: JSONValue, width: Int) -> TextTable.Cell {
    value == .null ? .init("∅", .dim) : .init(text(value, atMost: width).cut(to: width))
  }

  /// A value on one line; of a long text only as much as can be seen.
  private func text(_ value: JSONValue, atMost width: Int) -> String {
    switch value {
    case .null: "∅"
    case .string(let text): String(text.prefix(width + 1)).printable()
    default: value.text(.line).printable()
    }
  }

  private func isNumeric(_ column: Int, in preview: Preview) -> Bool {
    var found = false
    for row in preview.rows where column < row.count && row[column] != .null {
      guard case .number = row[column] else { return false }
      found = true
    }
    return found
  }

  // MARK: Widths

  /// No column is cut to fewer cells than this.
  private static let narrowest = 6

  /// The widths of as many columns as fit: each as wide as it needs to be, the widest cut until all fit.
  private func fitting(_ preview: Preview) -> [Int] {
    var widths = preview.columns.enumerated().map { index, column in
      let values = preview.rows.lazy.filter { index < $0.count }.map { text($0[index], atMost: style.width) }
      let widest = values.map(\.displayWidth).max() ?? 0
      return min(style.width, max(column.name.displayWidth, column.type.displayWidth, widest, 1))
    }
    func total(_ widths: [Int]) -> Int { widths.reduce(2 * max(0, widths.count - 1), +) }
    while widths.count > 1, total(widths.map { min($0, Self.narrowest) }) > style.width { widths.removeLast() }
    var most = widths.max() ?? 0
    while most > Self.narrowest, total(widths.map { min($0, most) }) > style.width { most -= 1 }
    return widths.map { min($0, most) }
  }
}
