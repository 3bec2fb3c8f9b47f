internal import Catalog

/// A query in which `{{start}}` and `{{end}}` stand for the first and the last day of a range, as values of type `date`.
public struct QueryTemplate: Hashable, Sendable {
  /// A part of the query.
  public enum Piece: Hashable, Sendable {
    case text(String)
    /// The first day.
    case start
    /// The last day, which is a part of the range.
    case end
  }

  /// In order.
  public private(set) var pieces: [Piece] = []
  /// Where the first placeholder stands, in Unicode scalars; nothing where there is none.
  public private(set) var firstPlaceholder: Range<Int>?
  /// The length of each placeholder as written, in order.
  private var lengths: [Int] = []

  /// Reads a query.
  ///
  /// - Throws: what is wrong with its placeholders, and where.
  public init(_ text: String) throws(RangeProblem) {
    // Most have none, and a lexer is slow.
    guard text.utf8.contains(UInt8(ascii: "{")), text.contains("{{") else {
      pieces = [.text(text)]
      return
    }
    var done = text.startIndex
    var lexer = SQLLexer(text)
    while let token = lexer.next() {
      let found = text[lexer.start..<lexer.end]
      let position = text.unicodeScalars.distance(from: text.startIndex, to: lexer.start)
      switch token {
      case .placeholder:
        let part = position..<position + found.unicodeScalars.count
        let piece = try Self.placeholder(found, at: part)
        if done < lexer.start { pieces.append(.text(String(text[done..<lexer.start]))) }
        pieces.append(piece)
        lengths.append(part.count)
        firstPlaceholder = firstPlaceholder ?? part
        done = lexer.end
      case .string, .name: try Self.refuse(quoted: found, at: position)
      case .dot, .openParenthesis, .closeParenthesis, .semicolon, .other: break
      }
    }
    if done < text.endIndex { pieces.append(.text(String(text[done...]))) }
  }

  private static func placeholder(_ text: Substring, at part: Range<Int>) throws(RangeProblem) -> Piece {
    guard text.hasSuffix("}}") else {
      throw RangeProblem("has a `{{` without `}}` behind it", at: part, help: [help])
    }
    switch text.dropFirst(2).dropLast(2).filter({ $0 != " " }) {
    case "start": return .start
    case "end": return .end
    case let name:
      throw RangeProblem("has the placeholder `{{\(name)}}`, which stands for nothing", at: part, help: [help])
    }
  }

  /// A placeholder within quotes would be a part of a text, or of a name.
  private static func refuse(quoted text: Substring, at position: Int) throws(RangeProblem) {
    guard text.contains("{{"), let match = text.firstMatch(of: /\{\{ *(?:start|end) *\}\}/) else { return }
    let start = position + text.unicodeScalars.distance(from: text.startIndex, to: match.range.lowerBound)
    let word = String(match.output)
    throw RangeProblem(
      "has `\(word)` within quotes, and it stands for a value of type date",
      at: start..<start + word.unicodeScalars.count, help: ["write it without quotes, as in `day >= \(word)`"])
  }

  private static let help = "`{{start}}` and `{{end}}` stand for the first and the last day of the flow's `range:`"

  /// Whether there is a placeholder.
  public var hasPlaceholders: Bool { firstPlaceholder != nil }

  /// What stands for a placeholder where no range is known yet, as in a plan: of the same type, and the same text each day.
  private static let today = "CURRENT_DATE"

  /// The query as a plan looks at it.
  public var planned: String {
    pieces.reduce(into: "") { text, piece in
      if case .text(let part) = piece { text += part } else { text += Self.today }
    }
  }

  /// Where in the query as written that is which stands at `position` (in Unicode scalars, from 0) of `planned`.
  public func written(_ position: Int) -> Int {
    var (planned, written) = (0, 0)
    var lengths = lengths[...]
    for piece in pieces {
      let length: (planned: Int, written: Int)
      if case .text(let text) = piece {
        length = (text.unicodeScalars.count, text.unicodeScalars.count)
      } else {
        length = (Self.today.unicodeScalars.count, lengths.popFirst() ?? 0)
      }
      if position < planned + length.planned { return written + min(position - planned, length.written - 1) }
      planned += length.planned
      written += length.written
    }
    return written + position - planned
  }
}

extension PostgresSource {
  /// Its query with what it holds of days; nothing where it holds none.
  public var template: QueryTemplate? {
    guard let query, let template = try? QueryTemplate(query), template.hasPlaceholders else { return nil }
    return template
  }
}
