import Catalog
import Diagnostics
import Manifests
import Planning
import Reconciling
import State
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Looks at tables and files for which the project has no flows yet.
struct Importer {
  let workspace: Workspace
  /// As the command line says it; nothing for the project's only one.
  var destination: String?
  /// The name of the only flow; nothing for one made from what it reads.
  var name: String?

  /// The schema that editors find in the project; nothing where there is none.
  var schema: String? {
    let schema = NewProject.schema
    return FileManager.default.fileExists(atPath: workspace.folder.appending(schema).string) ? schema : nil
  }

  /// Flows of the tables of an authorizer that `patterns` name.
  ///
  /// - Throws: `Failure` with all that keeps flows from being written.
  func tables(_ patterns: [String], of authorizer: String) async throws -> ImportedFlows {
    let project = try await self.project()
    let authorizer = try project.authorizer(named: authorizer)
    let destination = try self.destination(in: project)
    let connector = try await workspace.connector(for: project)
    let found = try await StatusLine.during("Listing the tables of \(authorizer.name)") {
      try await authorizer.tables(through: connector)
    }
    let tables = try found.named(by: patterns, in: "authorizer \(authorizer.name)")
    let flows = tables.map {
      Wanted(flow: Resource(imported: $0, of: authorizer.name, into: destination), words: "table \($0.sql)")
    }
    return try await look(at: flows, in: project)
  }

  /// Flows of files, or of patterns of files, relative to the current folder.
  ///
  /// - Throws: `Failure` with all that keeps flows from being written.
  func files(_ paths: [String]) async throws -> ImportedFlows {
    let project = try await self.project()
    let destination = try self.destination(in: project)
    let current = FilePath(FileManager.default.currentDirectoryPath)
    let flows = try paths.map { path throws(Failure) in
      let absolute = current.pushing(FilePath(path)).lexicallyNormalized().string
      try check(path, absolute, in: project)
      var source = FileSource()
      source.path = FileSource.path(absolute, in: workspace.folder)
      let name = self.name ?? FileSource.flowName(of: absolute)
      return Wanted(flow: Resource(imported: name, reading: .files(source), into: destination), words: path)
    }
    return try await look(at: flows, in: project)
  }

  /// - Throws: `Failure` where `path` is no path that a manifest may have, or is no path but an authorizer.
  private func check(_ path: String, _ absolute: String, in project: Project) throws(Failure) {
    if path.contains("{{") {
      throw Failure(
        Diagnostic(.error, "range-syntax", "\(path) holds `{{`, which in a manifest's path stands for days"))
    }
    if project.authorizers[path] != nil, !FileManager.default.fileExists(atPath: absolute) {
      throw Failure(
        Diagnostic(
          .error, "import-no-table", "\(path) is an authorizer, and nothing says which of its tables are meant",
          help: ["sluice import \(path) --tables 'public.*'"]))
    }
  }

  /// A flow that is to be written, and what people call what it reads.
  private struct Wanted {
    var flow: Resource<Flow>
    var words: String
  }

  /// The project, with a flow for each table in place of those that read many.
  private func project() async throws -> Project {
    let planner = Planner(workspace: workspace)
    let loaded = try planner.manifests()
    let state = try workspace.store(environment: loaded.project.environment).read()
    return try await planner.expanded(loaded, state: state).project
  }

  private func destination(in project: Project) throws(Failure) -> String {
    let known = project.destinations.keys.sorted()
    guard let destination else {
      if known.count == 1 { return known[0] }
      throw Failure(
        Diagnostic(
          .error, "destination-required",
          "the project has \(count(known.count, "destination")): name the one that is written to with --to",
          help: known.isEmpty
            ? ["declare one under `destinations:` first"] : ["destinations: \(known.joined(separator: ", "))"]))
    }
    let name = Address(destination).flatMap { $0.kind == .destination ? $0.name : nil } ?? destination
    if project.destinations[name] != nil { return name }
    throw Failure(
      Diagnostic(
        .error, "unknown-reference", "there is no destination \"\(name)\"",
        help: suggestions(for: name, in: known, called: "destinations")))
  }

  /// Plans the flows that are new to the project.
  private func look(at wanted: [Wanted], in project: Project) async throws -> ImportedFlows {
    try checkNames(of: wanted)
    let known = wanted.compactMap { wanted in project.flows[wanted.flow.name].map { (wanted.words, $0) } }
    let flows = wanted.map(\.flow).filter { project.flows[$0.name] == nil }
    var imported = ImportedFlows(leavingOut: known)
    guard !flows.isEmpty else { return imported }
    var project = project
    for flow in flows { project.flows[flow.name] = flow }
    try workspace.checkTrust(in: project)
    let planner = Planner(workspace: workspace, selection: Selection(flows: flows.map(\.name)))
    let result = try await planner.plan(LoadedProject(project), state: nil)
    imported.add(flows, of: result.scope.project, planned: result.plan, on: result.observation)
    let errors = imported.diagnostics.filter { $0.severity == .error }
    if !errors.isEmpty { throw Failure(errors) }
    return imported
  }

  /// - Throws: `Failure` with `name-clash` for each two that would be flows of one name.
  private func checkNames(of wanted: [Wanted]) throws(Failure) {
    var words: [String: String] = [:]
    var clashes: [Diagnostic] = []
    for wanted in wanted {
      let name = wanted.flow.name
      if let other = words.updateValue(wanted.words, forKey: name) {
        clashes.append(
          Diagnostic(
            .error, "name-clash", "\(other) and \(wanted.words) would both be flow/\(name)",
            help: ["import one of the two for itself, and give its flow another name"]))
      }
    }
    if !clashes.isEmpty { throw Failure(clashes) }
  }
}
