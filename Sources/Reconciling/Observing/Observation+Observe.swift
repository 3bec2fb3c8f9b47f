internal import Catalog
public import Connecting
public import Diagnostics
public import Manifests
public import Planning
internal import Postgres
public import State

extension Observation {
  /// How many connections are open at once.
  private static let connectionLimit = 10

  /// Looks at the databases and the sources that a plan of `scope` needs; writes nothing.
  ///
  /// - Parameters:
  ///   - connector: opens one connection an authorizer; one that cannot be opened is a part of the observation.
  ///   - inspect: looks into a source's files or rows, and says which fields it has; it is told which day it is in the
  ///     flow's time zone where that matters.
  public static func observe(
    _ scope: Scope, state: AppliedState?, through connector: some Connector,
    inspecting inspect: (Source, _ today: CivilDate?) async throws(Failure) -> [SourceField]
  ) async -> Observation {
    var observation = Observation()
    async let databases = observeDatabases(of: scope, state: state, through: connector)
    // While the servers are at work.
    observation.asRecorded = Set(scope.designs.map(\.flow.name))
    for design in scope.flowsToInspect(state: state) {
      observation.asRecorded.remove(design.flow.name)
      if design.hasProgram || design.hasDayPaths { continue }
      await observation.look(into: design, nil, inspect)
    }
    observation.databases = await databases
    // The server says which day it is; where it does not, nothing is looked for.
    for design in scope.flowsToInspect(state: state) where design.hasDayPaths && !design.hasProgram {
      guard let today = observation.today(of: design) else { continue }
      await observation.look(into: design, today, inspect)
    }
    // Programs are run for their columns alone, so only once it is known that nothing else says which there are.
    for design in scope.flowsToInspect(state: state) where design.hasProgram {
      let lacksInputs = !design.spec.transform.isEmpty && state?.resources[design.address.description]?.inputs == nil
      guard lacksInputs || observation.leavesColumnsOpen(design, state: state) else { continue }
      let today = observation.today(of: design)
      if design.hasDayPaths, today == nil { continue }
      await observation.look(into: design, today, inspect)
    }
    await observation.lookAtTransforms(of: scope, state: state, through: connector)
    return observation
  }

  private static func observeDatabases(
    of scope: Scope, state: AppliedState?, through connector: some Connector
  ) async -> [String: DatabaseObservation] {
    let project = scope.project
    let questions = Questions.of(scope, state: state)
    return await withTaskGroup { group in
      var waiting = project.authorizers.values.filter { questions[$0.name] != nil }.sorted { $0.name < $1.name }[...]
      var observed: [String: DatabaseObservation] = [:]
      func next(_ group: inout TaskGroup<(String, DatabaseObservation)>) {
        guard let authorizer = waiting.popFirst() else { return }
        let observer = DatabaseObserver(
          authorizer: authorizer.spec, project: project.name, questions: questions[authorizer.name] ?? Questions())
        group.addTask { (authorizer.name, await look(at: authorizer, observer, through: connector)) }
      }
      for _ in 0..<connectionLimit { next(&group) }
      while let (name, result) = await group.next() {
        observed[name] = result
        next(&group)
      }
      return observed
    }
  }

  static func look(
    at authorizer: Resource<Authorizer>, _ observer: DatabaseObserver, through connector: some Connector
  ) async -> DatabaseObservation {
    do {
      let connection = try await connector.open(authorizer)
      let live = try await connection.perform { try observer.observe($0) }
      await connection.close()
      return .reached(live)
    } catch let failure as Failure {
      return .unreachable(failure.diagnostics[0])
    } catch let error as PostgresError {
      return .unreachable(.connection(error, to: authorizer))
    } catch {
      return .unreachable(
        Diagnostic(.error, "connection", "looking at authorizer \(authorizer.name) was interrupted"))
    }
  }

  private mutating func look(
    into design: FlowDesign, _ today: CivilDate?,
    _ inspect: (Source, _ today: CivilDate?) async throws(Failure) -> [SourceField]
  ) async {
    var fields: [SourceField] = []
    var isAnyRead = false
    for ((_, source), input) in zip(design.sources, design.spec.inputs) {
      switch source {
      case .files, .rows, .program: break
      // It is looked at with its database.
      case .postgres: continue
      }
      isAnyRead = true
      do {
        let found = try await inspect(source, today)
        if !design.spec.transform.isEmpty {
          inputFields[design.flow.name, default: [:]][design.spec.name(of: input)] = found
        }
        fields.unite(with: found)
      } catch {
        sources[design.flow.name] = .unreadable(error.diagnostics)
        return
      }
    }
    if isAnyRead { sources[design.flow.name] = .fields(fields) }
  }
}

extension FlowDesign {
  /// Whether a source of it is a program.
  fileprivate var hasProgram: Bool {
    sources.contains { if case .program = $0.source { true } else { false } }
  }
}
