internal import Catalog
public import Manifests

/// What an existing scheduler is to start: `sluice run --due` for each flow at its slots, and now and then for all of them.
public struct ScheduledRuns: Sendable {
  /// A flow's own.
  public struct FlowRuns: Sendable {
    /// The flow's name.
    public var flow: String
    /// The flows that it comes after, and itself: they are due in one run, or else it might come first.
    public var flows: [String]
    public var schedule: Schedule
    public var timezone: String
  }

  /// The program, as it is started.
  public var program: String
  /// Options that say which project it is.
  public var options: [String]
  /// `shop`, or `shop-prod` in an environment.
  public var name: String
  /// Sorted by flow.
  public var flows: [FlowRuns]
  /// The variables that manifests name as secrets, sorted.
  public var secrets: [String]

  /// Gathers the enabled flows with a schedule.
  ///
  /// - Parameters:
  ///   - project: as it was applied.
  ///   - names: which of its flows.
  public init(_ project: Project, names: [String], program: String, options: [String]) {
    self.program = program
    self.options = options
    name = [project.name, project.environment].compactMap { $0 }.joined(separator: "-")
    secrets = Set(project.secretVariables).sorted()
    var scheduled: [String: FlowRuns] = [:]
    for name in names {
      guard let spec = project.flows[name]?.spec, spec.enabled, let schedule = spec.schedule.flatMap(Schedule.init)
      else { continue }
      scheduled[name] = FlowRuns(flow: name, flows: [], schedule: schedule, timezone: spec.timezone)
    }
    flows = scheduled.values.sorted { $0.flow < $1.flow }.map { runs in
      var runs = runs
      var open = [runs.flow], known: Set<String> = []
      while let name = open.popLast() {
        guard known.insert(name).inserted else { continue }
        open += (project.flows[name]?.spec.after ?? []).filter { scheduled[$0] != nil }
      }
      runs.flows = known.subtracting([runs.flow]).sorted() + [runs.flow]
      return runs
    }
  }

  /// The arguments that load `flows` as far as they are due; all flows without any.
  ///
  /// A flow's own run waits for its table: what it comes after may be under way in another run.
  func arguments(_ flows: [String] = []) -> [String] {
    ["run", "--due"] + (flows.isEmpty ? [] : ["--wait"]) + flows + options
  }

  /// What the runs of `flow` are called, of lower-case letters, digits and `-`, at most 52 of them; nothing: the run of all.
  ///
  /// No name of a flow begins with `-`.
  func label(_ flow: String?) -> String {
    let text = "sluice-\(name)-\(flow ?? "-due")"
    let plain = String(text.map { $0 == "_" || $0 == "." ? "-" : $0 })
    if plain == text, text.utf8.count <= 52 { return text }
    let hash = String(UInt32(truncatingIfNeeded: stableHash(text)), radix: 36)
    let start = plain.prefix(44).reversed().drop { $0 == "-" }.reversed()
    return "\(String(start))-\(hash)"
  }
}
