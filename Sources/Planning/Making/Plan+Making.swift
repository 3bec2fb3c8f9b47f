internal import Catalog
internal import Diagnostics
public import Manifests
public import State

extension Plan {
  /// Works out the steps that lead from `state` and `observation` to `project`.
  ///
  /// It touches no file, clock or server: the same inputs give the same plan, byte for byte.
  ///
  /// - Parameters:
  ///   - state: what was applied; nothing where there is no state yet.
  ///   - newLineage: the lineage of a state that this plan would start, where no ledger says which it was.
  public init(project: Project, state: AppliedState?, observation: Observation, newLineage: String) {
    var maker = PlanMaker(project: project, state: state, observation: observation, newLineage: newLineage)
    self = maker.make()
  }
}

/// Puts a plan together, resource by resource.
struct PlanMaker {
  let project: Project
  let state: AppliedState?
  let observation: Observation
  let lineage: String
  let designs: [FlowDesign]
  var findings = FindingLog()
  var ledgers: [String: Step] = [:]
  var tablesMade = TablesMade()

  init(project: Project, state: AppliedState?, observation: Observation, newLineage: String) {
    self.project = project
    self.state = state
    self.observation = observation
    designs = project.designs()
    lineage = state?.lineage ?? Self.lineage(of: designs, in: observation) ?? newLineage
  }

  /// The one lineage of the flows' rows in the ledgers, for a state that was lost.
  ///
  /// Flows that are not in the manifests do not count: they may be another project's of the same name.
  private static func lineage(of designs: [FlowDesign], in observation: Observation) -> String? {
    var found: Set<String> = []
    for design in designs {
      guard case .reached(let live)? = observation.databases[design.authorizer] else { continue }
      found.formUnion(live.lineages[design.ledger]?[design.flow.name] ?? [])
    }
    return found.count == 1 ? found.first : nil
  }

  mutating func make() -> Plan {
    let flows = designs.map { step(for: $0) }
    var steps = connectionSteps(flows: flows) + ledgers.values.sorted { $0.address < $1.address } + flows
    steps += deletions()
    return Plan(
      lineage: lineage, serial: state?.serial ?? 0, steps: steps, diagnostics: findings.diagnostics(),
      authorizers: reports())
  }

  private func reports() -> [AuthorizerReport] {
    project.authorizers.values.sorted { $0.name < $1.name }.map { authorizer in
      let server: Server? =
        if case .reached(let live)? = observation.databases[authorizer.name] { live.server } else { nil }
      return AuthorizerReport(name: authorizer.name, server: server, host: authorizer.spec.host)
    }
  }

  /// Resources that were applied and are in no manifest any more, those that others may need last.
  private func deletions() -> [Step] {
    let gone = (state?.resources ?? [:]).compactMap { key, resource -> (Address, AppliedResource)? in
      guard let address = Address(key), project.places(of: address) == nil else { return nil }
      return (address, resource)
    }
    return gone.sorted { $0.0 > $1.0 }.map { address, resource in
      let rest = resource.table.map { "; table \($0) stays as it is" } ?? ""
      var step = Step(.delete, address.description, reason: "no longer in the manifests\(rest)")
      step.changes = FieldChange.between(resource.spec, nil)
      return step
    }
  }
}
