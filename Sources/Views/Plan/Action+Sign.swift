internal import Planning

extension Step.Action {
  /// The character before a step.
  var sign: String {
    switch self {
    case .create: "+"
    case .update: "~"
    case .delete: "-"
    case .adopt: "="
    case .rename: "→"
    case .repair: "↻"
    case .blocked: "✗"
    case .degraded: "!"
    case .unchanged: " "
    }
  }

  /// The paint of the sign and of the count.
  var paint: Style.Paint? {
    switch self {
    case .create: .green
    case .update, .repair, .degraded: .yellow
    case .delete, .blocked: .boldRed
    case .adopt, .rename: .cyan
    case .unchanged: nil
    }
  }

  /// What stands behind the count in a plan's last line.
  var countedAs: String {
    switch self {
    case .create, .update, .delete, .adopt, .rename, .repair: "to \(rawValue)"
    case .blocked, .degraded, .unchanged: rawValue
    }
  }

  /// Whether the last line has it even when there are none.
  var isAlwaysCounted: Bool {
    switch self {
    case .create, .update, .delete, .blocked, .unchanged: true
    case .adopt, .rename, .repair, .degraded: false
    }
  }
}
