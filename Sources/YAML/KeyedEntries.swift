internal import Diagnostics

/// A map's entries in order, each key once.
struct KeyedEntries {
  private(set) var all: [Entry] = []
  /// Kept only for maps so large that looking at each entry would take long.
  private var positions: [String: Int] = [:]
  private static let large = 12

  /// Adds `entry`; where its key is there already, leaves it out and returns the place of the first one.
  mutating func insert(_ entry: Entry) -> Place? {
    if let first = position(of: entry.key) { return all[first].keyPlace }
    all.append(entry)
    if all.count == Self.large {
      for (index, entry) in all.enumerated() { positions[entry.key] = index }
    } else if all.count > Self.large {
      positions[entry.key] = all.count - 1
    }
    return nil
  }

  private func position(of key: String) -> Int? {
    all.count < Self.large ? all.firstIndex { $0.key == key } : positions[key]
  }
}
