internal import Manifests
public import Planning

/// The windows of a backfill, in order.
public struct BackfillWindows: Sendable {
  /// All windows; one of which a part was loaded has only what is left.
  public private(set) var all: [LoadWindow] = []
  /// How many of them have nothing left to load: they come to nothing when they are run.
  public private(set) var loaded = 0
  /// Those that are to be loaded.
  public private(set) var open: [LoadWindow] = []

  /// Makes the windows of `range`.
  ///
  /// - Parameter loaded: the ranges that were loaded.
  init(of range: DayRange, step: WindowStep, loaded: [DayRange]) {
    let found = range.windows(step).flatMap { window -> [(range: DayRange, isOpen: Bool)] in
      let left = window.without(loaded)
      return left.isEmpty ? [(window, false)] : left.map { ($0, true) }
    }
    for (index, window) in found.enumerated() {
      let numbered = LoadWindow(window.range, number: index + 1, of: found.count)
      all.append(numbered)
      if window.isOpen { open.append(numbered) }
    }
    self.loaded = all.count - open.count
  }
}
