internal import Dispatch
internal import Manifests
internal import Postgres
internal import Synchronization

/// A database that a load reads from, in one transaction of one snapshot.
///
/// The connection has a thread of its own, which does one job after the other that the load's thread hands it; it is
/// opened with the first of them.
final class SourceSession: Sendable {
  private struct State {
    var jobs: [any SourceWork] = []
    var isEnded = false
    /// Why no job is taken any more.
    var error: (any Error)?
  }

  let authorizer: String
  private let open: SourceOpener
  private let state = Mutex(State())
  private let news = DispatchSemaphore(value: 0)
  private let wanted: AsyncStream<Void>
  private let want: AsyncStream<Void>.Continuation

  init(_ authorizer: String, _ open: @escaping SourceOpener) {
    self.authorizer = authorizer
    self.open = open
    (wanted, want) = AsyncStream.makeStream()
  }

  // MARK: The load's thread

  /// Has the other thread do `work`, and goes on.
  func begin<T: Sendable>(_ work: @escaping @Sendable (borrowing Database) throws -> T) -> SourceJob<T> {
    let job = SourceJob(work)
    let error = state.withLock { state in
      if state.error == nil { state.jobs.append(job) }
      return state.error
    }
    if let error {
      job.fail(error)
    } else {
      news.signal()
      want.yield()
    }
    return job
  }

  /// Has the other thread do `work`, and waits for it.
  ///
  /// - Throws: `SourceError` for what the database says; `CancellationError`; what `work` throws besides.
  func perform<T: Sendable>(
    _ database: borrowing Database, _ work: @escaping @Sendable (borrowing Database) throws -> T
  ) throws -> T {
    let job = begin(work)
    while !job.isDone(within: .milliseconds(100)) { try database.checkCancellation() }
    return try value(of: job)
  }

  /// What an ended job brought.
  func value<T: Sendable>(of job: SourceJob<T>) throws -> T {
    do { return try job.value() } catch let error as PostgresError {
      throw SourceError(error: error, authorizer: authorizer)
    }
  }

  /// Says that no more jobs come.
  func end() {
    state.withLock { $0.isEnded = true }
    news.signal()
    want.finish()
  }

  // MARK: The connection's thread

  /// Connects when that is wanted, and does what is asked until the end.
  func run() async {
    for await _ in wanted { break }
    if state.withLock({ $0.jobs.isEmpty }) { return fail(CancellationError()) }
    do {
      let source = try await open(authorizer)
      do {
        try await source.connection.perform { database in
          try database.transaction(readOnly: true, isolation: .repeatableRead, prelude: source.settings) { database in
            try self.serve(database)
          }
        }
        fail(CancellationError())
      } catch {
        fail(error)
      }
      await source.connection.close()
    } catch {
      fail(error)
    }
  }

  private func serve(_ database: borrowing Database) throws {
    while true {
      while news.wait(timeout: .now() + .milliseconds(100)) == .timedOut { try database.checkCancellation() }
      let (job, isEnded) = state.withLock { state in
        (state.jobs.isEmpty ? nil : state.jobs.removeFirst(), state.isEnded)
      }
      if let job { job.run(database) } else if isEnded { return }
    }
  }

  /// Lets no job wait for ever.
  private func fail(_ error: any Error) {
    let left = state.withLock { state in
      defer { state.jobs = [] }
      if state.error == nil { state.error = error }
      return state.jobs
    }
    for job in left { job.fail(error) }
  }
}

/// What a session's thread is given to do.
protocol SourceWork: Sendable {
  func run(_ database: borrowing Database)
  func fail(_ error: any Error)
}

/// A job of a session, and what it brings.
final class SourceJob<T: Sendable>: SourceWork {
  private let work: @Sendable (borrowing Database) throws -> T
  private let result = Mutex<Result<T, any Error>?>(nil)
  private let done = DispatchSemaphore(value: 0)

  init(_ work: @escaping @Sendable (borrowing Database) throws -> T) { self.work = work }

  func run(_ database: borrowing Database) {
    do { finish(.success(try work(database))) } catch { finish(.failure(error)) }
  }

  func fail(_ error: any Error) { finish(.failure(error)) }

  private func finish(_ value: Result<T, any Error>) {
    result.withLock { $0 = value }
    done.signal()
  }

  /// Waits for its end.
  func isDone(within time: DispatchTimeInterval) -> Bool {
    guard done.wait(timeout: .now() + time) == .success else { return false }
    done.signal()
    return true
  }

  /// What it brought, once it is done.
  func value() throws -> T {
    guard let result = result.withLock({ $0 }) else { throw CancellationError() }
    return try result.get()
  }
}

/// What the database of a source said, or its connection.
struct SourceError: Error {
  var error: PostgresError
  var authorizer: String
  /// The table or the query that was read.
  var words: String?
}

/// The sessions of a load, one for each authorizer that it reads by: all tables of one are read in one snapshot.
struct SourceSessions: Sendable {
  private let sessions: [String: SourceSession]

  init(of request: LoadRequest) {
    var sessions: [String: SourceSession] = [:]
    for (_, source) in request.sources {
      guard case .postgres(let source) = source, let open = request.openSource, sessions[source.authorizer] == nil
      else { continue }
      sessions[source.authorizer] = SourceSession(source.authorizer, open)
    }
    self.sessions = sessions
  }

  /// The session of `authorizer`, which one of the request's sources names.
  subscript(authorizer: String) -> SourceSession? { sessions[authorizer] }

  /// Runs `body`, and beside it the sessions; all are ended when it returns.
  func run<T: Sendable>(_ body: () async throws -> T) async throws -> T {
    guard !sessions.isEmpty else { return try await body() }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      for session in sessions.values { group.addTask { await session.run() } }
      defer { for session in sessions.values { session.end() } }
      return try await body()
    }
  }
}
