internal import Catalog
internal import Diagnostics
internal import Manifests
internal import State

extension FlowContext {
  /// `transform` and `quality`: the server takes the flow's steps and rules.
  func transformChecks() -> [Finding] {
    guard design.isBatch, let transform else { return [] }
    let failed = transform.problems.map { finding($0) }
    if !failed.isEmpty { return failed }
    let id: Check.ID = spec.transform.isEmpty ? .quality : .transform
    if let unknown = transform.unknown {
      guard lacksInputs else { return [.skipped(id, unknown)] }
      // Where a source cannot be read, that is the one cause, and told by its own check.
      guard inputs.contains(where: \.isUncertain) else {
        return [Finding(check: Check(id, .failed, unknown), diagnostic: nil, cause: "")]
      }
      return [
        .failed(
          id, "what the steps would make is not known: \(unknown)", cause: "\(design.flow.name) steps",
          at: place(of: "transform"))
      ]
    }
    var passed: [Finding] = []
    if let made = transform.transformation {
      let steps = spec.transform.count == 1 ? "1 step makes" : "\(spec.transform.count) steps make"
      passed.append(.passed(.transform, "\(steps) \(made.columns.count) columns"))
    }
    if !spec.quality.isEmpty {
      passed.append(.passed(.quality, spec.quality.count == 1 ? "1 rule" : "\(spec.quality.count) rules"))
    }
    return passed
  }

  /// Whether nothing says what the steps read: a load stages what was seen of the sources when the flow was applied.
  var lacksInputs: Bool { !spec.transform.isEmpty && transform?.transformation == nil && recorded?.inputs == nil }

  /// `table-privileges` of the tables that rules look values up in.
  func lookupChecks() -> [Finding] {
    design.lookupTables.flatMap { lookup -> [Finding] in
      let missing = unmet(.tablePrivileges).filter { $0.object == .table(lookup.table) && isLookup($0) }
      guard !missing.isEmpty else { return [] }
      return [
        failed(
          .tablePrivileges, "role \(role.sql) has no SELECT on table \(lookup.table.sql)",
          about: "lookup \(lookup.table.sql)", at: place(of: "quality[\(lookup.rule)].table"),
          label: "exists_in needs it",
          remedy: remedy(granting: missing, on: lookup.table))
      ]
    }
  }

  /// Whether `requirement` is there for a rule's sake.
  func isLookup(_ requirement: Requirement) -> Bool {
    requirement.privilege == .select
      && design.lookupTables.contains { .table($0.table) == requirement.object && [$0.key] == requirement.columns }
  }

  private func finding(_ problem: TransformProblem) -> Finding {
    let isRule = problem.path.hasPrefix("quality")
    var diagnostic = Diagnostic(
      .error, problem.code, problem.message, at: place(of: problem.path), help: problem.help)
    if let position = problem.position, let place = diagnostic.place {
      diagnostic.place = place.part(position - 1..<position, of: text(at: problem.path))
    }
    return Finding(
      check: Check(isRule ? .quality : .transform, .failed, problem.message), diagnostic: diagnostic,
      cause: "\(design.flow.name) \(problem.path) \(problem.message)")
  }

  /// The place of `path`, else of what holds it.
  private func place(of path: String) -> Place {
    var path = path[...]
    while true {
      if let place = places.fields[String(path)] { return place }
      guard let cut = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { return places.resource }
      path = path[..<cut]
    }
  }

  /// The SQL at `path`.
  private func text(at path: String) -> String {
    let index = path.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
    guard let index = Int(index) else { return "" }
    return path.hasPrefix("quality")
      ? spec.quality[index].query ?? "" : spec.transform[index].sql ?? ""
  }
}
