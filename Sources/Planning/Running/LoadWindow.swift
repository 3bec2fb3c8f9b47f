public import Manifests

/// A window of a backfill: the days of one of its loads.
public struct LoadWindow: Hashable, Sendable {
  public var range: DayRange
  /// Which one it is, from 1.
  public var number: Int
  /// How many there are in all.
  public var count: Int

  /// Makes a window.
  public init(_ range: DayRange, number: Int, of count: Int) {
    self.range = range
    self.number = number
    self.count = count
  }
}
