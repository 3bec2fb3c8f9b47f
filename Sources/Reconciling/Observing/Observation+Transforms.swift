internal import Connecting
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres
internal import State

extension Observation {
  /// Looks at the steps and rules of flows, now that it is known which fields their sources have.
  mutating func lookAtTransforms(of scope: Scope, state: AppliedState?, through connector: some Connector) async {
    let flows = scope.designs.filter(\.isBatch)
    if flows.isEmpty { return }
    for (name, designs) in Dictionary(grouping: flows, by: \.authorizer).sorted(by: { $0.key < $1.key }) {
      guard let authorizer = scope.project.authorizers[name], databases[name].map(\.isReached) == true else { continue }
      var work: [TransformObserver.Work] = []
      for design in designs {
        if let inputs = transformInputs(of: design, in: scope.project, state: state) {
          work.append(.init(design: design, inputs: inputs))
        } else if design.spec.transform.isEmpty {
          // Rules are about the table's columns.
          work.append(.init(design: design, inputs: []))
        } else {
          transforms[design.flow.name] = .unknown("the fields of its sources are not known here")
        }
      }
      let observer = TransformObserver(authorizer: authorizer.spec, flows: work)
      let known = self
      do {
        let connection = try await connector.open(authorizer)
        let found = try await connection.perform { database in
          try observer.observe(database) {
            known.tableColumns(of: $0, in: scope.project, made: $1, state: state)
          }
        }
        await connection.close()
        transforms.merge(found) { _, new in new }
      } catch {
        // The first connection was made: this one says what there is to say in the checks of its flows.
        for design in designs { transforms[design.flow.name] = .unknown("the server was not asked: \(error)") }
      }
    }
  }
}

extension TransformObservation {
  fileprivate static func unknown(_ words: String) -> TransformObservation {
    var observation = TransformObservation()
    observation.unknown = words
    return observation
  }
}

extension DatabaseObservation {
  fileprivate var isReached: Bool { if case .reached = self { true } else { false } }
}
