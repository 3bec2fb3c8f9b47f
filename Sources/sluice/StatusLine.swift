import Synchronization
import Views

/// The last line of a terminal, which says what the command waits for until it has something to say; without a terminal, a
/// line every ten seconds.
///
/// There is one of it in a process, as there is one standard error. Whatever else is printed takes it away first.
enum StatusLine {
  /// Where it is shown.
  enum Manner {
    /// Drawn anew each second; whether in colours.
    case terminal(colour: Bool)
    case log
  }

  private struct Work {
    var words: String
    var since: ContinuousClock.Instant
    var seconds = 0
  }

  private struct Shown {
    /// Nothing: it is not shown.
    var manner: Manner?
    var work: Work?
    var isDrawn = false
  }

  private static let shown = Mutex(Shown())

  /// Has it shown from now on; nothing: not any more.
  static func show(_ manner: Manner?) { shown.withLock { $0.manner = manner } }

  /// Says what the command waits for, as long as `body` runs.
  ///
  /// - Parameter words: as in `Looking at warehouse`.
  static func during<T>(_ words: String, _ body: () async throws -> T) async rethrows -> T {
    guard begin(words) else { return try await body() }
    async let _: Void = keepUp()
    defer { end() }
    return try await body()
  }

  /// `names` as words hold them: `crm, warehouse`, or `12 databases` where they are many.
  static func list(_ names: [String], called noun: String) -> String {
    names.count > 3 ? count(names.count, noun) : names.joined(separator: ", ")
  }

  /// Takes it from the terminal, as something else is printed.
  static func giveWay() { shown.withLock { erase(&$0) } }

  private static func begin(_ words: String) -> Bool {
    shown.withLock { shown in
      guard shown.manner != nil else { return false }
      shown.work = Work(words: words, since: .now)
      if case .terminal = shown.manner { draw(&shown) }
      return true
    }
  }

  private static func end() {
    shown.withLock { shown in
      erase(&shown)
      shown.work = nil
    }
  }

  /// Looks at the clock each second until the task is cancelled.
  private static func keepUp() async {
    while true {
      try? await Task.sleep(for: .seconds(1))
      if Task.isCancelled { return }
      shown.withLock { shown in
        guard let work = shown.work else { return }
        let seconds = Int(work.since.duration(to: .now) / .seconds(1))
        shown.work?.seconds = seconds
        switch shown.manner {
        case .terminal: draw(&shown)
        case .log where seconds / 10 > work.seconds / 10:
          Console.writeError("\(work.words.printable()): \(seconds) s\n")
        case .log, nil: break
        }
      }
    }
  }

  /// The cursor stays before the line, so that what others print, as the terminal does with `^C`, stands over it.
  private static func draw(_ shown: inout Shown) {
    guard case .terminal(let colour) = shown.manner, let work = shown.work else { return }
    let style = Style(colour: colour, width: max(1, (Terminal.size()?.columns ?? 80) - 1))
    let line = ProgressView(style: style).activityLine(work.words, seconds: work.seconds)
    Console.writeError("\r\u{1b}[K\(line)\r")
    shown.isDrawn = true
  }

  private static func erase(_ shown: inout Shown) {
    if shown.isDrawn { Console.writeError("\r\u{1b}[K") }
    shown.isDrawn = false
  }
}
