internal import Catalog
public import Diagnostics
public import JSON
internal import OrderedCollections
public import Planning

/// The `formatVersion` of every document. Within it, members are added, never renamed or removed.
private let formatVersion: JSONValue = 1

/// What `validate --output json` prints (schemas/validate.schema.json).
public func validateDocument(valid: Bool, resources: Int, diagnostics: [Diagnostic]) -> JSONValue {
  [
    "formatVersion": formatVersion, "valid": .bool(valid), "resources": .int(resources),
    "diagnostics": .array(diagnostics.map(diagnosticJSON)),
  ]
}

/// What `plan --output json` prints (schemas/plan.schema.json).
public func planDocument(_ plan: Plan) -> JSONValue {
  [
    "formatVersion": formatVersion, "lineage": .string(plan.lineage), "serial": .int(plan.serial),
    "summary": summaryJSON(plan.summary), "steps": .array(plan.steps.map(stepJSON)),
    "diagnostics": .array(plan.diagnostics.map(diagnosticJSON)),
  ]
}

/// What `check --output json` prints (schemas/check.schema.json).
public func checkDocument(_ checks: [AuthorizerCheck], tunnels: [TunnelCheck] = []) -> JSONValue {
  [
    "formatVersion": formatVersion, "authorizers": .array(checks.map(authorizerJSON)),
    "tunnels": .array(tunnels.map(tunnelJSON)),
  ]
}

/// What `grants --output json` prints (schemas/grants.schema.json).
public func grantsDocument(_ grants: [AuthorizerGrants], diagnostics: [Diagnostic]) -> JSONValue {
  [
    "formatVersion": formatVersion,
    "authorizers": .array(
      grants.map {
        [
          "address": .string("authorizer/\($0.authorizer)"), "role": .string($0.role.name),
          "database": .string($0.database.name), "observed": .bool($0.isObserved),
          "statements": .array($0.grants.map { .string($0.statement) }),
        ]
      }),
    "diagnostics": .array(diagnostics.map(diagnosticJSON)),
  ]
}

/// What `import --output json` prints (schemas/import.schema.json).
///
/// - Parameters:
///   - flows: the names of those that were written.
///   - file: the file that they were written to, as the command line names it; nothing where they were not.
///   - manifest: their manifest; nothing where there is none.
public func importDocument(
  flows: [String] = [], file: String? = nil, manifest: String? = nil, diagnostics: [Diagnostic]
) -> JSONValue {
  [
    "formatVersion": formatVersion, "flows": .array(flows.map { .string($0) }), "file": .string(file),
    "manifest": .string(manifest), "diagnostics": .array(diagnostics.map(diagnosticJSON)),
  ]
}

/// What `preview --output json` prints (schemas/preview.schema.json).
public func previewDocument(_ preview: Preview) -> JSONValue {
  var members: OrderedDictionary<String, JSONValue> = [
    "formatVersion": formatVersion, "flow": .string(preview.flow),
    "columns": .array(preview.columns.map { ["name": .string($0.name), "type": .string($0.type)] }),
    "rows": .array(preview.rows.map { .array($0) }),
    "rejected": .array(preview.rejected.map(diagnosticJSON)),
  ]
  if let quality = preview.quality { members["quality"] = .array(quality.map(ruleJSON)) }
  return .object(members)
}

private func authorizerJSON(_ check: AuthorizerCheck) -> JSONValue {
  [
    "address": .string("authorizer/\(check.name)"), "status": .string(check.status.rawValue),
    "serverVersion": .string(check.server?.version), "tls": .string(check.server?.tls),
    "certificateVerified": check.server.map { .bool($0.isCertificateVerified) } ?? .null,
    "role": .string(check.server?.role.name), "milliseconds": .rounded(check.milliseconds),
    "steps": .array(check.steps.map(checkStepJSON)), "diagnostics": .array(check.diagnostics.map(diagnosticJSON)),
  ]
}

private func tunnelJSON(_ check: TunnelCheck) -> JSONValue {
  [
    "address": .string("tunnel/\(check.name)"), "status": .string(check.status.rawValue),
    "milliseconds": .rounded(check.milliseconds), "steps": .array(check.steps.map(checkStepJSON)),
    "diagnostics": .array(check.diagnostics.map(diagnosticJSON)),
  ]
}

private func checkStepJSON(_ step: CheckStep) -> JSONValue {
  [
    "step": .string(step.id.rawValue), "status": .string(step.status.rawValue),
    "milliseconds": step.milliseconds.map { .rounded($0) } ?? .null, "message": .string(step.message),
  ]
}

private func stepJSON(_ step: Step) -> JSONValue {
  var members: OrderedDictionary<String, JSONValue> = [
    "address": .string(step.address), "action": .string(step.action.rawValue), "wanted": .string(step.wanted.rawValue),
    "reason": .string(step.reason),
    "changes": .array(
      step.changes.map(changeJSON)),
    "checks": .array(
      step.checks.map {
        ["id": .string($0.id.rawValue), "status": .string($0.status.rawValue), "message": .string($0.message)]
      }),
    "hazards": .array(step.hazards.map { .string($0.rawValue) }),
    "statements": .array(step.statements.map { .string($0) }),
  ]
  if let transformation = step.transformation { members["transform"] = .string(transformation) }
  return .object(members)
}

/// A change of the manifests is the rule; `side` tells drift from it.
private func changeJSON(_ change: FieldChange) -> JSONValue {
  let path = JSONValue.string(change.path), before = change.before ?? .null, after = change.after ?? .null
  return switch change.side {
  case .manifest: ["path": path, "before": before, "after": after]
  case .database: ["path": path, "before": before, "after": after, "side": "database"]
  }
}

/// A count for each action, those of none included.
func summaryJSON(_ summary: [Step.Action: Int]) -> JSONValue {
  .object(
    OrderedDictionary(
      uniqueKeysWithValues: Step.Action.allCases.map { ($0.rawValue, JSONValue.int(summary[$0] ?? 0)) }))
}

extension JSONValue {
  /// A measured number, to the thousandth; null where it is no finite number.
  static func rounded(_ value: Double) -> JSONValue {
    let rounded = (value * 1000).rounded() / 1000
    guard rounded.isFinite else { return .null }
    if let whole = Int(exactly: rounded) { return .int(whole) }
    return .number("\(rounded)")
  }
}
