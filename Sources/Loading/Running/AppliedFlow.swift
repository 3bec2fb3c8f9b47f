internal import Catalog
public import Diagnostics
public import Manifests
public import Planning
public import State
public import SystemPackage

/// A flow as it was applied, with all that a load of it needs.
public struct AppliedFlow: Sendable {
  /// The flow, its destination, its table.
  public var design: FlowDesign
  /// Where its rows go.
  public var authorizer: Resource<Authorizer>
  /// What apply recorded of it.
  public var recorded: AppliedResource

  /// The flow's name.
  public var name: String { design.flow.name }

  /// All flows of `project` that were applied, by name.
  ///
  /// - Parameter project: the project as it was applied (`Project.init(applied:name:)`).
  /// - Throws: `Failure` where the state holds a flow without what the flow needs.
  public static func all(of project: Project, in state: AppliedState) throws(Failure) -> [String: AppliedFlow] {
    var flows: [String: AppliedFlow] = [:]
    for flow in project.flows.values {
      guard let design = project.design(of: flow), let authorizer = project.authorizers[design.authorizer],
        let recorded = state.resources[design.address.description], recorded.columns != nil
      else {
        throw Failure(
          Diagnostic(
            .error, "state-damaged", "the state holds flow/\(flow.name) without what it needs to run",
            help: ["apply again: `sluice apply`"]))
      }
      flows[flow.name] = AppliedFlow(design: design, authorizer: authorizer, recorded: recorded)
    }
    return flows
  }

  /// The request for a load of it.
  func request(_ run: FlowRun, lineage: String, project: String) -> LoadRequest {
    let spec = design.spec
    var request = LoadRequest(
      project: project, flow: name, lineage: lineage, root: run.folder, sources: design.sources, target: design.table,
      ledger: design.ledger, mode: spec.writeMode, key: (recorded.key ?? []).map { Identifier($0) },
      columns: (recorded.columns ?? []).map {
        TargetColumn(name: Identifier($0.name), type: $0.type, isNullable: $0.nullable, from: ColumnInput($0.from))
      }, host: run.host, sluiceVersion: run.version)
    request.authorizer = design.authorizer
    request.formerNames = recorded.formerNames
    request.sourceChanges = spec.sourceChanges
    request.knownFields = recorded.sourceFields?.map(\.name)
    for field in recorded.sourceFields ?? [] { request.knownTypes[field.name] = field.type }
    request.transform = spec.transform
    if !spec.transform.isEmpty {
      request.inputs = spec.inputNames.map { name in
        let fields = recorded.inputs?[name] ?? []
        return TransformInput(name: name, columns: fields.map { .init(name: $0.name, type: $0.type ?? "text") })
      }
    }
    request.quality = spec.quality
    request.afterLoad = spec.afterLoad
    request.defaultSchema = design.defaultSchema
    request.skipsQuality = run.skipsQuality
    request.readers = spec.readers
    request.deleteMissing = spec.deleteMissing
    if let most = spec.maxDeletes { request.maxDeletes = most }
    request.allowedDeletes = run.allowedDeletes
    request.maxRejects = spec.maxRejects
    request.lockTimeout = authorizer.spec.lockTimeout
    request.statementTimeout = authorizer.spec.statementTimeout
    request.role = authorizer.spec.role
    request.again = run.again
    request.slot = run.slots[name]
    request.window = run.window
    request.range = spec.range
    request.timezone = spec.timezone
    request.fullRefresh = run.fullRefresh
    request.rejects = run.rejects
    return request
  }
}

/// What all loads of one run have in common.
public struct FlowRun: Sendable {
  /// The project's folder; sources' paths are relative to it.
  public var folder: FilePath
  /// Where rejected rows are written.
  public var rejects: FilePath
  /// The machine's name, for the ledger.
  public var host: String
  /// Sluice's version, for the ledger.
  public var version: String
  /// How many flows load at the same time.
  public var parallel: Int
  /// Whether files that were loaded are loaded once more.
  public var again = false
  /// Whether everything is read, as if nothing was loaded before.
  public var fullRefresh = false
  /// Whether flows' rules are passed over, this once.
  public var skipsQuality = false
  /// Whether a load waits for another one of its table to end; else it fails.
  public var waits = false
  /// The slots that loads stand for, by flow: RFC 3339.
  public var slots: [String: String] = [:]
  /// Whether the servers are the project's private one: who is told of what happens may want to know.
  public var isInSandbox = false
  /// The window of a backfill that the loads stand for.
  public var window: LoadWindow?
  /// How many rows each load with `deleteMissing` may delete whatever its flow says, also where the source is empty.
  public var allowedDeletes = 0

  /// Makes a run's settings.
  public init(folder: FilePath, rejects: FilePath, host: String, version: String, parallel: Int) {
    self.folder = folder
    self.rejects = rejects
    self.host = host
    self.version = version
    self.parallel = parallel
  }
}
