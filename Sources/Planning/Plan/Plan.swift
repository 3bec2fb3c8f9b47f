public import Catalog
public import Diagnostics

/// The ordered steps from state and observation to the manifests: a value, the same bytes for the same inputs.
public struct Plan: Sendable {
  /// The state's lineage; the one that a first apply would take up.
  public var lineage: String
  /// The state's serial.
  public var serial: Int
  /// In the order in which they would run.
  public var steps: [Step]
  /// All that is wrong or worth knowing, sorted.
  public var diagnostics: [Diagnostic]
  /// What was learned of each authorizer's server, sorted by name.
  public var authorizers: [AuthorizerReport]

  /// Makes a plan.
  public init(
    lineage: String, serial: Int, steps: [Step], diagnostics: [Diagnostic], authorizers: [AuthorizerReport]
  ) {
    self.lineage = lineage
    self.serial = serial
    self.steps = steps
    self.diagnostics = diagnostics
    self.authorizers = authorizers
  }

  /// What each step does, in order; a look at these copies no step, which is large.
  public var actions: some Sequence<Step.Action> { steps.indices.lazy.map { steps[$0].action } }

  /// How many steps there are of each action.
  public var summary: [Step.Action: Int] { actions.reduce(into: [:]) { $0[$1, default: 0] += 1 } }

  /// Whether applying it would change anything.
  public var hasChanges: Bool { actions.contains(where: \.isChange) }

  /// The steps that change something and need none that is blocked, in order.
  public var applicable: [Step] {
    var barred: Set<String> = []
    return steps.filter { step in
      let isBarred = step.action == .blocked || (step.action.isChange && step.after.contains(where: barred.contains))
      if isBarred { barred.insert(step.address) }
      return !isBarred && step.action.isChange
    }
  }

  /// Whether something keeps it from being applied.
  public var isBlocked: Bool {
    actions.contains(.blocked) || diagnostics.contains { $0.severity == .error }
  }

  /// The statements that would unblock it, once each, by authorizer and executor, in order of need.
  public var remedies: [Remedy] {
    var result: [Remedy] = []
    var seen: Set<[String]> = []
    var indexes: [[String]: Int] = [:]
    for remedy in steps.indices.lazy.flatMap({ steps[$0].checks }).compactMap(\.remedy) {
      let group = [remedy.authorizer, remedy.executor]
      let new = remedy.statements.filter { seen.insert(group + [$0]).inserted }
      if let index = indexes[group] {
        result[index].statements += new
      } else {
        indexes[group] = result.count
        result.append(Remedy(authorizer: remedy.authorizer, executor: remedy.executor, statements: new))
      }
    }
    return result
  }
}

/// What a plan says about one authorizer.
public struct AuthorizerReport: Sendable {
  /// The authorizer's name.
  public var name: String
  /// Its server; nothing where it could not be reached.
  public var server: Server?
  /// The host (or socket folder) connected to, as the manifest has it; nothing where it is a secret's part.
  public var host: String?

  /// Makes a report.
  public init(name: String, server: Server?, host: String?) {
    self.name = name
    self.server = server
    self.host = host
  }
}
