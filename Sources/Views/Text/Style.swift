/// How text for people is drawn: decided once, at the edge, and handed to every view.
public struct Style: Hashable, Sendable {
  /// Whether ANSI escape sequences colour the text. Nothing is said by colour alone.
  public var colour: Bool
  /// The cells of a line: the terminal's columns, or what suits a log.
  public var width: Int

  /// Makes a style.
  public init(colour: Bool, width: Int) {
    self.colour = colour
    self.width = width
  }

  /// No colours, 100 cells: for logs and tests.
  public static let plain = Style(colour: false, width: 100)

  /// What a stretch of text means to the eye.
  public enum Paint: String, Hashable, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case blue = "34"
    case magenta = "35"
    case cyan = "36"
    case boldRed = "1;31"
    case boldYellow = "1;33"
  }

  /// `text` in `paint`, where there are colours; empty text stays empty.
  public func paint(_ text: String, _ paint: Paint?) -> String {
    guard colour, let paint, !text.isEmpty else { return text }
    return "\u{1b}[\(paint.rawValue)m\(text)\u{1b}[0m"
  }
}
