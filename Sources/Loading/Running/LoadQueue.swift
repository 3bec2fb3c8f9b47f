/// Flows that wait for their turn: each is ready once those that it comes after have ended, and no other loads its table.
struct LoadQueue {
  /// The flows that wait, in their order.
  private(set) var waiting: [String]
  private var predecessors: [String: Set<String>]
  private var successors: [String: [String]] = [:]
  private let tables: [String: String]
  private var busyTables: Set<String> = []
  private var skipped: Set<String> = []

  /// Makes a queue of flows in their order, each with the names that it comes after (those that are not in the queue do
  /// not hold it up), and with what tells its table from others.
  init(_ flows: [(name: String, after: [String], table: String)]) {
    waiting = flows.map(\.name)
    let names = Set(waiting)
    predecessors = Dictionary(
      flows.map { ($0.name, Set($0.after).intersection(names)) }, uniquingKeysWith: { first, _ in first })
    tables = Dictionary(flows.map { ($0.name, $0.table) }, uniquingKeysWith: { first, _ in first })
    for name in waiting {
      for predecessor in predecessors[name, default: []] { successors[predecessor, default: []].append(name) }
    }
  }

  /// Takes the first flow that is ready, if there is one.
  mutating func next() -> String? {
    let index = waiting.firstIndex { name in
      predecessors[name, default: []].isEmpty && !busyTables.contains(tables[name, default: name])
    }
    guard let index else { return nil }
    let name = waiting.remove(at: index)
    busyTables.insert(tables[name, default: name])
    return name
  }

  /// Notes that `name` has ended.
  ///
  /// - Returns: the flows that are skipped as it failed, each with the one that it came after.
  mutating func finish(_ name: String, failed: Bool) -> [(name: String, cause: String)] {
    busyTables.remove(tables[name, default: name])
    guard failed else {
      for flow in successors[name, default: []] { predecessors[flow]?.remove(name) }
      return []
    }
    var found: [(name: String, cause: String)] = []
    var causes = [name]
    while let cause = causes.popLast() {
      for flow in successors[cause, default: []] where skipped.insert(flow).inserted {
        found.append((flow, cause))
        causes.append(flow)
      }
    }
    if !found.isEmpty { waiting.removeAll { skipped.contains($0) } }
    return found
  }
}
