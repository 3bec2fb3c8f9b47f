/// Markup in which each interpolated text is escaped; there is no other way to put one in.
struct HTML: ExpressibleByStringInterpolation, Sendable {
  /// The markup.
  private(set) var text: String

  init(stringLiteral value: String) { text = value }

  init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ literal: String) { text += literal }

    /// Escapes `value`, in text and in quoted attributes.
    mutating func appendInterpolation(_ value: String) {
      for character in value.printable().unicodeScalars {
        switch character {
        case "&": text += "&amp;"
        case "<": text += "&lt;"
        case ">": text += "&gt;"
        case "\"": text += "&quot;"
        case "'": text += "&#39;"
        default: text.unicodeScalars.append(character)
        }
      }
    }

    mutating func appendInterpolation(_ value: Int) { text += String(value) }

    /// Puts markup in as it is.
    mutating func appendInterpolation(_ markup: HTML) { text += markup.text }

    /// Puts one behind the other.
    mutating func appendInterpolation(_ all: [HTML]) { for markup in all { text += markup.text } }
  }
}
