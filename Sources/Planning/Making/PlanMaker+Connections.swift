internal import Catalog
internal import Diagnostics
internal import JSON
internal import Manifests
internal import State

extension PlanMaker {
  /// The steps of tunnels, authorizers, sources and destinations, in the order in which one needs another.
  mutating func connectionSteps(flows: [Step]) -> [Step] {
    let users = users()
    var steps: [Step] = []
    for address in project.connections where scope.contains(address) {
      guard let spec = project.specJSON(of: address), let places = project.places(of: address) else { continue }
      let users = (users[address] ?? []).map { flows[$0].action }
      var step = step(
        for: address, spec: spec, at: places, isAdopted: !users.isEmpty && users.allSatisfy { $0 == .adopt })
      if address.kind == .authorizer {
        let findings = connectionFindings(address.name, at: places, users: users.count)
        step.conclude(findings)
        note(findings, of: step, blocksOthers: users.contains(.blocked))
        noteFallback(of: address.name)
      }
      steps.append(step)
    }
    return steps
  }

  private func step(for address: Address, spec: JSONValue, at places: Places, isAdopted: Bool) -> Step {
    let recorded = state?.resources[address.description]
    let server = address.kind == .authorizer ? identity(of: address.name) : nil
    let changes = FieldChange.between(recorded?.spec, spec)
    var step: Step
    if let old = renames.old[address] {
      step = Step(.rename, address.description, reason: "was \(old), renamed at \(places.resource)")
    } else if recorded == nil {
      step =
        isAdopted
        ? Step(.adopt, address.description, reason: "all flows that use it exist already as wanted")
        : Step(.create, address.description, reason: "new at \(places.resource)")
    } else if !changes.isEmpty {
      step = Step(.update, address.description, reason: "changed at \(places.resource)")
    } else if let server, let before = recorded?.server, server != before {
      step = Step(.repair, address.description, reason: "it is another database than the one applied to")
    } else {
      step = Step(.unchanged, address.description, reason: "")
    }
    step.reason += neededBy(address)
    step.changes = changes
    if step.action == .repair {
      step.changes = [
        FieldChange(
          path: "server", before: .string(recorded?.server), after: .string(server), side: .database)
      ]
    }
    step.after = project.needs(of: address).filter(scope.contains).map(\.description)
    step.record = AppliedResource(spec: spec, server: server ?? recorded?.server, appliedAt: "")
    return step
  }

  private func identity(of authorizer: String) -> String? {
    observation.live(authorizer)?.server.identity
  }

  private mutating func noteFallback(of authorizer: String) {
    guard observation.live(authorizer)?.server.isPlainForWantOfTLS == true else { return }
    if let authorizer = project.authorizers[authorizer] { findings.add(.tlsFallback(of: authorizer)) }
  }

  /// Lets a step that finds an authorizer with another server than before take along its flows that have no change of
  /// their own: after a migration the new server is one repair.
  func takeAlong(_ flows: [Step], by connections: inout [Step]) {
    for index in connections.indices where connections[index].action.isChange {
      let authorizer = Address(connections[index].address).flatMap { $0.kind == .authorizer ? $0.name : nil }
      guard let authorizer, let server = identity(of: authorizer) else { continue }
      for flow in flows.indices where flows[flow].authorizer == authorizer && !flows[flow].wanted.isChange {
        let address = flows[flow].address
        guard let recorded = state?.resources[address], recorded.server != server, var record = flows[flow].record
        else { continue }
        record.appliedAt = recorded.appliedAt
        connections[index].alsoRecords.append(StateChange(address: address, resource: record))
      }
    }
  }

  /// Why a resource is in the plan that the selection does not name.
  func neededBy(_ address: Address) -> String {
    scope.pulledIn[address].map { " (\($0) needs it)" } ?? ""
  }

  private func connectionFindings(_ name: String, at places: Places, users: Int) -> [Finding] {
    switch observation.databases[name] {
    case .reached(let live):
      let server = live.server
      return [.passed(.connection, "PostgreSQL \(server.version), role \(server.role.sql)")]
    case .unreachable(var diagnostic):
      if users > 0 {
        diagnostic.help.append(
          users == 1 ? "1 flow that uses it was not checked" : "\(users) flows that use it were not checked")
      }
      return [
        Finding(
          check: Check(.connection, .failed, diagnostic.message), diagnostic: diagnostic, cause: "authorizer \(name)")
      ]
    case nil:
      return [
        .skipped(.connection, observation.isOffline ? "nothing was looked at (--offline)" : "it was not looked at")
      ]
    }
  }

  /// The positions of the flows that need each resource.
  private func users() -> [Address: [Int]] {
    var users: [Address: [Int]] = [:]
    for (index, design) in designs.enumerated() {
      users[Address(.destination, design.destination.name), default: []].append(index)
      let authorizers = design.authorizers
      for authorizer in authorizers { users[Address(.authorizer, authorizer), default: []].append(index) }
      for tunnel in Set(authorizers.compactMap { project.authorizers[$0]?.spec.tunnel }) {
        users[Address(.tunnel, tunnel), default: []].append(index)
      }
      for case .named(let source) in design.spec.inputs.map(\.input) {
        users[Address(.source, source), default: []].append(index)
      }
    }
    return users
  }
}
