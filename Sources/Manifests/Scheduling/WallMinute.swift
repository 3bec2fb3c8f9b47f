/// A minute as a wall clock and a calendar show it, without a time zone.
///
/// Days are counted in the Gregorian calendar by Howard Hinnant's algorithms
/// (https://howardhinnant.github.io/date_algorithms.html).
public struct WallMinute: Hashable, Comparable, Sendable {
  /// Minutes since 1970-01-01 00:00 on the same clock.
  public var minutes: Int

  /// Makes a minute of its number since 1970-01-01 00:00.
  public init(minutes: Int) { self.minutes = minutes }

  /// Makes a minute of a day, counted since 1970-01-01, and the minute in it.
  init(day: Int, minute: Int) { minutes = day * Self.ofDay + minute }

  /// Reads `2024-02-29 06:30`; seconds behind it are left out.
  public init?(_ text: String) {
    let numbers = text.split { !$0.isNumber }.prefix(5).compactMap { Int($0) }
    guard numbers.count == 5, (1...12).contains(numbers[1]), (1...31).contains(numbers[2]) else { return nil }
    self.init(
      day: Self.days(year: numbers[0], month: numbers[1], day: numbers[2]), minute: numbers[3] * 60 + numbers[4])
  }

  static let ofDay = 24 * 60

  /// Days since 1970-01-01.
  public var day: Int { minutes >= 0 ? minutes / Self.ofDay : (minutes + 1) / Self.ofDay - 1 }
  /// Minutes since midnight.
  public var minuteOfDay: Int { minutes - day * Self.ofDay }

  /// The later of two.
  public static func < (left: WallMinute, right: WallMinute) -> Bool { left.minutes < right.minutes }

  static func days(year: Int, month: Int, day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// A day's date, of its number since 1970-01-01.
  static func date(ofDay number: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// The day of the week of a day since 1970-01-01, a Thursday: 0 is Sunday.
  static func weekday(ofDay number: Int) -> Int { ((number + 4) % 7 + 7) % 7 }
}

extension WallMinute: CustomStringConvertible {
  /// `2024-02-29 06:30`.
  public var description: String {
    let (year, month, day) = Self.date(ofDay: self.day)
    return "\(year)-\(Self.two(month))-\(Self.two(day)) \(Self.two(minuteOfDay / 60)):\(Self.two(minuteOfDay % 60))"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
