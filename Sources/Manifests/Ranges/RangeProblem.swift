internal import Diagnostics

/// What is wrong with an expression such as `{{7d1|Ymd}}`, or with a range.
public struct RangeProblem: Error, Hashable {
  /// The rest of a sentence that starts with what it is about.
  public var message: String
  /// Which part of the text it is about, in Unicode scalars.
  public var part: Range<Int>
  public var help: [String]

  init(_ message: String, at part: Range<Int>, help: [String] = []) {
    (self.message, self.part, self.help) = (message, part, help)
  }

  /// The code of all of them.
  static let code = "range-syntax"

  /// The same about a text in which the other starts at `offset`.
  func moved(by offset: Int) -> RangeProblem {
    var moved = self
    moved.part = part.lowerBound + offset..<part.upperBound + offset
    return moved
  }
}

extension RangeProblem {
  /// `text`, which should be a range, is none.
  ///
  /// - Parameter words: what is wanted besides a range.
  static func noRange(_ text: String, at part: Range<Int>, or words: String = "") -> RangeProblem {
    let message = "wants a range such as `7d1`\(words), found " + (text.isEmpty ? "nothing" : "`\(text)`")
    if text.wholeMatch(of: /[0-9]{1,6}[dwmy][0-9]{1,6}/) != nil, nearest(to: text) == nil {
      return RangeProblem(
        "has the range `\(text)`, and one goes back a hundred years at most", at: part, help: ["write a later start"])
    }
    let rule = "`7d1` is from seven days ago to one day ago, both included; the units are d, w, m, y"
    return RangeProblem(message, at: part, help: (nearest(to: text).map { ["did you mean `\($0)`?"] } ?? []) + [rule])
  }

  /// The range that was meant: ends that are swapped, a unit in upper case or by its name, one end alone, words.
  private static func nearest(to text: String) -> String? {
    let plain = text.lowercased().filter { !" -_".contains($0) }
    if let word = words[plain] { return word }
    let digits = plain.prefix { $0.isASCII && $0.isNumber }
    let name = plain.dropFirst(digits.count).prefix { $0.isLetter }
    let rest = plain.dropFirst(digits.count + name.count)
    guard let from = RelativeRange.number(digits), let unit = units[String(name)],
      let to = rest.isEmpty ? min(1, from) : RelativeRange.number(rest)
    else { return nil }
    return RelativeRange(from: max(from, to), unit, to: min(from, to))?.description
  }

  private static let words = [
    "today": "0d0", "yesterday": "1d1", "lastweek": "1w1", "lastmonth": "1m1", "lastyear": "1y1", "thisweek": "0w0",
    "thismonth": "0m0", "thisyear": "0y0",
  ]

  private static let units: [String: CalendarUnit] = [
    "d": .day, "day": .day, "days": .day, "w": .week, "week": .week, "weeks": .week, "m": .month, "month": .month,
    "months": .month, "y": .year, "year": .year, "years": .year,
  ]
}
