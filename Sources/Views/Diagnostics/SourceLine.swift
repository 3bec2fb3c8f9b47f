/// A line of a file as a terminal shows it, with the cells that each of its scalars takes.
struct SourceLine {
  /// A character of the line: what is drawn for it, and where.
  private struct Piece {
    var text: String
    /// Its scalars within the line, from 0.
    var scalars: Range<Int>
    /// Its cells within the line, from 0.
    var cells: Range<Int>
  }

  /// The columns after which a tab ends.
  private static let tabWidth = 4
  /// How much of a very long line is looked at, on either side of the place: more than any terminal is wide.
  private static let reach = 2000

  private var pieces: [Piece] = []
  /// Whether there is more of the line before and after the pieces.
  private var isCutAtStart = false
  private var isCutAtEnd = false
  /// The cells of the whole line, or of as much of it as is looked at.
  private(set) var width = 0

  /// Lays `line` out.
  ///
  /// - Parameter column: the scalar, from 0, around which a very long line is looked at.
  init(_ line: String, around column: Int) {
    var scalar = 0
    for character in line {
      let next = scalar + character.unicodeScalars.count
      defer { scalar = next }
      if next + Self.reach < column {
        isCutAtStart = true
        continue
      }
      if scalar > column + Self.reach {
        isCutAtEnd = true
        break
      }
      if character == "\r" || character == "\n" || character == "\r\n" { break }
      let text = shown(character)
      let end = width + text.displayWidth
      pieces.append(Piece(text: text, scalars: scalar..<next, cells: width..<end))
      width = end
    }
  }

  private func shown(_ character: Character) -> String {
    character == "\t"
      ? String(repeating: " ", count: Self.tabWidth - width % Self.tabWidth) : String(character).printable()
  }

  /// The cells under which carets for `scalars` stand: at least one, and at most one after the end of the line.
  func cells(of scalars: Range<Int>) -> Range<Int> {
    let start = pieces.first { $0.scalars.upperBound > scalars.lowerBound }?.cells.lowerBound ?? width
    let end = pieces.last { $0.scalars.lowerBound < scalars.upperBound }?.cells.upperBound ?? start
    return start..<max(end, start + 1)
  }

  /// What of the line is shown where only `room` cells are there for it: `…` stands for what is left out.
  ///
  /// - Returns: the text, and the cell of the line that its first cell shows.
  func excerpt(around place: Range<Int>, room: Int) -> (text: String, start: Int) {
    let room = max(room, 20)
    if !isCutAtStart, !isCutAtEnd, width <= room { return (text(of: 0..<width), 0) }
    // As near to the line's start as lets the whole place be seen, or at least half a screen of it.
    var start = 0
    if place.upperBound > room - 1, place.count < room / 2 || place.lowerBound > room / 2 {
      let context = max(4, (room - place.count) / 2)
      start = max(0, min(place.lowerBound - context, width - room + 1))
    }
    let leadingDots = start > 0 || isCutAtStart
    let trailingDots = isCutAtEnd || width - start > room
    let shown = (start + (leadingDots ? 1 : 0))..<max(start + 1, min(width, start + room - (trailingDots ? 1 : 0)))
    return ((leadingDots ? "…" : "") + text(of: shown) + (trailingDots ? "…" : ""), start)
  }

  /// The text of `cells`, with a space for the half of a wide character.
  private func text(of cells: Range<Int>) -> String {
    var text = ""
    for piece in pieces
    where piece.cells.overlaps(cells) || (piece.cells.isEmpty && cells.contains(piece.cells.lowerBound)) {
      if piece.cells.lowerBound >= cells.lowerBound, piece.cells.upperBound <= cells.upperBound {
        text += piece.text
      } else {
        text += String(repeating: " ", count: piece.cells.clamped(to: cells).count)
      }
    }
    return text
  }
}
