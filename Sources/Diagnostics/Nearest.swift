/// The known name that was probably meant by `name`, if one is near enough.
///
/// Near means: the same but for case, or at most a third of its length in edits (insertions, deletions,
/// substitutions and swaps of neighbours each count one).
public func nearest(to name: String, in known: some Sequence<String>) -> String? {
  let wanted = Array(name.lowercased())
  let bound = max(1, wanted.count / 3)
  var best: (name: String, distance: Int)?
  for candidate in known {
    let distance = editDistance(wanted, Array(candidate.lowercased()))
    guard distance <= bound else { continue }
    if let found = best, (found.distance, found.name) <= (distance, candidate) { continue }
    best = (candidate, distance)
  }
  return best?.name
}

/// The help lines for an unknown `name`: the nearest known one, and the whole list where it is short.
public func suggestions(for name: String, in known: some Collection<String>, called what: String) -> [String] {
  var help: [String] = []
  if let near = nearest(to: name, in: known) { help.append("did you mean `\(near)`?") }
  if !known.isEmpty, known.count <= 20 { help.append("\(what): \(known.joined(separator: ", "))") }
  return help
}

/// The optimal string alignment distance: Levenshtein's, with swaps of neighbours.
private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  if abs(a.count - b.count) > max(a.count, b.count) / 2 + 1 { return Int.max }
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1] + [Int](repeating: 0, count: b.count)
    for j in b.indices {
      row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
      }
    }
    beforeLast = last
    last = row
  }
  return last[b.count]
}
