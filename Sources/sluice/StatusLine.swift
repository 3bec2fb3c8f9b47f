import Synchronization
import Views

/// The last line of a terminal, which says what the command waits for until it has something to say.
///
/// There is one of it in a process, as there is one standard error. Whatever else is printed takes it away first.
enum StatusLine {
  private struct Work {
    var words: String
    var since: ContinuousClock.Instant
  }

  private struct Shown {
    /// Whether it has colours; nothing: it is not shown.
    var colour: Bool?
    var work: Work?
    var isDrawn = false
  }

  private static let shown = Mutex(Shown())

  /// Has it drawn from now on.
  static func show(colour: Bool) { shown.withLock { $0.colour = colour } }

  /// Says what the command waits for, and for how long, as long as `body` runs.
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
      guard shown.colour != nil else { return false }
      shown.work = Work(words: words, since: .now)
      draw(&shown)
      return true
    }
  }

  private static func end() {
    shown.withLock { shown in
      erase(&shown)
      shown.work = nil
    }
  }

  /// Draws it anew each second until the task is cancelled.
  private static func keepUp() async {
    while true {
      try? await Task.sleep(for: .seconds(1))
      if Task.isCancelled { return }
      shown.withLock { draw(&$0) }
    }
  }

  /// The cursor stays before the line, so that what others print, as the terminal does with `^C`, stands over it.
  private static func draw(_ shown: inout Shown) {
    guard let colour = shown.colour, let work = shown.work else { return }
    let style = Style(colour: colour, width: max(1, (Terminal.size()?.columns ?? 80) - 1))
    let seconds = Int(work.since.duration(to: .now) / .seconds(1))
    Console.writeError("\r\u{1b}[K\(ProgressView(style: style).activityLine(work.words, seconds: seconds))\r")
    shown.isDrawn = true
  }

  private static func erase(_ shown: inout Shown) {
    if shown.isDrawn { Console.writeError("\r\u{1b}[K") }
    shown.isDrawn = false
  }
}
