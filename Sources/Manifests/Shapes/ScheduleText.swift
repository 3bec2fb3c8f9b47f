internal import JSON
internal import OrderedCollections

/// The form of `schedule:`.
enum ScheduleText {
  static let words = "five cron fields, such as `0 6 * * *`, or day, week, month"
  /// The form without the fields' ranges, as a regular expression.
  static let pattern = "^(day|week|month|[0-9A-Za-z*,/-]+( +[0-9A-Za-z*,/-]+){4})$"

  private struct Field {
    var name: String
    var range: ClosedRange<Int>
    var names: [String] = []
  }

  private static let fields = [
    Field(name: "minute", range: 0...59), Field(name: "hour", range: 0...23),
    Field(name: "day of the month", range: 1...31),
    Field(
      name: "month", range: 1...12,
      names: ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
    Field(name: "day of the week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
  ]

  static func problem(of text: String) -> Complaint? {
    if ["day", "week", "month"].contains(text) { return nil }
    let parts = text.split(separator: " ")
    guard parts.count == fields.count, !text.hasPrefix(" "), !text.hasSuffix(" ") else {
      return .wants(words, found: text)
    }
    for (part, field) in zip(parts, fields) where !isValid(part, field) {
      return Complaint(
        "has `\(part)` for the \(field.name), which is \(field.range.lowerBound) to \(field.range.upperBound)",
        help: ["a field is `*`, a number, a range `1-5`, any of them with a step `*/15`, or a list of these `1,15`"])
    }
    return nil
  }

  /// A list of `*`, a number, a range, each with or without a step.
  private static func isValid(_ text: Substring, _ field: Field) -> Bool {
    text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { item in
      let halves = item.split(separator: "/", omittingEmptySubsequences: false)
      guard halves.count <= 2 else { return false }
      if halves.count == 2 {
        guard let step = number(halves[1]), step > 0, halves[0] == "*" || halves[0].contains("-") else { return false }
      }
      if halves[0] == "*" { return true }
      let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false).map { value($0, field) }
      switch ends.count {
      case 1: return ends[0] != nil
      case 2: return ends[0].flatMap { low in ends[1].map { low <= $0 } } ?? false
      default: return false
      }
    }
  }

  private static func value(_ text: Substring, _ field: Field) -> Int? {
    if let position = field.names.firstIndex(of: text.lowercased()), !text.isEmpty { return position }
    return number(text).flatMap { field.range.contains($0) ? $0 : nil }
  }

  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }
}

extension Shape where Value == String {
  /// A schedule.
  static let schedule = text(
    ScheduleText.words, schema: ["type": "string", "pattern": .string(ScheduleText.pattern)],
    problem: ScheduleText.problem)
}
