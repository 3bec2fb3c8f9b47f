/// When a flow is due, on the wall clock of the flow's time zone: five cron fields, or day, week, month.
///
/// Fields are those of crontab(5). Where both the day of the month and that of the week are restricted, a day that fits
/// one of them is due.
public struct Schedule: Hashable, Sendable {
  private(set) var minutes: UInt64
  private(set) var hours: UInt64
  private(set) var days: UInt64
  private(set) var months: UInt64
  /// 0 is Sunday.
  private(set) var weekdays: UInt64
  private(set) var needsEitherDay: Bool

  /// Reads a schedule as a manifest has it; nothing where it is none.
  public init?(_ text: String) {
    let written = Self.words[text] ?? text
    let parts = written.split(separator: " ")
    guard parts.count == CronField.all.count else { return nil }
    let sets = zip(parts, CronField.all).compactMap { part, field in field.set(of: part) }
    guard sets.count == parts.count else { return nil }
    (minutes, hours, days, months) = (sets[0], sets[1], sets[2], sets[3])
    // Both 0 and 7 are Sunday.
    weekdays = sets[4] & 0x7F | sets[4] >> 7 & 1
    needsEitherDay = !parts[2].hasPrefix("*") && !parts[4].hasPrefix("*")
  }

  private static let words = ["day": "0 0 * * *", "week": "0 0 * * 1", "month": "0 0 1 * *"]

  /// In how many days every schedule that is ever due is due: from one 29 February to the next, over a year such as 2100.
  private static let longest = 8 * 366 + 1

  /// The first time it is due after `minute`; nothing where it never is, as on 30 February.
  public func next(after minute: WallMinute) -> WallMinute? {
    for day in minute.day...(minute.day + Self.longest) where isDue(day: day) {
      let earliest = day == minute.day ? minute.minuteOfDay + 1 : 0
      if let found = first(from: earliest) { return WallMinute(day: day, minute: found) }
    }
    return nil
  }

  /// The last time it was due, `minute` included; nothing where it never was.
  public func last(until minute: WallMinute) -> WallMinute? {
    for back in 0...Self.longest where isDue(day: minute.day - back) {
      let latest = back == 0 ? minute.minuteOfDay : WallMinute.ofDay - 1
      if let found = last(to: latest) { return WallMinute(day: minute.day - back, minute: found) }
    }
    return nil
  }

  private func isDue(day number: Int) -> Bool {
    let (_, month, day) = WallMinute.date(ofDay: number)
    guard months.contains(month) else { return false }
    let isDay = days.contains(day), isWeekday = weekdays.contains(WallMinute.weekday(ofDay: number))
    return needsEitherDay ? isDay || isWeekday : isDay && isWeekday
  }

  private func isDue(minute: Int) -> Bool { hours.contains(minute / 60) && minutes.contains(minute % 60) }

  private func first(from minute: Int) -> Int? { (minute..<max(minute, WallMinute.ofDay)).first { isDue(minute: $0) } }

  private func last(to minute: Int) -> Int? { (0...minute).last { isDue(minute: $0) } }
}

/// One of cron's five fields: a set of numbers, as bits.
struct CronField: Sendable {
  var name: String
  var range: ClosedRange<Int>
  /// What numbers may be called, from 0.
  var names: [String] = []

  static let all = [
    CronField(name: "minute", range: 0...59), CronField(name: "hour", range: 0...23),
    CronField(name: "day of the month", range: 1...31),
    CronField(
      name: "month", range: 1...12,
      names: ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
    CronField(
      name: "day of the week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
  ]

  /// The numbers that a list of `*`, a number, a range, each with or without a step, stands for; nothing where it is no
  /// such list.
  func set(of text: Substring) -> UInt64? {
    var set: UInt64 = 0
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let halves = item.split(separator: "/", omittingEmptySubsequences: false)
      guard halves.count <= 2, let numbers = range(of: halves[0]) else { return nil }
      var step = 1
      if halves.count == 2 {
        guard let number = Self.number(halves[1]), number > 0, halves[0] == "*" || halves[0].contains("-") else {
          return nil
        }
        step = number
      }
      for number in stride(from: numbers.lowerBound, through: numbers.upperBound, by: step) { set |= 1 << number }
    }
    return set
  }

  private func range(of text: Substring) -> ClosedRange<Int>? {
    if text == "*" { return range }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(value)
    guard let low = ends[0], let high = ends.count == 2 ? ends[1] : low, ends.count <= 2, low <= high else {
      return nil
    }
    return low...high
  }

  private func value(_ text: Substring) -> Int? {
    if !text.isEmpty, let position = names.firstIndex(of: text.lowercased()) { return position }
    return Self.number(text).flatMap { range.contains($0) ? $0 : nil }
  }

  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }
}

extension UInt64 {
  fileprivate func contains(_ bit: Int) -> Bool { self >> UInt64(bit) & 1 == 1 }
}
