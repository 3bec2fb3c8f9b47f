internal import Diagnostics
internal import Manifests
public import Planning
public import Postgres

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Loads one flow: all of it, with its row of the ledger, in one transaction, or nothing.
///
/// - Parameter report: called a few times a second from the connection's thread.
/// - Returns: how it ended. One that failed is returned, not thrown, and its row of the ledger is written (in a
///   transaction of its own) as far as the connection allows; `isTransient` says whether to try again, on a new
///   connection, with `retried(after:)`.
/// - Throws: `CancellationError`; nothing was written then, and the connection is of no more use.
public func load(
  _ request: LoadRequest, on connection: Connection, report: @escaping @Sendable (LoadProgress) -> Void = { _ in }
) async throws -> LoadOutcome {
  let started = ContinuousClock.now
  let startedAt = currentTime()
  var outcome: LoadOutcome
  do {
    outcome = try await attempt(request, on: connection, started: started, startedAt: startedAt, report)
  } catch let refusal as Refusal where request.slot != nil && refusal.diagnostic.isMissingFile {
    outcome = await request.waiting(for: refusal, startedAt: startedAt, on: connection)
  } catch let refusal as Refusal {
    outcome = LoadOutcome(flow: request.flow, load: request.load, status: .failed, mode: request.mode)
    outcome.error = refusal.diagnostic
    outcome.quality = refusal.quality
    outcome.ledgerMessage = refusal.ledgerMessage
    outcome.isConnectionMissing = refusal.isConnectionMissing
    var row = LedgerRow(
      status: .failed, sqlState: refusal.sqlState, message: refusal.ledgerMessage, started: startedAt)
    row.quality = refusal.quality.ledgerText
    // Rows under another lineage would block the project that the ledger belongs to; and while another load has the
    // table, nothing was tried: it may be this very load, whose COMMIT was not answered.
    if !["ledger", "table-locked"].contains(refusal.diagnostic.code) {
      outcome.isRecorded = await record(row, request, on: connection)
    }
  }
  outcome.seconds = (ContinuousClock.now - started).inSeconds
  outcome.slot = request.slot
  outcome.range = request.readDays
  outcome.window = request.window
  outcome.attempt = request.attempt
  return outcome
}

/// Now, as RFC 3339 in UTC.
func currentTime() -> String { Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

/// How often TRUNCATE is tried for its lock, so that a long reader is never the head of a queue of others for long.
private let truncateTries = 5

private func attempt(
  _ request: LoadRequest, on connection: Connection, started: ContinuousClock.Instant, startedAt: String,
  _ report: @escaping @Sendable (LoadProgress) -> Void
) async throws -> LoadOutcome {
  let sources: LoadSources
  do { sources = try LoadSources(request, try await request.days(on: connection)) } catch let failure as Failure {
    throw Refusal(failure)
  } catch let error as PostgresError {
    throw Refusal(error, row: nil, column: nil, request)
  }
  var number = 1
  while true {
    // One for each try: a snapshot is of its own time.
    let sessions = SourceSessions(of: request)
    do {
      return try await sessions.run {
        try await withInputs(under: request.root) { scope in
          try await connection.perform { database in
            let meter = ProgressMeter(
              flow: request.flow, load: request.load, totalBytes: sources.totalBytes, started: started, send: report)
            return try LoadRun(request, sources, sessions, startedAt: startedAt, scope, meter).run(on: database)
          }
        }
      }
    } catch let refusal as Refusal {
      let isWaiting = request.mode == .truncateInsert && refusal.sqlState == "55P03"
      guard isWaiting, number < truncateTries else { throw refusal }
      try await Task.sleep(for: .milliseconds(100) * number)
      number += 1
    } catch let error as PostgresError {
      throw Refusal(error, row: nil, column: nil, request)
    }
  }
}

/// Writes the row of a load that failed; where that fails too, the outcome has told already what matters.
private func record(_ row: LedgerRow, _ request: LoadRequest, on connection: Connection) async -> Bool {
  let isWritten = try? await connection.perform { database in
    guard !database.isBroken else { return false }
    return try request.record(row, on: database)
  }
  return isWritten ?? false
}
