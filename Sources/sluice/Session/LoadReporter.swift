import Diagnostics
import Planning
import Synchronization
import Views

/// Shows how loads go: a line a flow that is drawn anew on a terminal, a line every ten seconds without one, JSON lines.
final class LoadReporter: Sendable {
  private let speaker: Speaker
  private let shown: Mutex<Shown>

  /// A load that is under way.
  private struct Moving {
    enum News {
      case starting
      case progress(LoadProgress)
      case waiting(flow: String, message: String)
    }

    var flow: String
    var news: News
    var since: ContinuousClock.Instant
    /// When a log was last told of it; from its start on, so that short loads say nothing.
    var loggedAt: ContinuousClock.Instant?
  }

  private struct Shown {
    /// In the order in which they began to move.
    var moving: [Moving] = []
    /// The cells of each line that stands on the terminal now.
    var drawn: [Int] = []
    var drawnAt: ContinuousClock.Instant?
    /// When a log was last told of a window that has ended.
    var loggedWindowAt: ContinuousClock.Instant?
    /// When the last JSON line of a load's progress was written.
    var streamed: [String: ContinuousClock.Instant] = [:]
  }

  init(_ speaker: Speaker) {
    self.speaker = speaker
    shown = Mutex(Shown())
  }

  /// Takes an event, from whichever task it happened in.
  func report(_ event: Event) {
    shown.withLock { shown in
      stream(event, &shown)
      guard speaker.isHuman, !speaker.isQuiet else { return }
      switch event {
      case .loadStarted(let flow, _, _, _): if speaker.terminal.drawsProgress { move(flow, .starting, &shown) }
      case .loadProgress(let progress): move(progress.flow, .progress(progress), &shown)
      case .loadWaiting(let flow, _, let message, _):
        move(flow, .waiting(flow: flow, message: message), isUrgent: true, &shown)
      case .loadFinished(let outcome):
        end(outcome.flow, &shown)
        logWindow(outcome, &shown)
      case .loadInterrupted(let flow, _): end(flow, &shown)
      case .loadRetrying(let flow, _, let attempt, let error, let delay):
        clear(&shown)
        shown.moving.removeAll { $0.flow == flow }
        let words = "try \(attempt) failed (\(error.message.printable())); again in \(delay.components.seconds) s"
        Console.note(error.message.hasPrefix("flow/\(flow)") ? words : "flow/\(flow): \(words)")
        draw(&shown)
      case .stepStarted, .stepFinished, .stepFailed, .stepWaiting, .applied: break
      }
    }
  }

  /// Looks at the clock each second until the task is cancelled: a load that says nothing is shown all the same.
  func keepUp() async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(1))
      shown.withLock { shown in
        guard !Task.isCancelled, !shown.moving.isEmpty else { return }
        speaker.terminal.drawsProgress ? draw(&shown) : log(&shown)
      }
    }
  }

  /// Shows the final table, and why loads failed.
  func finish(_ outcomes: [LoadOutcome]) {
    shown.withLock { shown in
      shown.moving = []
      clear(&shown)
    }
    let view = RunView(style: speaker.terminal.output)
    if !outcomes.isEmpty { speaker.result(view.text(outcomes)) }
    speaker.show(outcomes.diagnostics)
  }

  /// Each event is a line of JSON, but those of progress: of a load no more than one a second, and of waiting when it
  /// begins and every ten seconds.
  private func stream(_ event: Event, _ shown: inout Shown) {
    guard !speaker.isHuman else { return }
    if case .loadProgress(let progress) = event, progress.isServerAtWork { return }
    let pace: (load: String, pause: Duration)? =
      switch event {
      case .loadProgress(let progress): (progress.load, .seconds(1))
      case .loadWaiting(_, let load, _, _): (load, .seconds(10))
      default: nil
      }
    if let pace {
      if let last = shown.streamed[pace.load], .now - last < pace.pause { return }
      shown.streamed[pace.load] = .now
    }
    if let json = eventJSON(event) { speaker.line(json) }
  }

  private func move(_ flow: String, _ news: Moving.News, isUrgent: Bool = false, _ shown: inout Shown) {
    let now = ContinuousClock.now
    var isOverdue = shown.drawnAt.map { now - $0 >= .milliseconds(100) } ?? true
    if let index = shown.moving.firstIndex(where: { $0.flow == flow }) {
      if case .starting = shown.moving[index].news { isOverdue = true }
      shown.moving[index].news = news
      shown.moving[index].since = now
    } else {
      shown.moving.append(Moving(flow: flow, news: news, since: now, loggedAt: isUrgent ? nil : now))
    }
    if !speaker.terminal.drawsProgress {
      log(&shown)
    } else if isOverdue {
      draw(&shown)
    }
  }

  private func end(_ flow: String, _ shown: inout Shown) {
    guard let index = shown.moving.firstIndex(where: { $0.flow == flow }) else { return }
    shown.moving.remove(at: index)
    if speaker.terminal.drawsProgress { draw(&shown) }
  }

  private func log(_ shown: inout Shown) {
    let view = ProgressView(style: speaker.terminal.errors)
    let now = ContinuousClock.now
    for index in shown.moving.indices {
      let moving = shown.moving[index]
      if let last = moving.loggedAt, now - last < .seconds(10) { continue }
      shown.moving[index].loggedAt = now
      switch moving.news {
      case .starting: break
      case .progress(let progress): Console.note(view.logLine(progress.later(by: now - moving.since)))
      case .waiting(let flow, let message): Console.note("flow/\(flow) waits: \(message)".printable())
      }
    }
  }

  /// Tells a log of a window that has ended, of one every ten seconds: there may be thousands.
  private func logWindow(_ outcome: LoadOutcome, _ shown: inout Shown) {
    guard !speaker.terminal.drawsProgress, outcome.status != .skipped else { return }
    let now = ContinuousClock.now
    if let last = shown.loggedWindowAt, now - last < .seconds(10) { return }
    guard let line = ProgressView(style: speaker.terminal.errors).windowLine(outcome) else { return }
    shown.loggedWindowAt = now
    Console.note(line)
  }

  // MARK: On a terminal

  /// Goes back to the first line, and draws all of them anew, as many as the terminal has room for by now.
  private func draw(_ shown: inout Shown) {
    guard speaker.terminal.drawsProgress else { return }
    let size = Terminal.size() ?? (columns: speaker.terminal.errors.width, rows: 24)
    // A line as wide as the terminal would leave the cursor in its last column, and what is erased then differs.
    let view = ProgressView(style: Style(colour: speaker.terminal.errors.colour, width: max(1, size.columns - 1)))
    let nameWidth = view.nameWidth(of: shown.moving.map(\.flow))
    let now = ContinuousClock.now
    let lines = shown.moving.map { moving in
      switch moving.news {
      case .starting: view.waitingLine(moving.flow, "starting", nameWidth: nameWidth)
      case .progress(let progress):
        view.terminalLine(progress.later(by: now - moving.since), nameWidth: nameWidth)
      case .waiting(let flow, let message): view.waitingLine(flow, message, nameWidth: nameWidth)
      }
    }
    let fitting = view.fitting(lines, rows: size.rows)
    Console.draw(up(&shown, columns: size.columns) + fitting.map { "\($0)\u{1b}[K\n" }.joined() + "\u{1b}[J")
    shown.drawn = fitting.map(\.displayWidth)
    shown.drawnAt = now
  }

  private func clear(_ shown: inout Shown) {
    guard !shown.drawn.isEmpty else { return }
    Console.draw(up(&shown, columns: Terminal.size()?.columns ?? speaker.terminal.errors.width) + "\u{1b}[J")
  }

  /// Moves to the first of the lines that are drawn: a terminal that has become narrower has wrapped them.
  private func up(_ shown: inout Shown, columns: Int) -> String {
    let rows = shown.drawn.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
    shown.drawn = []
    return rows > 0 ? "\u{1b}[\(rows)F" : ""
  }
}

extension LoadProgress {
  /// The same, after a while in which nothing more was read.
  fileprivate func later(by time: Duration) -> LoadProgress {
    var later = self
    later.seconds += time / .seconds(1)
    return later
  }
}
