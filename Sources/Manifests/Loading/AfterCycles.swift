internal import Diagnostics

/// Finds flows that wait for each other in a circle.
struct AfterCycles {
  let flows: [String: Resource<Flow>]

  private enum Mark {
    /// On the way that is being followed.
    case open
    /// All that it waits for has been looked at.
    case done
  }

  /// One error a circle, shown at the circle's first flow by name, with the places of all its steps.
  func diagnostics() -> [Diagnostic] {
    var marks: [String: Mark] = [:]
    var found: [Diagnostic] = []
    // Most flows wait for none, and are in no circle.
    let waiting = flows.filter { !$0.value.spec.after.isEmpty }.keys
    for name in waiting.sorted() where marks[name] == nil { follow(name, &marks, &found) }
    return found
  }

  /// Follows `after` from `start`, depth first; with a stack of its own, as chains may be as long as there are flows.
  private func follow(_ start: String, _ marks: inout [String: Mark], _ found: inout [Diagnostic]) {
    var way: [(name: String, next: Int)] = [(start, 0)]
    marks[start] = .open
    while let (name, next) = way.last {
      let after = flows[name]?.spec.after ?? []
      guard next < after.count else {
        marks[name] = .done
        way.removeLast()
        continue
      }
      way[way.count - 1].next += 1
      let other = after[next]
      switch marks[other] {
      case nil where flows[other] != nil:
        marks[other] = .open
        way.append((other, 0))
      case .open:
        let circle = way.drop { $0.name != other }.map(\.name)
        found.append(cycle(circle))
      default: continue
      }
    }
  }

  private func cycle(_ names: [String]) -> Diagnostic {
    let first = names.indices.min { names[$0] < names[$1] } ?? 0
    let circle = Array(names[first...] + names[..<first])
    let steps = zip(circle, circle.dropFirst() + circle.prefix(1)).map { name, other in
      RelatedPlace("\(name) waits for \(other)", at: place(of: other, in: name))
    }
    let way = (circle + circle.prefix(1)).joined(separator: " → ")
    return Diagnostic(
      .error, "reference-cycle",
      circle.count == 1 ? "the flow `\(circle[0])` waits for itself" : "flows wait for each other: \(way)",
      at: steps[0].place, help: [circle.count == 1 ? "remove it from `after`" : "remove one of them from `after`"],
      related: Array(steps.dropFirst()))
  }

  private func place(of other: String, in name: String) -> Place {
    guard let flow = flows[name] else { return Place(file: "", line: 1, column: 1) }
    let index = flow.spec.after.firstIndex(of: other) ?? 0
    return flow.places.place(of: "after[\(index)]")
  }
}
