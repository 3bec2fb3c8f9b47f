internal import JSON
internal import OrderedCollections
internal import YAML

extension Shape where Value == Duration {
  private static var words: String { "a duration such as `10s`, `5m`, `1h` or `2d`" }

  /// A number of seconds, minutes, hours or days.
  static let duration = Shape(words, schema: ["type": "string", "pattern": "^[0-9]{1,9}[smhd]$"]) { node, reading in
    guard let text = reading.text(node, wants: words) else { return nil }
    guard let duration = DurationText.duration(text) else {
      reading.complain(.wants(words, found: text, meant: DurationText.nearest(to: text)), about: node)
      return nil
    }
    return duration
  } write: {
    .string(DurationText.text($0))
  }
}

/// Durations as manifests spell them.
public enum DurationText {
  private static let units: [(letter: UInt8, seconds: Int64)] = [
    (UInt8(ascii: "d"), 86_400), (UInt8(ascii: "h"), 3_600), (UInt8(ascii: "m"), 60), (UInt8(ascii: "s"), 1),
  ]

  /// The duration that `text` spells: at most nine digits, and a unit.
  public static func duration(_ text: String) -> Duration? {
    let digits = text.utf8.dropLast()
    guard let unit = units.first(where: { $0.letter == text.utf8.last }), (1...9).contains(digits.count) else {
      return nil
    }
    guard digits.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text.dropLast()) else { return nil }
    return .seconds(number * unit.seconds)
  }

  /// The duration that was meant by `10 sec`, `10`, `5000ms`, `1h30m` or `PT30S`, as it is spelt here.
  static func nearest(to text: String) -> String? {
    var rest = text.lowercased().filter { !$0.isWhitespace }[...]
    if rest.hasPrefix("p") { rest = rest.dropFirst().drop { $0 == "t" } }
    var (milliseconds, count): (Int64, Int) = (0, 0)
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      rest = rest.dropFirst(digits.count)
      let word = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(word.count)
      guard let number = Int64(digits), number < 1_000_000_000, let unit = words[String(word)] else { return nil }
      milliseconds += number * unit
      count += 1
    }
    guard count > 0, milliseconds % 1_000 == 0 else { return nil }
    let spelt = self.text(.seconds(milliseconds / 1_000))
    return duration(spelt) == nil ? nil : spelt
  }

  /// Units as people write them, in milliseconds; a number without one is taken for seconds.
  private static let words: [String: Int64] = {
    let spellings: [(Int64, [String])] = [
      (1, ["ms", "msec", "millisecond", "milliseconds"]), (1_000, ["", "s", "sec", "secs", "second", "seconds"]),
      (60_000, ["m", "min", "mins", "minute", "minutes"]), (3_600_000, ["h", "hr", "hrs", "hour", "hours"]),
      (86_400_000, ["d", "day", "days"]), (604_800_000, ["w", "week", "weeks"]),
    ]
    return Dictionary(uniqueKeysWithValues: spellings.flatMap { unit, words in words.map { ($0, unit) } })
  }()

  /// The one canonical spelling of a whole number of seconds: in the largest unit without a remainder.
  static func text(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    guard seconds != 0, let unit = units.first(where: { seconds % $0.seconds == 0 }) else { return "\(seconds)s" }
    return "\(seconds / unit.seconds)\(Unicode.Scalar(unit.letter))"
  }
}
