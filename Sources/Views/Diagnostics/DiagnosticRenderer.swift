public import Diagnostics

/// Draws diagnostics for people, like a good compiler: the source line, and carets under the very value.
public struct DiagnosticRenderer {
  /// Colour and width.
  public var style: Style
  /// The lines of a file by the path that a place has, without their ends; nothing where it cannot be read.
  public var source: (String) -> [String]?

  /// Makes a renderer; `source` may be asked for the same file many times.
  public init(style: Style, source: @escaping (String) -> [String]?) {
    self.style = style
    self.source = source
  }

  /// The diagnostics in the order given, an empty line between two, no newline at the end.
  public func text(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map { text($0) }.joined(separator: "\n\n")
  }

  /// One diagnostic, without a newline at its end.
  public func text(_ diagnostic: Diagnostic) -> String {
    let places = [diagnostic.place].compactMap { $0 } + diagnostic.related.map(\.place)
    let gutter = String(places.map(\.line).max() ?? 0).count
    let paint: Style.Paint = diagnostic.severity == .error ? .boldRed : .boldYellow

    var lines = header(of: diagnostic, paint)
    if let place = diagnostic.place {
      let mark = Mark(symbol: "^", paint: paint, label: diagnostic.label)
      lines += excerpt(of: place, mark, gutter: gutter)
    }
    for related in diagnostic.related {
      let mark = Mark(symbol: "-", paint: .blue, label: related.message)
      lines += excerpt(of: related.place, mark, gutter: gutter)
    }
    for hint in diagnostic.help { lines += help(hint, gutter: gutter) }
    return lines.joined(separator: "\n")
  }

  private func header(of diagnostic: Diagnostic, _ paint: Style.Paint) -> [String] {
    let title = style.paint("\(diagnostic.severity.rawValue)[\(diagnostic.code.printable())]", paint)
    let message = diagnostic.message.printableLines
    return [title + style.paint(": " + (message.first ?? ""), .bold)] + message.dropFirst().map { "  " + $0 }
  }

  // MARK: Help

  /// A hint behind `=`: its further lines stand below its first.
  private func help(_ hint: String, gutter: Int) -> [String] {
    let lead = String(repeating: " ", count: gutter + 1)
    let title = Self.hasTitle(hint) ? "" : "help: "
    let indentation = lead + "  " + String(repeating: " ", count: title.count)
    let lines = hint.printableLines
    return [lead + style.paint("= \(title)", .blue) + (lines.first ?? "")]
      + lines.dropFirst().map { $0.isEmpty ? "" : indentation + $0 }
  }

  /// Whether a hint names itself, with a few plain words and a colon: `schemas here: public, sales`.
  private static func hasTitle(_ hint: String) -> Bool {
    guard let colon = hint.firstIndex(of: ":"), hint[colon...].hasPrefix(": ") else { return false }
    let title = hint[..<colon]
    return title.split(separator: " ").count <= 4 && title.allSatisfy { $0.isLetter || $0 == " " }
  }

  // MARK: Places

  /// What stands under a place.
  private struct Mark {
    var symbol: Character
    var paint: Style.Paint
    var label: String?
  }

  private func excerpt(of place: Place, _ mark: Mark, gutter: Int) -> [String] {
    let lead = String(repeating: " ", count: gutter + 1)
    let bar = lead + style.paint("│", .blue) + " "
    let header = lead + style.paint("┌─", .blue) + " " + place.description.printable()
    guard let lines = source(place.file), lines.indices.contains(place.line - 1) else {
      return [header] + (mark.label.map { [bar + style.paint($0.printable(), mark.paint)] } ?? [])
    }
    let start = max(0, place.column - 1)
    let line = SourceLine(lines[place.line - 1], around: start)
    let goesOn = place.endLine > place.line
    let scalars = start..<max(start + 1, goesOn ? Int.max : place.endColumn - 1)
    let cells = line.cells(of: scalars)
    let room = style.width - gutter - 3
    let (text, offset) = line.excerpt(around: cells, room: room)
    let number = style.paint(String(place.line).paddedAtStart(to: gutter) + " │", .blue)
    return [header, text.isEmpty ? number : "\(number) \(text)"]
      + carets(from: cells.lowerBound - offset, count: cells.count, mark, goesOn: goesOn, room: max(room, 20)).map {
        bar + $0
      }
  }

  /// The carets with their label: beside them, or below where it does not fit.
  private func carets(from start: Int, count: Int, _ mark: Mark, goesOn: Bool, room: Int) -> [String] {
    let dots = goesOn ? "…" : ""
    let marks = String(repeating: mark.symbol, count: max(1, min(count, room - start - dots.count))) + dots
    let space = String(repeating: " ", count: start)
    guard let label = mark.label?.printable(), !label.isEmpty else { return [space + style.paint(marks, mark.paint)] }
    let width = label.displayWidth
    if start + marks.count + 1 + width <= room { return [space + style.paint("\(marks) \(label)", mark.paint)] }
    let indentation = String(repeating: " ", count: max(0, min(start, room - width)))
    return [space + style.paint(marks, mark.paint), indentation + style.paint(label, mark.paint)]
  }
}
