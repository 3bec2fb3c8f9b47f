internal import Diagnostics
internal import JSON
internal import Manifests
internal import Planning

/// Rules that block a load do not hold: nothing is written.
struct RulesBroken: Error {
  var results: [RuleResult]
}

extension RuleResult {
  /// The samples, a line each.
  var sampleLines: [String] {
    samples.map { sample in (sample.place.map { "\($0): " } ?? "") + sample.row.text(.line) }
  }
}

extension [RuleResult] {
  /// What the ledger keeps: no value of any row.
  var ledgerText: String? { isEmpty ? nil : JSONValue.array(map { .object($0.members) }).text(.line) }
}

extension Refusal {
  /// Why rules keep a load from being written.
  init(_ broken: RulesBroken) {
    let blocking = broken.results.filter { !$0.holds && $0.action == .block }
    let words = blocking.map(\.words).joined(separator: "; ")
    self.init(
      Failure(
        Diagnostic(
          .error, "quality", "\(words): nothing was written",
          help: blocking.flatMap(\.sampleLines)
            + ["`action: reject` on a rule keeps such rows out, `--skip-quality` passes over all rules once"])))
    quality = broken.results
    ledgerMessage = "quality: \(blocking.map(\.rule).joined(separator: ", "))"
  }
}
