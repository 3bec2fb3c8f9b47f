public import Diagnostics
public import JSON
internal import OrderedCollections

/// A plan in a file, to be applied later just as it is: bound to what it rests on, and so used once.
public struct SavedPlan: Sendable {
  /// The layout that this version writes and reads.
  public static let formatVersion = 1

  /// The environment that it was made for.
  public var environment: String?
  /// The values that `--var` gave.
  public var variables: [String: String]
  public var selection: Selection
  /// The lineage and serial of the state that it goes on from.
  public var lineage: String
  public var serial: Int
  public var basis: PlanBasis
  /// Of each step what it does: address, action, statements, changes.
  private var steps: [String: JSONValue]

  /// Makes a plan ready to be saved.
  public init(
    _ plan: Plan, basis: PlanBasis, selection: Selection, environment: String?, variables: [String: String]
  ) {
    self.environment = environment
    self.variables = variables
    self.selection = selection
    self.basis = basis
    lineage = plan.lineage
    serial = plan.serial
    steps = [:]
    for step in plan.steps where step.action != .unchanged { steps[step.address] = step.essence }
  }

  // MARK: What moved

  /// What keeps it from being applied, now that `fresh` is what would be planned: one diagnostic for each thing that is no
  /// longer as it was when it was made.
  public func reasons(against fresh: SavedPlan) -> [Diagnostic] {
    if lineage != fresh.lineage || serial != fresh.serial {
      let now =
        lineage == fresh.lineage
        ? "it goes on from serial \(serial) of the state, which is at \(fresh.serial) now"
        : "it goes on from a state of lineage \(lineage); this one has \(fresh.lineage)"
      return [Self.stale("the saved plan was applied already, or something else was: \(now)")]
    }
    var reasons: [Diagnostic] = []
    let manifests = Self.moved(basis.manifests, fresh.basis.manifests)
    if !manifests.isEmpty {
      reasons.append(Self.stale("the manifests have changed since the plan was saved: \(Self.list(manifests))"))
    }
    let observed = Self.moved(basis.observed, fresh.basis.observed)
    if !observed.isEmpty {
      reasons.append(Self.stale("the databases have changed since the plan was saved: \(Self.list(observed))"))
    }
    let steps = Self.moved(self.steps, fresh.steps)
    if reasons.isEmpty, !steps.isEmpty {
      reasons.append(Self.stale("the plan would be another one now: \(Self.list(steps))"))
    }
    return reasons
  }

  private static func stale(_ message: String) -> Diagnostic {
    Diagnostic(.error, "plan-stale", message, help: ["plan again, and review the new plan"])
  }

  private static func moved<Value: Equatable>(_ before: [String: Value], _ now: [String: Value]) -> [String] {
    Set(before.keys).union(now.keys).filter { before[$0] != now[$0] }.sorted()
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(5).joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }

  // MARK: JSON

  /// The file's content.
  public var json: JSONValue {
    [
      "formatVersion": .int(Self.formatVersion), "environment": .string(environment),
      "variables": .object(variables.mapValues { .string($0) }),
      "selection": [
        "flows": .array(selection.flows.map { .string($0) }), "select": .array(selection.select.map { .string($0) }),
        "exclude": .array(selection.exclude.map { .string($0) }),
        "reinfer": .array(selection.reinfer.map { .string($0) }),
      ],
      "lineage": .string(lineage), "serial": .int(serial),
      "manifests": .object(basis.manifests.mapValues { .string($0) }),
      "observed": .object(basis.observed.mapValues { .string($0) }),
      "steps": .object(steps),
    ]
  }

  /// Reads the content of the file called `file`.
  ///
  /// - Throws: `Failure` where it is no plan, or one of a newer layout.
  public init(json: JSONValue, file: String) throws(Failure) {
    guard let version = json["formatVersion"]?.intValue else { throw Self.noPlan(file) }
    guard version <= Self.formatVersion else {
      throw Failure(
        Diagnostic(
          .error, "plan-newer", "\(file) has layout \(version); this version of Sluice knows \(Self.formatVersion)",
          help: ["use the version of Sluice that saved it, or plan again"]))
    }
    guard let lineage = json["lineage"]?.stringValue, let serial = json["serial"]?.intValue,
      let selection = json["selection"], let manifests = json["manifests"]?.texts,
      let observed = json["observed"]?.texts, let steps = json["steps"]?.objectValue
    else { throw Self.noPlan(file) }
    func list(_ name: String) -> [String] { (selection[name]?.arrayValue ?? []).compactMap(\.stringValue) }
    environment = json["environment"]?.stringValue
    variables = json["variables"]?.texts ?? [:]
    self.selection = Selection(
      flows: list("flows"), select: list("select"), exclude: list("exclude"), reinfer: list("reinfer"))
    self.lineage = lineage
    self.serial = serial
    basis = PlanBasis(manifests: manifests, observed: observed)
    self.steps = Dictionary(uniqueKeysWithValues: steps.elements.map { ($0.key, $0.value) })
  }

  private static func noPlan(_ file: String) -> Failure {
    Failure(
      Diagnostic(
        .error, "not-a-plan", "\(file) is no saved plan", help: ["`sluice plan --out \(file)` writes one"]))
  }
}

extension Step {
  /// What it does, without the words around it.
  fileprivate var essence: JSONValue {
    [
      "action": .string(action.rawValue), "statements": .array(statements.map { .string($0) }),
      "changes": .array(
        changes.map {
          [
            "path": .string($0.path), "before": $0.before ?? .null, "after": $0.after ?? .null,
            "side": .string($0.side.rawValue),
          ]
        }),
    ]
  }
}

extension JSONValue {
  fileprivate var texts: [String: String]? {
    objectValue.map { Dictionary($0.elements.compactMap { key, value in value.stringValue.map { (key, $0) } }) { $1 } }
  }

  fileprivate static func object(_ members: [String: JSONValue]) -> JSONValue {
    .object(OrderedDictionary(uniqueKeysWithValues: members.sorted { $0.key < $1.key }))
  }
}
