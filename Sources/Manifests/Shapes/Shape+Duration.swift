internal import JSON
internal import OrderedCollections
internal import YAML

extension Shape where Value == Duration {
  private static var words: String { "a duration such as `10s`, `5m`, `1h` or `2d`" }

  /// A number of seconds, minutes, hours or days.
  static let duration = Shape(words, schema: ["type": "string", "pattern": "^[0-9]{1,9}[smhd]$"]) { node, reading in
    guard let text = reading.text(node, wants: words) else { return nil }
    guard let duration = DurationText.duration(text) else {
      reading.complain(.wants(words, found: text), about: node)
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

  /// The one canonical spelling of a whole number of seconds: in the largest unit without a remainder.
  static func text(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    guard seconds != 0, let unit = units.first(where: { seconds % $0.seconds == 0 }) else { return "\(seconds)s" }
    return "\(seconds / unit.seconds)\(Unicode.Scalar(unit.letter))"
  }
}
