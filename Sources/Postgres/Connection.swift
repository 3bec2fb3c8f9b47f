internal import Dispatch

/// A connection to a PostgreSQL database, on a thread of its own as libpq blocks.
public actor Connection {
  private let executor: ConnectionExecutor
  private let database: Database
  private let canceller: Canceller
  private var isClosed = false

  /// Takes over an open libpq connection.
  init(_ pointer: OpaquePointer, log: NoticeLog, on queue: DispatchQueue, lossReason: LossReason?) {
    let session = Session(pointer, log: log, lossReason: lossReason)
    executor = ConnectionExecutor(queue)
    canceller = session.canceller
    database = Database(session)
  }

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Says why the way to the server is no more, where that is known: half a sentence, which the error then ends with. It
  /// is asked in the connection's thread, when the connection is lost, and may block for a moment.
  public typealias LossReason = @Sendable () -> String?

  /// Connects.
  ///
  /// How far it comes is written to ``ConnectionTrace/current``.
  ///
  /// - Parameter timeout: for all of it: name resolution, every host and each of its addresses, TLS, authentication.
  /// - Throws: `PostgresError` with `connectFailure`; `CancellationError`.
  public static func open(
    _ parameters: ConnectionParameters, timeout: Duration, lossReason: LossReason? = nil
  ) async throws -> Connection {
    try Task.checkCancellation()
    let attempt = ConnectionAttempt(
      parameters, timeout: timeout, lossReason: lossReason, trace: .current ?? ConnectionTrace())
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { attempt.start($0) }
    } onCancel: {
      attempt.cancel()
    }
  }

  /// Lends the database to `work`. No one else uses it meanwhile, as `work` cannot suspend.
  ///
  /// When the task is cancelled, the statement under way is cancelled in the server, and no other is sent. The
  /// connection is of no more use then.
  ///
  /// - Throws: what `work` throws; `CancellationError` when the task is cancelled and `work` did not come to its end.
  public func perform<T: Sendable>(_ work: @Sendable (borrowing Database) throws -> T) async throws -> T {
    try Task.checkCancellation()
    if isClosed { throw PostgresError(.client, "the connection is closed") }
    do {
      return try await withTaskCancellationHandler {
        try work(database)
      } onCancel: { [canceller] in
        canceller.request()
      }
    } catch  where Task.isCancelled {
      throw CancellationError()
    }
  }

  /// Says goodbye to the server. The connection is of no more use then; one that is dropped is closed too.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    database.session.close()
  }
}

/// Runs an actor's jobs on a queue, one after the other.
final class ConnectionExecutor: SerialExecutor {
  private let queue: DispatchQueue

  init(_ queue: DispatchQueue) { self.queue = queue }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
