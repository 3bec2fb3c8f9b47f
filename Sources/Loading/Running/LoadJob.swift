internal import Manifests
internal import Planning

/// One flow's load in a run, over all of its tries.
struct LoadJob: Sendable {
  /// How a try, or the pause after it, came out.
  enum Turn: Sendable {
    case ended(LoadOutcome)
    /// It is to be tried again after a while.
    case later(LoadJob, Duration)
    /// That while is over.
    case due(LoadJob)
    /// The run was interrupted; nothing of the load is left.
    case interrupted(LoadJob, isPausing: Bool)
  }

  let flow: AppliedFlow
  var request: LoadRequest
  private var backoff: Duration?
  private var waitsSince: ContinuousClock.Instant?

  init(flow: AppliedFlow, request: LoadRequest) {
    self.flow = flow
    self.request = request
  }

  /// The pause before the next try: each is twice as long as the one before.
  mutating func nextBackoff(_ retry: Retry) -> Duration {
    let pause = backoff ?? retry.backoff
    backoff = pause * 2
    return pause
  }

  /// How long it has waited for the table by now.
  mutating func waited() -> Duration {
    let now = ContinuousClock.now
    let since = waitsSince ?? now
    waitsSince = since
    return now - since
  }

  func pausing(for pause: Duration) async -> Turn {
    do {
      try await Task.sleep(for: pause)
      return .due(self)
    } catch { return .interrupted(self, isPausing: true) }
  }
}
