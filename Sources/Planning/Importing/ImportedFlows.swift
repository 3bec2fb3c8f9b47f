internal import Catalog
public import Diagnostics
public import Manifests

/// Flows of which only source and destination were known, with what a plan of them found out written out.
public struct ImportedFlows: Sendable {
  /// Those that can be written.
  public private(set) var entries: [FlowManifest.Entry] = []
  /// What keeps flows from being written: errors; and what was left out of them: warnings.
  public private(set) var diagnostics: [Diagnostic] = []

  /// No flows, and a warning for each of those that are left out, as the project has them already.
  ///
  /// - Parameter known: what people call what the new flow would read, and the one that there is.
  public init(leavingOut known: [(words: String, flow: Resource<Flow>)]) {
    diagnostics = known.map { words, flow in
      Diagnostic(
        .warning, "import-known", "\(words) is left out: the project has flow/\(flow.name) already",
        at: flow.places.resource)
    }
  }

  /// Adds `flows` with the columns and keys that a plan of them found.
  ///
  /// - Parameters:
  ///   - project: has them.
  ///   - observation: what the plan rests on.
  public mutating func add(
    _ flows: [Resource<Flow>], of project: Project, planned plan: Plan, on observation: Observation
  ) {
    let steps = Dictionary(plan.steps.map { ($0.address, $0) }) { first, _ in first }
    var unreachable: Set<String> = []
    for flow in flows {
      guard let design = project.design(of: flow), let step = steps[design.address.description] else { continue }
      if case .unreachable(var problem)? = observation.databases[design.authorizer],
        unreachable.insert(design.authorizer).inserted
      {
        problem.severity = .warning
        problem.help.append("the flows are written as for a database without their tables")
        diagnostics.append(problem)
      }
      do throws(Failure) {
        let table = try Self.table(of: design, on: observation)
        if case .unreadable(let problems)? = observation.sources[flow.name] { throw Failure(problems) }
        add(ImportedColumns(step, of: table), to: flow)
      } catch { diagnostics += error.diagnostics }
    }
  }

  private mutating func add(_ columns: ImportedColumns, to flow: Resource<Flow>) {
    for (field, reason) in columns.leftOut {
      diagnostics.append(.leftOut("field `\(field)` of flow/\(flow.name) is left out: \(reason)"))
    }
    guard !columns.columns.isEmpty else {
      diagnostics.append(.leftOut("flow/\(flow.name) is left out: it would have no column"))
      return
    }
    var flow = flow
    flow.spec.columns = ColumnList(columns: columns.columns)
    flow.spec.key = columns.key
    flow.spec.writeMode = columns.key == nil ? .truncateInsert : .upsert
    entries.append(FlowManifest.Entry(flow, remarks: columns.sourceTypes.mapValues { "\($0) in the source" }))
  }

  /// The table that a flow reads; nothing where it reads files.
  private static func table(of design: FlowDesign, on observation: Observation) throws(Failure) -> Table? {
    guard let source = design.databaseSources.first, case .table(let name)? = source.object else { return nil }
    if case .unreachable(let problem)? = observation.databases[source.authorizer] { throw Failure(problem) }
    guard let live = observation.live(source.authorizer) else { return nil }
    guard let table = live.tables[name], table.kind.canBeRead else {
      throw Failure(
        .noTable(
          "there is no table \(name.sql)", of: "database \(live.server.database)",
          like: WrittenName(schema: name.schema, name: name.name).text, in: live.sources.readable))
    }
    if design.table == name, observation.live(design.authorizer)?.server.identity == live.server.identity {
      throw Failure(
        Diagnostic(
          .error, "import-onto-itself",
          "flow/\(design.flow.name) would write into the table that it reads, \(name.sql) of database \(live.server.database)",
          help: ["name another destination with --to, one of another database"]))
    }
    return table
  }
}

extension Diagnostic {
  fileprivate static func leftOut(_ message: String) -> Diagnostic { Diagnostic(.warning, "import-left-out", message) }
}
