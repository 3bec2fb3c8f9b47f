/// How long the windows of a backfill are: `1d`, `2w`.
public struct WindowStep: Hashable, Sendable {
  public var count: Int
  public var unit: CalendarUnit

  /// Reads a whole number from 1 on and a unit; nothing where it is no such text.
  public init?(_ text: String) {
    guard let last = text.last, let unit = CalendarUnit(rawValue: String(last)),
      let count = RelativeRange.number(text.dropLast()), count > 0
    else { return nil }
    (self.count, self.unit) = (count, unit)
  }
}

extension WindowStep: CustomStringConvertible {
  /// `1d`.
  public var description: String { "\(count)\(unit.rawValue)" }
}

extension DayRange {
  /// The range cut into windows, in order. Each but the first starts where the calendar's unit does: with a Monday, the
  /// first of a month, the first of January. So the first and the last one may be shorter.
  public func windows(_ step: WindowStep) -> [DayRange] {
    var windows: [DayRange] = []
    var start = from
    while start <= to {
      let next = start.start(of: step.unit, later: step.count)
      if let window = DayRange(from: start, to: min(to, next.advanced(by: -1))) { windows.append(window) }
      start = next
    }
    return windows
  }
}
