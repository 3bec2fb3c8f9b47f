/// Lets so many tests work on the cluster at once as it has connections and the machine has time for: Swift Testing begins
/// all of them together.
actor Turns {
  static let shared = Turns(limit: 24)

  private var left: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(limit: Int) { left = limit }

  /// Waits for a turn, in the order of asking.
  func take() async {
    if left > 0 {
      left -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  /// Hands the turn to who waits longest.
  func giveBack() {
    if waiting.isEmpty { left += 1 } else { waiting.removeFirst().resume() }
  }
}
