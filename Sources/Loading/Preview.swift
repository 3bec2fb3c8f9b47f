internal import Catalog
internal import Diagnostics
internal import JSON
public import Planning
public import Postgres

/// Shows the first rows of a flow as its table would hold them, and those that it would not take.
///
/// The rows go to a temporary table whose columns have the target's types and NOT NULL, in a transaction that is rolled
/// back: the server is the judge here too, and nothing is left. What only the target knows (CHECK, keys, triggers) is
/// not asked.
///
/// - Parameter rows: how many rows of the source are read.
/// - Throws: `Failure`, `CancellationError`.
public func preview(_ request: LoadRequest, rows: Int, on connection: Connection) async throws -> Preview {
  let days: LoadDays
  do { days = try await request.days(on: connection) } catch let error as PostgresError {
    throw Failure(Refusal(error, row: nil, column: nil, request).diagnostic)
  }
  let sources = try LoadSources(request, days)
  let sessions = SourceSessions(of: request)
  return try await sessions.run {
    try await withInputs(under: request.root) { scope in
      try await connection.perform { database in
        do {
          try database.transaction(prelude: request.prelude) { database in
            throw PreviewMade(preview: try makePreview(request, sources, sessions, rows: rows, scope, database))
          }
        } catch let made as PreviewMade {
          return made.preview
        } catch let refusal as Refusal {
          throw Failure(refusal.diagnostic)
        } catch let refused as RowsRefused {
          throw Failure(Refusal(refused.error, row: nil, column: refused.column, request).diagnostic)
        } catch let error as PostgresError {
          throw Failure(Refusal(error, row: nil, column: error.column, request).diagnostic)
        } catch let source as SourceError {
          throw Failure(Refusal(source).diagnostic)
        }
        throw Failure(Diagnostic(.error, "preview-failed", "the preview of \(request.flow) was not made"))
      }
    }
  }
}

/// Carries a preview out of the transaction that it rolls back.
private struct PreviewMade: Error {
  var preview: Preview
}

private func makePreview(
  _ request: LoadRequest, _ sources: LoadSources, _ sessions: SourceSessions, rows: Int, _ scope: InputScope,
  _ database: borrowing Database
) throws -> Preview {
  var request = request
  // What was loaded before is no matter, and there may be no ledger yet.
  request.fullRefresh = true
  try request.resolveTypes(on: database)
  let columns = request.columns
  if !request.transform.isEmpty || !request.rules.isEmpty {
    let meter = ProgressMeter(flow: request.flow, load: request.load, totalBytes: nil, started: .now, send: { _ in })
    let run = LoadRun(request, sources, sessions, startedAt: currentTime(), scope, meter)
    return try run.previewBatch(sources.entries.flatMap(\.parts), rows: rows, database)
  }
  try database.run(Stage.create(columns) { !$0.isNullable })
  let log = RejectLog(file: nil)
  let meter = ProgressMeter(
    flow: request.flow, load: request.load, totalBytes: nil, started: .now, send: { _ in })
  let parts = sources.entries.flatMap(\.parts)
  let feed = RowFeed(
    parts.filter { $0.database == nil }, columns: columns, sourceCount: request.sources.count,
    changes: (request.sourceChanges, request.knownFields), load: request.load, startedAt: currentTime(), scope: scope)
  let destination = CopyDestination(stage: Stage.name, columns, ordinal: Stage.ordinal)
  let copier = IgnoringCopier(
    feed, of: parts.filter { $0.database == nil }, columns, to: BatchSender(destination: destination, hasOrdinal: true),
    batchRows: max(min(rows, request.batchRows), 1), limit: rows, log, meter)
  let read = try copier.copyAll(database).rows
  var rejected = log.kept
  let databases = parts.filter { $0.database != nil }
  if !databases.isEmpty, read < rows {
    let run = LoadRun(request, sources, sessions, startedAt: currentTime(), scope, meter)
    rejected += try run.preview(databases, rows: rows - read, after: read, database)
  }
  return try Preview(staged: request, rows: rows, rejected: rejected, on: database)
}

extension Preview {
  /// Reads the first rows of the stage.
  init(
    staged request: LoadRequest, rows: Int, rejected: [Diagnostic], on database: borrowing Database
  ) throws {
    let columns = request.columns
    let values = try database.rows(
      """
      SELECT \(identifiers: columns.map(\.name)) FROM pg_temp.\(identifier: Stage.name)
      ORDER BY \(identifier: Stage.ordinal) LIMIT \(value: rows)::bigint
      """
    ) { row in columns.indices.map { jsonValue(row.text($0), type: columns[$0].base) } }
    self.init(
      flow: request.flow, columns: columns.map { ($0.name.name, $0.type) }, rows: values, rejected: rejected)
  }
}

/// A value as the server writes it, as JSON: numbers, booleans and JSON as themselves, all else as text.
private func jsonValue(_ text: String?, type: String) -> JSONValue {
  guard let text else { return .null }
  if type.hasSuffix("]") { return .string(text) }
  switch type.prefix(while: { $0 != "(" }) {
  case "smallint", "integer", "bigint", "numeric", "real", "double precision":
    // NaN and infinity are no JSON.
    return text.utf8.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? .number(text) : .string(text)
  case "boolean": return .bool(text == "t")
  case "json", "jsonb": return (try? JSONValue(parsing: text)) ?? .string(text)
  default: return .string(text)
  }
}
