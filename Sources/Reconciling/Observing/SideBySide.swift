/// Work on many things at once that wait for servers.
enum SideBySide {
  /// How many connections are open at once.
  private static let limit = 10

  /// What `transform` makes of each of `elements`, in their order; no more than a few at once.
  static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ transform: @escaping @Sendable (Element) async -> Result
  ) async -> [Result] {
    await withTaskGroup(of: (Int, Result).self) { group in
      var waiting = elements.enumerated().makeIterator()
      func next(_ group: inout TaskGroup<(Int, Result)>) {
        guard let (index, element) = waiting.next() else { return }
        group.addTask { (index, await transform(element)) }
      }
      for _ in 0..<limit { next(&group) }
      var results: [Int: Result] = [:]
      while let (index, result) = await group.next() {
        results[index] = result
        next(&group)
      }
      return elements.indices.compactMap { results[$0] }
    }
  }
}
