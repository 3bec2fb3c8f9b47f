internal import Planning

/// Reports how far a load has come, at most ten times a second.
final class ProgressMeter {
  private let flow: String
  private let load: String
  private let totalBytes: Int?
  private let started: ContinuousClock.Instant
  private var last: ContinuousClock.Instant
  private let send: (LoadProgress) -> Void

  init(
    flow: String, load: String, totalBytes: Int?, started: ContinuousClock.Instant,
    send: @escaping (LoadProgress) -> Void
  ) {
    self.flow = flow
    self.load = load
    self.totalBytes = totalBytes
    self.started = started
    self.send = send
    last = started
  }

  /// Says that so much was read.
  func report(rows: Int, bytes: Int) {
    let now = ContinuousClock.now
    guard now - last >= .milliseconds(100) else { return }
    last = now
    send(
      LoadProgress(
        flow: flow, load: load, rows: rows, bytes: bytes, totalBytes: totalBytes, seconds: (now - started).inSeconds))
  }
}

extension Duration {
  /// The same as a number.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
