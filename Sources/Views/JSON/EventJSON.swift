internal import Diagnostics
public import JSON
internal import Manifests
internal import OrderedCollections
public import Planning

/// The line that `apply --output json` and `run --output json` print for an event (schemas/events.schema.json); nothing
/// where it is not worth one.
public func eventJSON(_ event: Event) -> JSONValue? {
  switch event {
  // A step is one line, when it has ended: who reads the stream counts steps by lines.
  case .stepStarted: nil
  case .stepFinished(let address, let action): stepEvent(address, action, "done")
  case .stepFailed(let address, let action, let error): stepEvent(address, action, "failed", error)
  case .stepWaiting(let address, let message):
    ["event": "waiting", "address": .string(address), "message": .string(message)]
  case .applied(let summary): ["event": "finished", "summary": summaryJSON(summary)]
  case .loadStarted(let flow, let load, let mode, let window):
    startedEvent(flow, load, mode, window)
  case .loadProgress(let progress): progressEvent(progress)
  case .loadRetrying(let flow, let load, let attempt, let error, let delay):
    [
      "event": "retrying", "flow": .string(flow), "load": .string(load), "attempt": .int(attempt),
      "error": diagnosticJSON(error), "delaySeconds": .int(Int(delay.components.seconds)),
    ]
  case .loadWaiting(let flow, let load, let message, _):
    ["event": "waiting", "flow": .string(flow), "load": .string(load), "message": .string(message)]
  case .loadFinished(let outcome): finishedEvent(outcome)
  case .loadInterrupted(let flow, let load):
    ["event": "interrupted", "flow": .string(flow), "load": .string(load)]
  }
}

private func stepEvent(
  _ address: String, _ action: Step.Action, _ status: String, _ error: Diagnostic? = nil
) -> JSONValue {
  var members: OrderedDictionary<String, JSONValue> = [
    "event": "step", "address": .string(address), "action": .string(action.rawValue), "status": .string(status),
  ]
  if let error { members["error"] = diagnosticJSON(error) }
  return .object(members)
}

private func startedEvent(_ flow: String, _ load: String, _ mode: String, _ window: LoadWindow?) -> JSONValue {
  let members: OrderedDictionary<String, JSONValue> = [
    "event": "started", "flow": .string(flow), "load": .string(load), "mode": .string(mode),
  ]
  return .object(members.with(window))
}

private func progressEvent(_ progress: LoadProgress) -> JSONValue {
  let members: OrderedDictionary<String, JSONValue> = [
    "event": "progress", "flow": .string(progress.flow), "load": .string(progress.load), "rows": .int(progress.rows),
    "bytes": .int(progress.bytes), "totalBytes": progress.totalBytes.map { .int($0) } ?? .null,
    "seconds": .rounded(progress.seconds),
  ]
  return .object(members.with(progress.window))
}

/// Days as JSON: both ends are included.
func rangeJSON(_ range: DayRange?) -> JSONValue {
  range.map { ["from": .string($0.from.description), "to": .string($0.to.description)] } ?? .null
}

extension OrderedDictionary<String, JSONValue> {
  /// The same with which window of a backfill it is about; nothing is added where it is about none.
  fileprivate func with(_ window: LoadWindow?) -> Self {
    guard let window else { return self }
    var members = self
    members["range"] = rangeJSON(window.range)
    members["window"] = .int(window.number)
    members["windows"] = .int(window.count)
    return members
  }
}

/// What a rule found.
func ruleJSON(_ result: RuleResult) -> JSONValue {
  var members = result.members
  members["samples"] = .array(result.samples.map { ["place": .string($0.place), "row": $0.row] as JSONValue })
  return .object(members)
}

private func finishedEvent(_ outcome: LoadOutcome) -> JSONValue {
  let counts = outcome.counts
  var members: OrderedDictionary<String, JSONValue> = [
    "event": "finished", "flow": .string(outcome.flow), "load": .string(outcome.load),
    "status": .string(outcome.status.rawValue), "mode": .string(outcome.mode.rawValue), "read": .int(counts.read),
    "inserted": .int(counts.inserted), "updated": .int(counts.updated), "deleted": .int(counts.deleted),
    "unchanged": .int(counts.unchanged), "superseded": .int(counts.superseded), "rejected": .int(counts.rejected),
    "seconds": .rounded(outcome.seconds), "slot": .string(outcome.slot), "attempt": .int(outcome.attempt),
    "cursor": outcome.cursor.map { ["from": .string($0.from), "to": .string($0.to)] } ?? .null,
    "range": rangeJSON(outcome.range),
    "files": .array(outcome.files.map { .string($0) }), "warnings": .array(outcome.warnings.map(diagnosticJSON)),
  ]
  if !outcome.quality.isEmpty { members["quality"] = .array(outcome.quality.map(ruleJSON)) }
  members = members.with(outcome.window)
  if let error = outcome.error { members["error"] = diagnosticJSON(error) }
  return .object(members)
}
