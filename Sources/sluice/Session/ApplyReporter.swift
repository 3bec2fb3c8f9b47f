import Planning
import Synchronization
import Views

/// Shows how an apply goes: one line that is drawn anew on a terminal, a line every ten seconds without one, JSON lines.
final class ApplyReporter: Sendable {
  private let speaker: Speaker
  private let total: Int
  private let clock: @Sendable () -> ContinuousClock.Instant
  private let shown: Mutex<Shown>

  private struct Shown {
    var done = 0
    var loggedAt: ContinuousClock.Instant
    var isDrawn = false
  }

  /// Makes a reporter.
  ///
  /// - Parameter total: how many steps there are to do.
  init(_ speaker: Speaker, total: Int, clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
    self.speaker = speaker
    self.total = total
    self.clock = clock
    shown = Mutex(Shown(loggedAt: clock()))
  }

  /// Takes an event, from whichever task it happened in.
  func report(_ event: Event) {
    shown.withLock { shown in
      if let json = eventJSON(event) { speaker.line(json) }
      guard speaker.isHuman, !speaker.isQuiet else { return }
      switch event {
      case .stepStarted: if !shown.isDrawn { progressed(&shown) }
      case .stepFinished:
        shown.done += 1
        progressed(&shown)
      case .stepWaiting(let address, let message):
        clear(&shown)
        Console.note("\(address): \(message)".printable())
      case .stepFailed(let address, _, _):
        clear(&shown)
        Console.note("\(address.printable()): failed; what is under way is finished, nothing else is begun")
      case .applied: clear(&shown)
      case .loadStarted, .loadProgress, .loadRetrying, .loadWaiting, .loadFinished, .loadInterrupted:
        break
      }
    }
  }

  /// Takes the line from the terminal, so that other text can follow.
  func finish() { shown.withLock { clear(&$0) } }

  private func progressed(_ shown: inout Shown) {
    let line = ApplyView.progressLine(done: shown.done, of: total)
    if speaker.terminal.drawsProgress {
      Console.draw((shown.isDrawn ? "\u{1b}[F" : "") + "\u{1b}[2K\(line)\n")
      shown.isDrawn = true
    } else if shown.loggedAt.duration(to: clock()) >= .seconds(10) {
      shown.loggedAt = clock()
      Console.note(line)
    }
  }

  private func clear(_ shown: inout Shown) {
    if shown.isDrawn { Console.draw("\u{1b}[F\u{1b}[2K") }
    shown.isDrawn = false
  }
}
