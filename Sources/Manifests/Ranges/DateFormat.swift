/// How a day is written: letters that stand for its parts, and all else as it is.
///
/// `Y` is the year with four digits, `y` with two; `m` and `n` are the month and `d` and `j` the day of the month, with a
/// leading zero and without; `H`, `i` and `s` are hour, minute and second, which are 00 as a day starts. `\` takes the
/// meaning from the character behind it.
public struct DateFormat: Hashable, Sendable {
  private enum Piece: Hashable {
    case token(Unicode.Scalar)
    case text(String)
  }

  private var pieces: [Piece] = []

  /// `2024-02-29`.
  static let iso = DateFormat([.token("Y"), .text("-"), .token("m"), .text("-"), .token("d")])

  private init(_ pieces: [Piece]) { self.pieces = pieces }

  /// Reads a format.
  ///
  /// - Throws: what is wrong with it; its positions count from the format's start.
  init(_ text: some StringProtocol) throws(RangeProblem) {
    var rest = text.unicodeScalars.enumerated().makeIterator()
    while let (position, scalar) = rest.next() {
      switch scalar {
      case "Y", "y", "m", "n", "d", "j", "H", "i", "s":
        if pieces.last == .token(scalar) {
          throw RangeProblem(
            "has `\(scalar)` twice, and one letter stands for the whole of a part", at: position - 1..<position + 1,
            help: ["write `\(scalar)` once", Self.help])
        }
        pieces.append(.token(scalar))
      case "\\":
        guard let (_, escaped) = rest.next() else {
          throw RangeProblem(
            "has a `\\` with nothing behind it", at: position..<position + 1, help: [Self.help])
        }
        add(escaped)
      case let letter where letter.properties.isAlphabetic:
        throw RangeProblem(
          "has the letter `\(letter)`, which stands for no part of a day", at: position..<position + 1,
          help: Self.meant(by: letter) + [Self.help])
      default: add(scalar)
      }
    }
    guard pieces.contains(where: { if case .token = $0 { true } else { false } }) else {
      throw RangeProblem("has no letter that stands for a part of a day", at: 0..<text.count, help: [Self.help])
    }
  }

  private static let help =
    "`Y` `y` are the year, `m` `n` the month, `d` `j` the day, `H` `i` `s` the time; `\\` goes before any other letter"

  /// What was probably meant by a letter of strftime, or of Java's and ICU's patterns.
  private static func meant(by letter: Unicode.Scalar) -> [String] {
    let meant: [Unicode.Scalar: String] = ["D": "d", "M": "m", "h": "H", "S": "s", "e": "j", "u": "Y"]
    return meant[letter].map { ["did you mean `\($0)`?"] } ?? []
  }

  private mutating func add(_ scalar: Unicode.Scalar) {
    if case .text(let before) = pieces.last {
      pieces[pieces.count - 1] = .text(before + String(scalar))
    } else {
      pieces.append(.text(String(scalar)))
    }
  }

  /// A day, so written.
  public func text(of date: CivilDate) -> String {
    let (year, month, day) = date.parts
    return pieces.reduce(into: "") { text, piece in
      switch piece {
      case .text(let literal): text += literal
      case .token("Y"): text += Self.digits(year, 4)
      case .token("y"): text += Self.digits(year % 100, 2)
      case .token("m"): text += Self.digits(month, 2)
      case .token("n"): text += Self.digits(month, 1)
      case .token("d"): text += Self.digits(day, 2)
      case .token("j"): text += Self.digits(day, 1)
      case .token: text += "00"
      }
    }
  }

  /// A glob that fits whatever day.
  var glob: String {
    pieces.reduce(into: "") { text, piece in
      switch piece {
      case .text(let literal): text += literal
      case .token: text += "*"
      }
    }
  }

  private static func digits(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
