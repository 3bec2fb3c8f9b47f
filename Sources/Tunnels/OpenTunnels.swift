internal import SystemPackage

/// The tunnels of one command: each is an ssh, started when it is first needed, that all connections through it share.
public actor OpenTunnels {
  /// Finds how a tunnel is to be opened; what it throws is thrown by who wanted the tunnel.
  public typealias Preparation = @Sendable () async throws -> TunnelSettings

  private final class Tunnel {
    let process: SSHProcess
    let task: Task<Void, Never>
    /// How many wait for it to be ready.
    var waiting = 0
    var ports: [TunnelTarget: Task<Int, any Error>] = [:]

    init(_ process: SSHProcess) {
      self.process = process
      task = Task { await process.run() }
    }
  }

  private let environment: [String: String]
  private let launcher: FilePath
  private let patience: Duration
  private var tunnels: [String: Tunnel] = [:]
  private var running: [Task<Void, Never>] = []
  private var isClosed = false

  /// No tunnels yet.
  ///
  /// - Parameters:
  ///   - environment: the process's own variables, of which ssh gets those that it needs.
  ///   - program: Sluice's program, which calls `TunnelProgram.runIfAsked` first; nothing for the one that runs.
  ///   - patience: how long it may take until what ssh has done with a connection is known here too, however busy the
  ///     machine is.
  public init(environment: [String: String], program: String? = nil, patience: Duration = .seconds(3)) {
    self.environment = environment
    self.patience = patience
    launcher = program.map { FilePath($0) } ?? SystemCalls.ownProgram() ?? "/proc/self/exe"
  }

  /// Opens the tunnel called `name`, where it is not open.
  ///
  /// - Throws: `TunnelError`, what `prepare` throws, `CancellationError`.
  public func open(_ name: String, within limit: Duration, prepare: @escaping Preparation) async throws {
    _ = try await ready(name, by: .now + limit, prepare)
  }

  /// A port of this machine that leads through the tunnel called `name` to `target`; the tunnel is opened where it is not
  /// open.
  ///
  /// - Parameter limit: for all of it.
  /// - Throws: `TunnelError`, what `prepare` throws, `CancellationError`.
  public func forward(
    through name: String, to target: TunnelTarget, within limit: Duration, prepare: @escaping Preparation
  ) async throws -> Forward {
    let tunnel = try await ready(name, by: .now + limit, prepare)
    let task = tunnel.ports[target] ?? Task { [process = tunnel.process] in try await Self.listen(process, target) }
    tunnel.ports[target] = task
    do {
      return Forward(port: try await task.value, process: tunnel.process, patience: patience)
    } catch {
      tunnel.ports[target] = nil
      throw error
    }
  }

  /// Ends all of them, and waits until they have ended. None is opened any more.
  public func close() async {
    isClosed = true
    for tunnel in tunnels.values { tunnel.process.stop() }
    tunnels = [:]
    // An interrupt, which cancels the command, must not cut this short.
    await Task.detached { [running] in
      await withTaskGroup(of: Void.self) { group in
        group.addTask { for task in running { await task.value } }
        // One that does not end when it is hung up is killed.
        group.addTask {
          try? await Task.sleep(for: .seconds(2))
          if !Task.isCancelled { for task in running { task.cancel() } }
        }
        await group.next()
        group.cancelAll()
      }
    }.value
  }

  private func ready(
    _ name: String, by deadline: ContinuousClock.Instant, _ prepare: @escaping Preparation
  ) async throws -> Tunnel {
    if isClosed { throw CancellationError() }
    let tunnel = tunnels[name].flatMap { $0.process.look(\.end) == nil ? $0 : nil } ?? start(name, prepare)
    tunnel.waiting += 1
    let start = await tunnel.process.wait(within: deadline - .now) { $0.start }
    tunnel.waiting -= 1
    switch start {
    case .ready: return tunnel
    case .ended(let error): throw isClosed ? CancellationError() : error
    case .starting, nil:
      // Nobody else has more patience.
      if tunnel.waiting == 0, tunnel.process.look({ $0.start == nil }) {
        tunnel.process.stop()
        if tunnels[name] === tunnel { tunnels[name] = nil }
      }
      try Task.checkCancellation()
      throw TunnelError(.timedOut, words: tunnel.process.look(\.log.words))
    }
  }

  private func start(_ name: String, _ prepare: @escaping Preparation) -> Tunnel {
    let tunnel = Tunnel(SSHProcess(launcher: launcher, environment: environment, prepare: prepare))
    tunnels[name] = tunnel
    running.append(tunnel.task)
    return tunnel
  }

  /// Has ssh listen on a free port.
  private static func listen(_ process: SSHProcess, _ target: TunnelTarget) async throws -> Int {
    // The port that the system chose may be taken by another before ssh has it, seldom enough.
    for _ in 0..<10 {
      let port = try ReservedPort()
      let number = port.number
      let answer: ControlSocket.Answer
      do { answer = try await process.control.forward(port: number, to: target) } catch {
        let end = await process.wait(within: .seconds(1)) { $0.end }
        throw end ?? TunnelError(.ended, words: process.look(\.log.words), ending: "ssh does not answer")
      }
      port.release()
      if answer == .done { return number }
    }
    throw TunnelError(.noPort, words: process.look(\.log.words))
  }
}

/// A port of this machine that leads through a tunnel.
public struct Forward: Sendable {
  /// Of 127.0.0.1.
  public let port: Int
  private let process: SSHProcess
  private let refusals: Int

  private let patience: Duration

  init(port: Int, process: SSHProcess, patience: Duration) {
    self.port = port
    self.patience = patience
    self.process = process
    refusals = process.look { $0.refusals[port]?.count ?? 0 }
  }

  /// Why a connection to the port came to nothing, where that was the tunnel; waits a moment for that to be known.
  public func failure() async -> TunnelError? {
    await process.wait(within: patience) { [port, refusals] state in
      if let refusal = state.refusals[port], refusal.count > refusals {
        return TunnelError(.forwardRefused, words: [refusal.words])
      }
      return state.end as? TunnelError
    }
  }

  /// Why a connection through the port broke, where the tunnel has ended; blocks for a moment for that to be known.
  public func ending() -> TunnelError? {
    let (seconds, attoseconds) = patience.components
    return process.end(within: Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)) as? TunnelError
  }
}
