/// Which rows one COPY was given, so that the server's line numbers lead back to rows of the source.
enum SentRows {
  /// All from `first` on but `skipped`, in order.
  case range(first: Int, skipped: [Int])
  /// Just these.
  case list([Int])

  /// Takes in the rows that were sent after these in the same COPY.
  mutating func append(_ next: SentRows) {
    switch (self, next) {
    case (.range(let first, let skipped), .range(_, let more)): self = .range(first: first, skipped: skipped + more)
    case (.list(let rows), .list(let more)): self = .list(rows + more)
    case (.list([]), _): self = next
    default: preconditionFailure("one COPY has rows of one format")
    }
  }

  /// The ordinal of the row that the server calls line `line` (from 1).
  func ordinal(ofLine line: Int) -> Int? {
    switch self {
    case .list(let ordinals): return ordinals.indices.contains(line - 1) ? ordinals[line - 1] : nil
    case .range(let first, let skipped):
      var ordinal = first + line - 1
      for other in skipped where other <= ordinal { ordinal += 1 }
      return ordinal
    }
  }
}
