internal import Diagnostics
internal import Planning

extension LoadOutcome {
  /// Takes a load of a slot that found its table locked for what it is: no failure, as another machine loads the slot, or
  /// the table is free again when `run --due` is called next.
  mutating func leaveToOther() {
    guard var reason = error, reason.code == "table-locked" else { return }
    reason.severity = .warning
    reason.help = ["the next `sluice run --due` looks again; `--wait` waits until the table is free"]
    warnings.append(reason)
    error = nil
    status = .skipped
    isPending = true
  }
}
