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
      return .wants(words, found: text)
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

extension Shape where Value == String {
  /// A schedule.
  static let schedule = text(
    ScheduleText.words, schema: ["type": "string", "pattern": .string(ScheduleText.pattern)],
    problem: ScheduleText.problem)
}
