internal import Dispatch
internal import Secrets
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// One run of a program that prints rows.
final class ProgramRun: Sendable {
  /// How it ended.
  enum End: Sendable {
    /// By itself: nothing where it went well, else in what way.
    case ended(failure: String?)
    /// It never ran, for this reason.
    case notStarted(String)
    /// Nobody wanted it any more.
    case stopped
  }

  private struct State {
    var end: End?
    /// The program's ends of the pipes, until it has them itself.
    var pipes: [FileDescriptor]
  }

  private let configuration: Configuration
  private let state: Mutex<State>
  private let hasEnded = DispatchSemaphore(value: 0)
  private let stops: AsyncStream<Never>
  private let stopper: AsyncStream<Never>.Continuation

  /// How long a program that was asked to end has for that.
  private static let grace = Duration.seconds(2)

  /// A run that has not begun; the descriptors are closed by it.
  init(_ command: [String], in folder: FilePath, output: FileDescriptor, errors: FileDescriptor) {
    var options = PlatformOptions()
    // A session of its own: what it starts itself ends with it, an interrupt at the terminal reaches it by way of us, and
    // one that would ask at the terminal fails instead of waiting.
    options.createSession = true
    options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: Self.grace)]
    let variables = ChildEnvironment.current.map { (Environment.Key(stringLiteral: $0.key), $0.value) }
    configuration = Configuration(
      executable: .name(command.first ?? ""), arguments: Arguments(Array(command.dropFirst())),
      environment: .custom(Dictionary(variables) { $1 }), workingDirectory: folder, platformOptions: options)
    state = Mutex(State(pipes: [output, errors]))
    (stops, stopper) = AsyncStream<Never>.makeStream()
  }

  /// Ends the program where it still runs: SIGTERM, and SIGKILL after a moment. Does not wait.
  func stop() { stopper.finish() }

  /// Says that it will never run.
  func abandon() { finish(.stopped) }

  /// Waits for the end for a moment.
  ///
  /// - Returns: nothing where it has not ended yet.
  func end(within milliseconds: Int) -> End? {
    if hasEnded.wait(timeout: .now() + .milliseconds(milliseconds)) == .success { hasEnded.signal() }
    return state.withLock(\.end)
  }

  /// Runs it to its end, or until `stop`, or until the task is cancelled.
  func run() async {
    let stops = stops
    await withTaskGroup(of: End?.self) { group in
      group.addTask { await self.execute() }
      group.addTask {
        for await _ in stops {}
        return nil
      }
      while let end = await group.next() {
        if let end { finish(end) }
        group.cancelAll()
      }
    }
  }

  private func execute() async -> End {
    let (output, errors) = state.withLock { ($0.pipes[0], $0.pipes[1]) }
    let lifeline = ProgramLifeline()
    do {
      let result = try await Subprocess.run(
        configuration, input: .none,
        output: .fileDescriptor(output, closeAfterSpawningProcess: false),
        error: .fileDescriptor(errors, closeAfterSpawningProcess: false)
      ) { program in
        // It leads a session, and so a group, of its own.
        lifeline.hold(group: program.processIdentifier.value)
        closePipes()
      }
      let status = result.terminationStatus
      if Task.isCancelled { return .stopped }
      return .ended(failure: status.isSuccess ? nil : Self.words(status))
    } catch let error as SubprocessError where !Task.isCancelled {
      if error.code == .executableNotFound { return .notStarted("there is no such program in PATH") }
      return .notStarted(error.underlyingError.map { "\($0)" } ?? "\(error)")
    } catch {
      return .stopped
    }
  }

  private static func words(_ status: TerminationStatus) -> String {
    switch status {
    case .exited(let code): "ended with status \(code)"
    case .signaled(let signal): "was ended by signal \(signal)"
    }
  }

  private func finish(_ end: End) {
    closePipes()
    state.withLock { $0.end = end }
    hasEnded.signal()
  }

  private func closePipes() {
    let pipes = state.withLock { state in
      defer { state.pipes = [] }
      return state.pipes
    }
    for pipe in pipes { try? pipe.close() }
  }
}
