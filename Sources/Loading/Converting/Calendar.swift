/// ISO dates and times as PostgreSQL stores them: days and microseconds since 2000-01-01.
enum Calendar {
  /// A timestamp, and its zone's offset from UTC in seconds if it has one.
  struct Moment {
    var microseconds: Int64
    var offset: Int64?
  }

  /// `2024-01-31`, from the year 1 on.
  @inline(__always)
  static func date(_ value: Bytes) -> Int32? {
    guard value.count == 10 else { return nil }
    return days(value)
  }

  /// `2024-01-31 12:30:00.25+02:00`, with `T` or a space, seconds and zone optional, or a date alone.
  static func timestamp(_ value: Bytes, precision: Int) -> Moment? {
    guard value.count >= 10, let days = days(value[0..<10]) else { return nil }
    let midnight = Int64(days) * 86_400_000_000
    if value.count == 10 { return Moment(microseconds: midnight, offset: nil) }
    guard value[10] == UInt8(ascii: " ") || value[10] == UInt8(ascii: "T") else { return nil }
    let clock = value[11..<value.count]
    guard let (microseconds, length) = clockTime(clock, precision: precision) else { return nil }
    let moment = midnight + microseconds
    if length == clock.count { return Moment(microseconds: moment, offset: nil) }
    guard let offset = zone(clock[length..<clock.count]) else { return nil }
    return Moment(microseconds: moment, offset: offset)
  }

  /// `12:30:00.25`, seconds optional.
  static func time(_ value: Bytes, precision: Int) -> Int64? {
    guard let (microseconds, length) = clockTime(value, precision: precision), length == value.count else { return nil }
    return microseconds
  }

  /// Days since 2000-01-01 of a date of ten bytes.
  @inline(__always)
  private static func days(_ value: Bytes) -> Int32? {
    guard value[4] == UInt8(ascii: "-"), value[7] == UInt8(ascii: "-"),
      let century = twoDigits(value, 0), let rest = twoDigits(value, 2),
      let month = twoDigits(value, 5), let day = twoDigits(value, 8)
    else { return nil }
    let year = century * 100 + rest
    guard year > 0, month >= 1, month <= 12, day >= 1, day <= length(of: month, year) else { return nil }
    // Years from March on, so that a leap day is the last; then days in whole years and in the months 153 by five.
    let y = month <= 2 ? year - 1 : year
    let m = month <= 2 ? month + 9 : month - 3
    let sinceZero = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1
    return Int32(sinceZero - 730_425)
  }

  private static func length(of month: Int, _ year: Int) -> Int {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }

  @inline(__always)
  private static func twoDigits(_ value: Bytes, _ index: Int) -> Int? {
    let (high, low) = (digit(value[index]), digit(value[index + 1]))
    return high <= 9 && low <= 9 ? Int(high) * 10 + Int(low) : nil
  }

  /// Microseconds since midnight, and how many bytes say so; more fractional digits than `precision` would round, and
  /// are left to the server.
  private static func clockTime(_ value: Bytes, precision: Int) -> (Int64, Int)? {
    guard value.count >= 5, value[2] == UInt8(ascii: ":"),
      let hour = twoDigits(value, 0), hour <= 23, let minute = twoDigits(value, 3), minute <= 59
    else { return nil }
    var microseconds = Int64(hour * 3600 + minute * 60) * 1_000_000
    guard value.count > 5, value[5] == UInt8(ascii: ":") else { return (microseconds, 5) }
    guard value.count >= 8, let second = twoDigits(value, 6), second <= 59 else { return nil }
    microseconds += Int64(second) * 1_000_000
    guard value.count > 8, value[8] == UInt8(ascii: ".") else { return (microseconds, 8) }
    var (index, unit): (Int, Int64) = (9, 100_000)
    while index < value.count, digit(value[index]) <= 9 {
      guard index - 9 < precision else { return nil }
      microseconds += Int64(digit(value[index])) * unit
      unit /= 10
      index += 1
    }
    return index > 9 ? (microseconds, index) : nil
  }

  /// `Z`, `+02`, `+0200`, `+02:00`: seconds east of UTC.
  private static func zone(_ value: Bytes) -> Int64? {
    if value.count == 1 { return value[0] == UInt8(ascii: "Z") ? 0 : nil }
    let sign: Int64 = value[0] == UInt8(ascii: "-") ? -1 : 1
    guard value[0] == UInt8(ascii: "-") || value[0] == UInt8(ascii: "+"), value.count >= 3,
      let hours = twoDigits(value, 1), hours <= 15
    else { return nil }
    let minutes: Int?
    switch value.count {
    case 3: minutes = 0
    case 5: minutes = twoDigits(value, 3)
    case 6 where value[3] == UInt8(ascii: ":"): minutes = twoDigits(value, 4)
    default: return nil
    }
    guard let minutes, minutes <= 59 else { return nil }
    return sign * Int64(hours * 3600 + minutes * 60)
  }
}
