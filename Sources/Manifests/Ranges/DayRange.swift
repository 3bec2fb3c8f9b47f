/// Days one after the other, the first and the last one included.
public struct DayRange: Hashable, Sendable {
  public var from: CivilDate
  /// Never before `from`.
  public var to: CivilDate

  /// Makes a range; nothing where it would end before it starts.
  public init?(from: CivilDate, to: CivilDate) {
    if to < from { return nil }
    self.init(day: from)
    self.to = to
  }

  /// Reads a range's ends, `2024-01-01` each; nothing where one is missing or none.
  public init?(from: String?, to: String?) {
    guard let from = from.flatMap({ CivilDate($0) }), let to = to.flatMap({ CivilDate($0) }) else { return nil }
    self.init(from: from, to: to)
  }

  /// Makes a range of one day.
  public init(day: CivilDate) { (from, to) = (day, day) }

  /// How many days it has.
  public var count: Int { to.day - from.day + 1 }

  /// Its days in order.
  public var days: some Sequence<CivilDate> { (from.day...to.day).lazy.map { CivilDate(day: $0) } }

  /// The days of both that lie between the first and the last of all.
  public func spanning(_ other: DayRange) -> DayRange {
    var span = self
    span.from = min(from, other.from)
    span.to = max(to, other.to)
    return span
  }

  /// What is left of it without `others`: ranges in order, none beside another.
  public func without(_ others: [DayRange]) -> [DayRange] {
    var left: [DayRange] = []
    var next = from
    for other in others.sorted(by: { $0.from < $1.from }) where other.to >= next {
      if other.from > to { break }
      if let gap = DayRange(from: next, to: other.from.advanced(by: -1)) { left.append(gap) }
      next = other.to.advanced(by: 1)
    }
    if let rest = DayRange(from: next, to: to) { left.append(rest) }
    return left
  }
}

extension DayRange: CustomStringConvertible {
  /// `2024-01-01`, or `2024-01-01 to 2024-01-31`.
  public var description: String { from == to ? from.description : "\(from) to \(to)" }
}
