/// A day of the Gregorian calendar, in no time zone.
public struct CivilDate: Hashable, Sendable {
  /// Days since 1970-01-01.
  public var day: Int

  /// Makes a date of its number since 1970-01-01.
  public init(day: Int) { self.day = day }

  /// Makes a date of the years 1 to 9999; nothing where there is no such day, as 30 February.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    self.init(day: WallMinute.days(year: year, month: month, day: day))
    // A day that the month does not have is one of the next month's.
    guard parts.month == month else { return nil }
  }

  /// Reads `2024-02-29`.
  public init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2], text.utf8.allSatisfy({ $0 == 0x2d || ASCII.isDigit($0) }) else {
      return nil
    }
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count == 3 else { return nil }
    self.init(year: numbers[0], month: numbers[1], day: numbers[2])
  }

  /// Year, month from 1, day of the month from 1.
  public var parts: (year: Int, month: Int, day: Int) { WallMinute.date(ofDay: day) }

  /// So many days later.
  public func advanced(by days: Int) -> CivilDate { CivilDate(day: day + days) }

  /// The first day of the unit that it lies in, or of one so many units later.
  public func start(of unit: CalendarUnit, later count: Int = 0) -> CivilDate {
    let (year, month, _) = parts
    switch unit {
    case .day: return advanced(by: count)
    case .week: return advanced(by: 7 * count - (WallMinute.weekday(ofDay: day) + 6) % 7)
    case .month:
      let months = year * 12 + month - 1 + count
      return CivilDate(day: WallMinute.days(year: months / 12, month: months % 12 + 1, day: 1))
    case .year: return CivilDate(day: WallMinute.days(year: year + count, month: 1, day: 1))
    }
  }
}

extension CivilDate: Comparable {
  /// The later of two.
  public static func < (left: CivilDate, right: CivilDate) -> Bool { left.day < right.day }
}

extension CivilDate: CustomStringConvertible {
  /// `2024-02-29`.
  public var description: String { DateFormat.iso.text(of: self) }
}

/// What days are counted by. A week starts on Monday.
public enum CalendarUnit: String, Hashable, Sendable, CaseIterable {
  case day = "d"
  case week = "w"
  case month = "m"
  case year = "y"
}
