internal import Diagnostics
internal import Manifests
internal import SystemPackage

/// Lends `body` what it takes to open sources under `folder`, programs among them.
///
/// A program is started by whoever opens it, in whatever thread, runs while it is read, and has ended, in whatever way,
/// when this returns. Cancelling the task stops readers that wait.
func withInputs<Result: Sendable>(
  under folder: FilePath, _ body: (InputScope) async throws -> Result
) async throws -> Result {
  let (runs, orders) = AsyncStream<ProgramRun>.makeStream()
  let scope = InputScope(programs: ProgramRunner(folder: folder, orders: orders))
  return try await withTaskCancellationHandler {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        await withTaskGroup(of: Void.self) { running in
          for await run in runs { running.addTask { await run.run() } }
        }
      }
      defer {
        scope.stop.stop()
        orders.finish()
        group.cancelAll()
      }
      return try await body(scope)
    }
  } onCancel: {
    scope.stop.stop()
  }
}

/// Starts the programs of sources.
struct ProgramRunner: Sendable {
  fileprivate let folder: FilePath
  fileprivate let orders: AsyncStream<ProgramRun>.Continuation

  /// Starts a program in the project's folder; its standard input is empty, and its environment
  /// Sluice's own but for libpq's variables and those that hold secrets.
  ///
  /// - Returns: its standard output. What went wrong, if only that it could not be started, is thrown by reading.
  func start(_ command: [String], name: String, stop: InputStop) throws(Failure) -> ProgramStream {
    let (output, outputEnd) = try ProgramStream.pipe(for: name)
    let (errors, errorsEnd) = try ProgramStream.pipe(for: name)
    let run = ProgramRun(command, in: folder, output: outputEnd, errors: errorsEnd)
    if case .terminated = orders.yield(run) { run.abandon() }
    return ProgramStream(run, output: output, errors: errors, program: command.first ?? "", name: name, stop)
  }
}

extension ProgramSource {
  /// What messages call what it prints.
  var name: String {
    let program = command.first.flatMap { FilePath($0).lastComponent?.string } ?? ""
    return "output of \(program)"
  }
}
