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
/// - Throws: `Failure`, `PostgresError`, `CancellationError`.
public func preview(_ request: LoadRequest, rows: Int, on connection: Connection) async throws -> Preview {
  let sources = try LoadSources(request)
  return try await connection.perform { database in
    do {
      try database.transaction(prelude: request.prelude) { database in
        throw PreviewMade(preview: try makePreview(request, sources, rows: rows, database))
      }
    } catch let made as PreviewMade {
      return made.preview
    } catch let refused as RowsRefused {
      throw refused.error
    }
    throw Failure(Diagnostic(.error, "preview-failed", "the preview of \(request.flow) was not made"))
  }
}

/// Carries a preview out of the transaction that it rolls back.
private struct PreviewMade: Error {
  var preview: Preview
}

private func makePreview(
  _ request: LoadRequest, _ sources: LoadSources, rows: Int, _ database: borrowing Database
) throws -> Preview {
  var request = request
  try request.resolveTypes(on: database)
  let columns = request.columns
  try database.run(Stage.create(columns) { !$0.isNullable })
  let log = RejectLog(file: nil)
  let meter = ProgressMeter(
    flow: request.flow, load: request.load, totalBytes: nil, started: .now, send: { _ in })
  let feed = RowFeed(
    sources.entries.flatMap(\.parts), columns: columns, sourceCount: request.sources.count,
    changes: (request.sourceChanges, request.knownFields), load: request.load, startedAt: currentTime())
  let copier = IgnoringCopier(
    feed, TupleEncoder(columns, hasOrdinal: true),
    to: CopyDestination(stage: Stage.name, columns, ordinal: Stage.ordinal), log, meter)
  try copier.copyAll(database, limit: rows)
  let values = try database.rows(
    """
    SELECT \(identifiers: columns.map(\.name)) FROM pg_temp.\(identifier: Stage.name)
    ORDER BY \(identifier: Stage.ordinal)
    """
  ) { row in columns.indices.map { jsonValue(row.text($0), type: columns[$0].base) } }
  return Preview(
    flow: request.flow, columns: columns.map { ($0.name.name, $0.type) }, rows: values, rejected: log.kept)
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
