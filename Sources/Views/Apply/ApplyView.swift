public import Planning

/// Says for people how far an apply is, and what became of it.
public enum ApplyView {
  /// `applied 312 of 1,000 steps`.
  public static func progressLine(done: Int, of total: Int) -> String {
    "applied \(Numbers.grouped(done)) of \(Numbers.counted(total, "step"))"
  }

  /// What was done and what was not: `Applied: 3 steps done, 1 failed, 12 not begun.` A line each for what follows.
  public static func summary(_ outcome: ApplyOutcome) -> String {
    var counts = ["\(Numbers.counted(outcome.doneCount, "step")) done"]
    for (count, words) in [
      (outcome.failed.count, "failed"), (outcome.rolledBack.count, "rolled back"),
      (outcome.notBegun.count, "not begun"), (outcome.leftOut.count, "left out"),
    ] where count > 0 { counts.append("\(Numbers.grouped(count)) \(words)") }
    var lines = ["Applied: \(counts.joined(separator: ", "))."]
    if !outcome.rolledBack.isEmpty { lines.append("Rolled back: \(list(outcome.rolledBack)).") }
    if !outcome.notBegun.isEmpty { lines.append("Not begun: \(list(outcome.notBegun)).") }
    if !outcome.leftOut.isEmpty {
      lines.append("Left out, as blocked or in need of what is: \(list(outcome.leftOut)).")
    }
    if !outcome.isComplete { lines.append("What is done is recorded: apply again to go on.") }
    return lines.joined(separator: "\n")
  }

  private static func list(_ addresses: [String]) -> String {
    let shown = addresses.prefix(5).map { $0.printable() }.joined(separator: ", ")
    return addresses.count > 5 ? "\(shown) and \(Numbers.grouped(addresses.count - 5)) more" : shown
  }
}
