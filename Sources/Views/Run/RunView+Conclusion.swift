internal import Diagnostics
public import Planning

extension RunView {
  /// What became of an interrupted run: `Rolled back: orders.` and `Not begun: customers, items and 12 more.`
  public static func interruption(_ outcome: RunOutcome) -> [String] {
    var lines: [String] = []
    let done = outcome.loads.filter { $0.error == nil }.map(\.flow)
    if !done.isEmpty { lines.append("Done: \(list(done)).") }
    if !outcome.interrupted.isEmpty { lines.append("Rolled back: \(list(outcome.interrupted)).") }
    if !outcome.notBegun.isEmpty { lines.append("Not begun: \(list(outcome.notBegun)).") }
    return lines
  }

  /// What became of an interrupted backfill: `Done: 11 of 182 windows; the one under way was rolled back.`
  public static func interruption(_ outcome: RunOutcome, ofWindows count: Int) -> [String] {
    let done = outcome.loads.count { $0.error == nil && $0.status != .failed }
    let words = "Done: \(Numbers.grouped(done)) of \(Numbers.counted(count, "window"))"
    return [words + (outcome.interrupted.isEmpty ? "." : "; the one under way was rolled back.")]
  }

  private static func list(_ flows: [String]) -> String {
    let shown = flows.prefix(5).map { $0.printable() }.joined(separator: ", ")
    return flows.count > 5 ? "\(shown) and \(Numbers.grouped(flows.count - 5)) more" : shown
  }
}
