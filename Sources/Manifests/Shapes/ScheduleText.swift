internal import JSON
internal import OrderedCollections

/// The form of `schedule:`.
enum ScheduleText {
  static let words = "five cron fields, such as `0 6 * * *`, or day, week, month"
  /// The form without the fields' ranges, as a regular expression.
  static let pattern = "^(day|week|month|[0-9A-Za-z*,/-]+( +[0-9A-Za-z*,/-]+){4})$"

  static func problem(of text: String) -> Complaint? {
    if ["day", "week", "month"].contains(text) { return nil }
    let parts = text.split(separator: " ")
    guard parts.count == CronField.all.count, !text.hasPrefix(" "), !text.hasSuffix(" ") else {
      return .wants(words, found: text, instead: nearest(to: text).map { WrittenValue.text($0) })
    }
    for (part, field) in zip(parts, CronField.all) where field.set(of: part) == nil {
      return Complaint(
        "has `\(part)` for the \(field.name), which is \(field.range.lowerBound) to \(field.range.upperBound)",
        help: ["a field is `*`, a number, a range `1-5`, any of them with a step `*/15`, or a list of these `1,15`"])
    }
    return Schedule(text)?.next(after: WallMinute(minutes: 0)) == nil
      ? Complaint("is never due: there is no such day", help: ["check the day of the month against the month"]) : nil
  }
}

extension ScheduleText {
  /// The schedule that was meant by the words of other tools, a time of day, or six fields that start with seconds.
  fileprivate static func nearest(to text: String) -> String? {
    let word = text.lowercased().drop { $0 == "@" }
    if let found = names[String(word)] { return found }
    let time = text.split(separator: ":").compactMap { Int($0) }
    if text.contains(":"), (2...3).contains(time.count), (0..<24).contains(time[0]), (0..<60).contains(time[1]) {
      return "\(time[1]) \(time[0]) * * *"
    }
    let parts = text.split(separator: " ")
    guard parts.count == 6, let seconds = Int(parts[0]), (0..<60).contains(seconds) else {
      let trimmed = parts.joined(separator: " ")
      return trimmed != text && problem(of: trimmed) == nil ? trimmed : nil
    }
    let rest = parts.dropFirst().joined(separator: " ").replacing("?", with: "*")
    return problem(of: rest) == nil ? rest : nil
  }

  private static let names = [
    "hourly": "0 * * * *", "hour": "0 * * * *", "daily": "day", "midnight": "day", "weekly": "week",
    "monthly": "month", "yearly": "0 0 1 1 *", "annually": "0 0 1 1 *",
  ]
}

extension Shape where Value == String {
  /// A schedule.
  static let schedule = text(
    ScheduleText.words, schema: ["type": "string", "pattern": .string(ScheduleText.pattern)],
    problem: ScheduleText.problem)
}
