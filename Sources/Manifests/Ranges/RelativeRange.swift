/// Days that are counted from today: `7d1`, from seven days ago to one day ago, both included.
public struct RelativeRange: Hashable, Sendable {
  /// How many units ago it starts.
  public var from: Int
  public var unit: CalendarUnit
  /// How many units ago it ends; not more than `from`.
  public var to: Int

  /// Makes a range; nothing where it would end before it starts, or start more than a hundred years ago.
  public init?(from: Int, _ unit: CalendarUnit, to: Int) {
    guard 0 <= to, to <= from, from <= unit.inCentury else { return nil }
    (self.from, self.unit, self.to) = (from, unit, to)
  }

  /// Reads `7d1`; nothing where it is no such text.
  public init?(_ text: some StringProtocol) {
    guard let mark = text.firstIndex(where: { CalendarUnit(rawValue: String($0)) != nil }),
      let unit = CalendarUnit(rawValue: String(text[mark])), let from = Self.number(text[..<mark]),
      let to = Self.number(text[text.index(after: mark)...])
    else { return nil }
    self.init(from: from, unit, to: to)
  }

  /// The days, as of `today`. Weeks, months and years are whole ones, of the calendar: `1m1` is last month, `0m0` this one
  /// up to its last day.
  public func days(asOf today: CivilDate) -> DayRange {
    let last = today.start(of: unit, later: 1 - to).advanced(by: -1)
    return DayRange(from: today.start(of: unit, later: -from), to: last) ?? DayRange(day: last)
  }

  static func number(_ text: some StringProtocol) -> Int? {
    guard (1...6).contains(text.utf8.count), text.utf8.allSatisfy(ASCII.isDigit) else { return nil }
    return Int(text)
  }
}

extension RelativeRange: CustomStringConvertible {
  /// `7d1`.
  public var description: String { "\(from)\(unit.rawValue)\(to)" }
}

extension CalendarUnit {
  /// How many of them a hundred years have: what is further back is a mistake.
  fileprivate var inCentury: Int {
    switch self {
    case .day: 36_525
    case .week: 5_218
    case .month: 1_200
    case .year: 100
    }
  }
}
