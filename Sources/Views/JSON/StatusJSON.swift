public import Diagnostics
public import JSON
internal import OrderedCollections
public import Planning

/// What `status --output json` prints (schemas/status.schema.json).
///
/// - Parameter history: the last loads of flows, the newest first.
public func statusDocument(
  _ statuses: [FlowStatus], history: [String: [RecordedLoad]] = [:], diagnostics: [Diagnostic]
) -> JSONValue {
  [
    "formatVersion": 1,
    "flows": .array(
      statuses.map { status in
        var members = statusMembers(status)
        if let loads = history[status.flow] { members["history"] = .array(loads.map(loadJSON)) }
        return .object(members)
      }),
    "diagnostics": .array(diagnostics.map(diagnosticJSON)),
  ]
}

private func statusMembers(_ status: FlowStatus) -> OrderedDictionary<String, JSONValue> {
  [
    "flow": .string(status.flow), "status": .string(status.word.rawValue),
    "lastLoad": status.last.map(loadJSON) ?? .null, "lastSuccess": status.lastSuccess.map(loadJSON) ?? .null,
    "lastFailure": status.lastFailure.map(loadJSON) ?? .null, "failures": .int(status.failures),
    "running": status.running.map { ["by": .string($0.who), "since": .string($0.since)] } ?? .null,
    "paused": status.paused.map {
      ["by": .string($0.host), "since": .string($0.finished), "reason": .string($0.message)]
    } ?? .null,
    "waiting": status.waiting.map { ["slot": .string($0.slot), "since": .string($0.finished)] } ?? .null,
    "nextRun": .string(status.nextRun), "lateSeconds": status.late.map { .rounded($0) } ?? .null,
  ]
}

private func loadJSON(_ load: RecordedLoad) -> JSONValue {
  let counts = load.counts
  return [
    "load": .string(load.load), "status": .string(load.status.rawValue), "mode": .string(load.mode),
    "read": .int(counts.read), "inserted": .int(counts.inserted), "updated": .int(counts.updated),
    "deleted": .int(counts.deleted), "unchanged": .int(counts.unchanged), "superseded": .int(counts.superseded),
    "rejected": .int(counts.rejected), "newFields": .int(load.newFields), "started": .string(load.started),
    "finished": .string(load.finished), "seconds": .rounded(load.seconds), "host": .string(load.host),
    "attempt": .int(load.attempt), "slot": .string(load.slot),
    "cursor": load.cursor.map { ["from": .string($0.from), "to": .string($0.to)] } ?? .null,
    "brokenRules": .array(load.brokenRules.map { .string($0) }), "skippedQuality": .bool(load.skippedQuality),
    "range": rangeJSON(load.range), "sqlState": .string(load.sqlState), "message": .string(load.message),
  ]
}
