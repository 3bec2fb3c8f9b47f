/// Rows of cells drawn below one another, as wide as their widest cell.
struct TextTable {
  /// The text of a cell, without colour, and its paint.
  struct Cell {
    var text: String
    var paint: Style.Paint?

    init(_ text: String, _ paint: Style.Paint? = nil) {
      self.text = text
      self.paint = paint
    }

    static let passed = Cell("✓", .green)
    static let failed = Cell("✗", .boldRed)
    static let left = Cell("–", .dim)
    static let waiting = Cell("…", .yellow)
  }

  enum Alignment { case left, right }

  /// One a column; columns beyond are aligned left.
  var alignments: [Alignment]
  var rows: [[Cell]] = []
  /// Spaces before each row.
  var indentation = 0
  /// Spaces after each column; two where nothing is said.
  var gaps: [Int] = []

  init(_ alignments: [Alignment]) { self.alignments = alignments }

  /// The width of each column: that of its widest cell.
  var widths: [Int] {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.text.displayWidth)
      }
    }
    return widths
  }

  /// The rows as lines, no space at their ends.
  func lines(_ style: Style) -> [String] {
    let widths = widths
    return rows.map { row in
      var line = String(repeating: " ", count: indentation)
      var pending = 0  // Spaces that are drawn only when something follows.
      for (column, cell) in row.enumerated() {
        let room = widths[column] - cell.text.displayWidth
        let isRight = column < alignments.count && alignments[column] == .right
        if isRight { pending += room }
        if !cell.text.isEmpty {
          line += String(repeating: " ", count: pending) + style.paint(cell.text, cell.paint)
          pending = 0
        }
        pending += (isRight ? 0 : room) + (column < gaps.count ? gaps[column] : 2)
      }
      return line
    }
  }
}
