internal import Synchronization

/// Tells whoever waits for a slow source that nobody wants its rows any more.
///
/// A stream that can wait (a program's) looks at it several times a second.
final class InputStop: Sendable {
  private let flag = Atomic(false)

  /// Whether reading is to end.
  var isStopped: Bool { flag.load(ordering: .relaxed) }

  /// Ends reading, in whatever thread that is.
  func stop() { flag.store(true, ordering: .relaxed) }
}

/// What opening a source's streams needs besides the source.
struct InputScope: Sendable {
  var stop = InputStop()
  /// Runs programs; without one, sources that are programs cannot be opened.
  var programs: ProgramRunner?
}
