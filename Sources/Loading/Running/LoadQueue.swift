/// Flows that wait for their turn: each is ready once those that it comes after have ended.
struct LoadQueue {
  private var waiting: [String]
  private var predecessors: [String: Set<String>]

  /// Makes a queue of flows in their order, each with the names that it comes after; those that are not in the queue do
  /// not hold it up.
  init(_ flows: [(name: String, after: [String])]) {
    waiting = flows.map(\.name)
    let names = Set(waiting)
    predecessors = Dictionary(
      flows.map { ($0.name, Set($0.after).intersection(names)) }, uniquingKeysWith: { first, _ in first })
  }

  /// Takes the first flow that is ready, if there is one.
  mutating func next() -> String? {
    guard let index = waiting.firstIndex(where: { predecessors[$0, default: []].isEmpty }) else { return nil }
    return waiting.remove(at: index)
  }

  /// Notes that `name` has ended.
  ///
  /// - Returns: the flows that are skipped as it failed, each with the one that it came after.
  mutating func finish(_ name: String, failed: Bool) -> [(name: String, cause: String)] {
    guard failed else {
      for flow in waiting { predecessors[flow]?.remove(name) }
      return []
    }
    var skipped: [(name: String, cause: String)] = []
    var causes = [name]
    while let cause = causes.popLast() {
      for flow in waiting where predecessors[flow]?.contains(cause) == true {
        skipped.append((flow, cause))
        causes.append(flow)
      }
      let gone = Set(skipped.map(\.name))
      waiting.removeAll { gone.contains($0) }
    }
    return skipped
  }
}
