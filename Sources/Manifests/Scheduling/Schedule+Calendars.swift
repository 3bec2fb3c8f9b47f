/// Schedules as other schedulers take them. They may start a run too early or too often, as `run --due` loads each slot
/// once and at its time; they never leave a slot out.
extension Schedule {
  /// What systemd takes for `OnCalendar=`, without the time zone: one event, or two where either of two days is due.
  public var calendarEvents: [String] {
    let time = "\(Self.list(hours, 0...23, "..", digits: 2)):\(Self.list(minutes, 0...59, "..", digits: 2)):00"
    let month = Self.list(months, 1...12, "..")
    func event(_ days: String, _ weekdays: String) -> String {
      (weekdays == "*" ? "" : "\(weekdays) ") + "*-\(month)-\(days) \(time)"
    }
    let days = Self.list(days, 1...31, "..")
    // A week begins on Monday there, and no range goes over its end.
    let weekdays = Self.list(weekdays | weekdays << 7, 1...7, "..", names: Self.weekdayNames)
    if !needsEitherDay { return [event(days, weekdays)] }
    return isDueDaily ? [event("*", "*")] : [event(days, "*"), event("*", weekdays)]
  }

  /// Five fields as Kubernetes takes them, of numbers alone: its Sunday is no 7, and of two restricted days either is due.
  /// Where both must fit, that of the week is left to `run --due`.
  public var plainFields: String {
    var fields = [Self.list(minutes, 0...59), Self.list(hours, 0...23)]
    let month = Self.list(months, 1...12)
    let days = Self.list(days, 1...31), weekdays = Self.list(weekdays, 0...6)
    if needsEitherDay, isDueDaily {
      fields += ["*", month, "*"]
    } else {
      fields += [days, month, needsEitherDay || days == "*" ? weekdays : "*"]
    }
    return fields.joined(separator: " ")
  }

  /// Whether one of two fields of which either is enough has all days.
  private var isDueDaily: Bool { Self.list(days, 1...31) == "*" || Self.list(weekdays, 0...6) == "*" }

  private static let weekdayNames = ["", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

  /// The numbers of `set`, neighbours as ranges; `*` where it has all of `range`.
  ///
  /// - Parameter between: what stands between the ends of a range.
  private static func list(
    _ set: UInt64, _ range: ClosedRange<Int>, _ between: String = "-", digits: Int = 1, names: [String] = []
  ) -> String {
    let numbers = range.filter { set >> UInt64($0) & 1 == 1 }
    if numbers.count == range.count { return "*" }
    var ranges: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = ranges.last, last.upperBound == number - 1 {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    func name(_ number: Int) -> String {
      let text = names.isEmpty ? String(number) : names[number]
      return text.count < digits ? "0\(text)" : text
    }
    return ranges.flatMap { range -> [String] in
      range.count < 3 ? range.map(name) : ["\(name(range.lowerBound))\(between)\(name(range.upperBound))"]
    }.joined(separator: ",")
  }
}
