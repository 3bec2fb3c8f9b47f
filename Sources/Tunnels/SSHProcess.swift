internal import Dispatch
internal import Secrets
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// One run of ssh, from its start to its end.
final class SSHProcess: Sendable {
  /// How far it is.
  enum Phase: Sendable {
    case starting
    case ready
    case ended(any Error)
  }

  struct State: Sendable {
    var phase = Phase.starting
    var log: SSHLog
    /// How often the server did not open a connection for a port, and what it said last.
    var refusals: [Int: (count: Int, words: String)] = [:]
    fileprivate var terminal: HeldTerminal?
    fileprivate var isStopped = false
    fileprivate var watchers: [Int: AsyncStream<Void>.Continuation] = [:]
    fileprivate var nextWatcher = 0

    /// How it came out, once it did.
    var start: Phase? { if case .starting = phase { nil } else { phase } }
    var end: (any Error)? { if case .ended(let error) = phase { error } else { nil } }
  }

  let control: ControlSocket
  private let environment: [String: String]
  private let launcher: FilePath
  private let prepare: @Sendable () async throws -> TunnelSettings
  private let state: Mutex<State>
  private let hasEnded = DispatchSemaphore(value: 0)

  /// A run that has not begun.
  ///
  /// - Parameters:
  ///   - launcher: Sluice's own program.
  ///   - prepare: finds the settings: it may have to ask for a password.
  init(
    launcher: FilePath, environment: [String: String], prepare: @escaping @Sendable () async throws -> TunnelSettings
  ) {
    self.launcher = launcher
    self.environment = environment
    self.prepare = prepare
    // The path of a socket is short, and ssh adds 17 bytes to it for a while. It can be used by its owner alone.
    control = ControlSocket(path: "/tmp/sluice-\(SystemCalls.randomName())")
    state = Mutex(State(log: SSHLog(controlPath: control.path)))
  }

  /// Runs it to its end.
  func run() async {
    let end: any Error
    do { end = try await execute() } catch { end = error }
    // ssh does so itself, but where it was killed.
    SystemCalls.remove(FilePath(control.path))
    change { state in
      state.phase = .ended(end)
      state.terminal = nil
    }
    hasEnded.signal()
  }

  /// Hangs it up, at whatever point it is. Does not wait.
  func stop() {
    let terminal = state.withLock { state in
      state.isStopped = true
      defer { state.terminal = nil }
      return state.terminal
    }
    terminal?.close()
  }

  /// What is known of it by now.
  func look<Found: Sendable>(_ look: (State) -> Found) -> Found { state.withLock { look($0) } }

  /// Waits until `look` finds something in what is known.
  ///
  /// - Returns: nothing where that is not so within `limit`, or the task is cancelled.
  func wait<Found: Sendable>(within limit: Duration, _ look: @escaping @Sendable (State) -> Found?) async -> Found? {
    let (changes, watcher) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state in
      state.nextWatcher += 1
      state.watchers[state.nextWatcher] = watcher
      return state.nextWatcher
    }
    defer { state.withLock { _ = $0.watchers.removeValue(forKey: number) } }
    return await withTaskGroup(of: Found?.self) { group in
      group.addTask {
        if let found = self.look(look) { return found }
        for await _ in changes { if let found = self.look(look) { return found } }
        return nil
      }
      group.addTask {
        try? await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
  }

  /// Waits a moment, in a thread that may block, for its end.
  ///
  /// - Returns: nothing where it goes on.
  func end(within milliseconds: Int) -> (any Error)? {
    if hasEnded.wait(timeout: .now() + .milliseconds(milliseconds)) == .success { hasEnded.signal() }
    return look(\.end)
  }

  private func change(_ change: (inout State) -> Void) {
    state.withLock { state in
      change(&state)
      for watcher in state.watchers.values { watcher.yield() }
    }
  }

  private func take(_ line: String) {
    change { state in
      switch state.log.take(line) {
      case .ready: state.phase = .ready
      case .refused(let port, let words):
        state.refusals[port] = ((state.refusals[port]?.count ?? 0) + 1, words)
      case nil: break
      }
    }
  }

  private func execute() async throws -> any Error {
    let settings = try await prepare()
    try Self.checkFiles(of: settings)
    guard let program = SSHCommand.program(in: environment) else { throw TunnelError(.programMissing) }
    let (terminal, end) = try HeldTerminal.open()
    try settings.password?.reveal { try terminal.type($0) }
    let knownHosts = try KnownHosts(pinning: settings.hostKey)
    defer { knownHosts.remove() }
    let isWanted = state.withLock { state in
      if !state.isStopped { state.terminal = terminal }
      return !state.isStopped
    }
    guard isWanted else { throw CancellationError() }
    let command = SSHCommand(
      settings, knownHosts: knownHosts.path, controlPath: control.path, program: launcher, of: environment)
    var options = PlatformOptions()
    // A session of its own: no interrupt at the user's terminal reaches it, and it cannot ask there.
    options.createSession = true
    options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(1))]
    let configuration = Configuration(
      executable: .path(launcher),
      arguments: Arguments([TunnelProgram.launchArgument, program.string] + command.arguments),
      environment: .custom(
        Dictionary(uniqueKeysWithValues: command.environment.map { (Environment.Key(stringLiteral: $0), $1) })),
      workingDirectory: FilePath(settings.folder), platformOptions: options)
    let output = try SSHOutput()
    let queue = DispatchQueue(label: "ssh")
    let source = DispatchSource.makeReadSource(fileDescriptor: output.input.rawValue, queue: queue)
    source.setEventHandler { output.read(self.take) }
    source.setCancelHandler { try? output.input.close() }
    source.activate()
    defer { source.cancel() }
    let status = try await Subprocess.run(
      configuration, input: .fileDescriptor(end, closeAfterSpawningProcess: true),
      output: .fileDescriptor(knownHosts.descriptor, closeAfterSpawningProcess: true),
      error: .fileDescriptor(output.end, closeAfterSpawningProcess: true)
    ).terminationStatus
    // What it said last may still be in the pipe.
    output.read(take)
    return look { state in
      let isReady = if case .ready = state.phase { true } else { false }
      let words = state.log.words
      return switch status {
      case .signaled(let signal): TunnelError(.ended, words: words, ending: "ssh was ended by signal \(signal)")
      case .exited(let code):
        TunnelError(
          isReady ? .ended : TunnelFailure(words: words, settings: settings, isKeyAccepted: state.log.isKeyAccepted),
          words: words,
          ending: "ssh ended with status \(code)")
      }
    }
  }

  /// ssh goes on without a file that it cannot read, and then fails for another reason.
  private static func checkFiles(of settings: TunnelSettings) throws {
    if let file = settings.identityFile, let obstacle = SystemCalls.obstacle(toReading: file),
      // The key itself may be in the agent alone.
      SystemCalls.obstacle(toReading: "\(file).pub") != nil
    {
      throw TunnelError(.identityFileMissing, words: ["\(file): \(obstacle)"])
    }
    for file in [settings.knownHostsFile, settings.configuration].compactMap({ $0 }) {
      if let obstacle = SystemCalls.obstacle(toReading: file) {
        throw TunnelError(.configuration, words: ["\(file): \(obstacle)"])
      }
    }
  }
}
