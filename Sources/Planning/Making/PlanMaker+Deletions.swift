internal import Catalog
internal import Diagnostics
internal import JSON
internal import Manifests
internal import State

extension PlanMaker {
  /// Resources that were applied and are in no manifest any more, those that others may need last.
  mutating func deletions() -> [Step] {
    let gone = scope.gone(from: state)
    let addresses = Set(gone.map(\.address))
    return gone.map { deletion(of: $0.address, $0.resource, among: addresses) }
  }

  private mutating func deletion(
    of address: Address, _ resource: AppliedResource, among gone: Set<Address>
  ) -> Step {
    var step = Step(.delete, address.description, reason: "no longer in the manifests\(rest(of: resource, address))")
    step.changes = FieldChange.between(resource.spec, nil)
    step.after = users(of: address).filter { gone.contains($0) || scope.contains($0) }.map(\.description)
    if resource.spec["protect"]?.boolValue == true {
      block(
        &step,
        Diagnostic(
          .error, "protected", "\(address) is protected (`protect: true`), and no longer in the manifests",
          help: [
            "bring it back, with `protect: false`, and apply that: a step of its own",
            "then take it out of the manifests, and apply again",
          ]))
    } else if let user = users(of: address).first(where: { !gone.contains($0) && !scope.contains($0) }) {
      block(
        &step,
        Diagnostic(
          .error, "in-use", "\(address) is no longer in the manifests, but what was applied as \(user) still uses it",
          help: ["select \(user) too, so that it is applied, or deleted, first"]))
    }
    return step
  }

  /// What becomes of the table of a flow that goes.
  private func rest(of resource: AppliedResource, _ address: Address) -> String {
    guard let table = resource.table else { return "" }
    guard let authorizer = state?.authorizer(of: address), let live = observation.live(authorizer),
      let name = WrittenName(table)?.qualified(default: "public")
    else { return "; table \(table) stays as it is" }
    return switch live.rowCounts[name] {
    case .exactly(let rows): "; table \(table) stays, with its \(Self.words(rows))"
    case .about(let rows): "; table \(table) stays, with about \(Self.words(rows))"
    case nil: live.tables[name] == nil ? "; table \(table) is gone already" : "; table \(table) stays as it is"
    }
  }

  private static func words(_ rows: Int) -> String { rows == 1 ? "1 row" : "\(rows) rows" }

  /// The recorded resources that need the one at `address`; those that this plan does not touch keep it in use.
  private func users(of address: Address) -> [Address] {
    guard address.kind != .flow else { return [] }
    return (state?.resources ?? [:]).compactMap { key, resource in
      Address(key).flatMap { SpecReferences.needs(of: $0.kind, resource.spec).contains(address) ? $0 : nil }
    }.sorted()
  }

  private mutating func block(_ step: inout Step, _ diagnostic: Diagnostic) {
    step.action = .blocked
    step.reason = diagnostic.message
    findings.add(diagnostic)
  }
}

extension AppliedState {
  /// The name of the authorizer in whose database the table of the recorded flow at `address` is.
  func authorizer(of address: Address) -> String? {
    resources[address.description]?.spec["destination"]?.stringValue
      .flatMap { resources["destination/\($0)"]?.spec["authorizer"]?.stringValue }
  }
}
