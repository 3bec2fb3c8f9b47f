internal import Planning

/// Reports how far a load has come, at most ten times a second, and when only the server is at work.
final class ProgressMeter {
  private let flow: String
  private let load: String
  private let totalBytes: Int?
  private let started: ContinuousClock.Instant
  private var last: ContinuousClock.Instant
  private var bytes = 0
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
    self.bytes = bytes
    let now = ContinuousClock.now
    guard now - last >= .milliseconds(100) else { return }
    last = now
    send(
      LoadProgress(
        flow: flow, load: load, rows: rows, bytes: bytes, totalBytes: totalBytes, seconds: (now - started).inSeconds))
  }

  /// Says that the server has the next rows, or all of them, and works by itself.
  ///
  /// - Parameter rows: how many were read.
  func reportServerAtWork(rows: Int) {
    var progress = LoadProgress(
      flow: flow, load: load, rows: rows, bytes: bytes, totalBytes: totalBytes,
      seconds: (ContinuousClock.now - started).inSeconds)
    progress.isServerAtWork = true
    send(progress)
  }
}

extension Duration {
  /// The same as a number.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
