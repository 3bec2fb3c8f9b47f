import Diagnostics
import Planning
import Synchronization
import Views

/// Shows how loads go: a line a flow that is drawn anew on a terminal, a line every ten seconds without one, JSON lines.
final class LoadReporter: Sendable {
  private let speaker: Speaker
  private let view: ProgressView
  private let nameWidth: Int
  private let shown: Mutex<Shown>

  private struct Shown {
    /// The last line of each flow that loads, in the order in which they began.
    var lines: [(flow: String, line: String)] = []
    /// How many lines stand on the terminal now.
    var drawn = 0
    /// When a flow's last log line was written, in seconds of its load.
    var logged: [String: Double] = [:]
  }

  init(_ speaker: Speaker, flows: [String]) {
    self.speaker = speaker
    view = ProgressView(style: speaker.terminal.errors)
    nameWidth = flows.map(\.count).max() ?? 0
    shown = Mutex(Shown())
  }

  /// Takes an event, from whichever task it happened in.
  func report(_ event: Event) {
    shown.withLock { shown in
      if let json = eventJSON(event) { speaker.line(json) }
      guard speaker.isHuman, !speaker.isQuiet else { return }
      switch event {
      case .loadProgress(let progress): progressed(progress, &shown)
      case .loadFinished(let outcome):
        guard speaker.terminal.drawsProgress else { return }
        shown.lines.removeAll { $0.flow == outcome.flow }
        redraw(&shown)
      case .loadRetrying(let flow, _, let attempt, let error, let delay):
        Console.note("flow/\(flow): try \(attempt) failed (\(error.message)); again in \(delay.components.seconds) s")
      case .loadStarted, .stepStarted, .stepFinished, .stepFailed, .stepWaiting, .applied: break
      }
    }
  }

  /// Shows the final table, and why loads failed.
  func finish(_ outcomes: [LoadOutcome]) {
    let view = RunView(style: speaker.terminal.output)
    if !outcomes.isEmpty { speaker.result(view.text(outcomes)) }
    speaker.show(outcomes.flatMap(\.warnings) + outcomes.compactMap(\.error))
  }

  private func progressed(_ progress: LoadProgress, _ shown: inout Shown) {
    guard speaker.terminal.drawsProgress else {
      guard progress.seconds - shown.logged[progress.flow, default: 0] >= 10 else { return }
      shown.logged[progress.flow] = progress.seconds
      Console.note(view.logLine(progress))
      return
    }
    let line = view.terminalLine(progress, nameWidth: nameWidth)
    if let index = shown.lines.firstIndex(where: { $0.flow == progress.flow }) {
      shown.lines[index].line = line
    } else {
      shown.lines.append((progress.flow, line))
    }
    redraw(&shown)
  }

  /// Goes back to the first line, and draws all of them anew.
  private func redraw(_ shown: inout Shown) {
    var text = shown.drawn > 0 ? "\u{1b}[\(shown.drawn)F" : ""
    text += shown.lines.map { "\u{1b}[2K\($0.line)\n" }.joined()
    Console.draw(text + "\u{1b}[J")
    shown.drawn = shown.lines.count
  }
}
