import Foundation
import JSON
import State
import SystemPackage
import TestSupport
import Testing

/// An apply that is killed at any moment loses no step that it recorded, and the next plan is right.
///
/// The short form kills two dozen times; SLUICE_KILLS=200 is the long one.
@Suite("Killed applies", .freshDatabase, .timeLimit(.minutes(15)))
struct KillTests {
  /// Rounds of kills that run side by side, each with a database of its own.
  private static let rounds = 4
  private static let kills =
    (ProcessInfo.processInfo.environment["SLUICE_KILLS"].flatMap { Int($0) } ?? 24) / rounds

  @Test("lose no step; the next plan is right, and the next apply brings the rest", arguments: 1...rounds)
  func killed(seed: Int) async throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var round = try await KillRound()
    for number in 0..<Self.kills {
      let moment = Moment(number: number + seed * Self.kills, using: &random)
      try await round.kill(at: moment)
      if number % 6 == 5 { try await round.finish() }
    }
    try await round.finish()
    print("kills \(round.tally.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))")
    #expect(round.tally["kills"] == Self.kills)
  }
}

/// When an apply is killed.
private enum Moment {
  /// After so many steps are in the journal, and a while more.
  case random(steps: Int, then: Duration)
  /// So long after its start.
  case early(Duration)
  /// When it comes by a named point for the nth time.
  case named(CrashPoint, time: Int)

  /// Every second moment is random; the named points take turns.
  init(number: Int, using random: inout SeededGenerator) {
    if number % 2 == 0 {
      self =
        number % 8 == 0
        ? .early(.milliseconds(Int.random(in: 0...300, using: &random)))
        : .random(
          steps: Int.random(in: 1...12, using: &random), then: .microseconds(Int.random(in: 0...20_000, using: &random))
        )
      return
    }
    let point = CrashPoint.allCases[number / 2 % CrashPoint.allCases.count]
    let times: ClosedRange<Int> =
      switch point {
      case .afterTemporaryFile: 1...2
      case .beforeRename, .afterRename: 1...3
      case .afterCommit, .beforeJournalLine, .afterJournalLine: 1...12
      }
    self = .named(point, time: Int.random(in: times, using: &random))
  }

  var name: String {
    switch self {
    case .random, .early: "at random"
    case .named(let point, _): point.rawValue
    }
  }
}

/// A project whose applies are killed one after the other.
private struct KillRound {
  private let world: World
  /// Grows with each new set of flows.
  private var generation = 0
  private var flows: [String] = []
  /// Whether the flows are to get a second column.
  private var isWider = false
  /// What came of the kills.
  private(set) var tally: [String: Int] = [:]

  init() async throws {
    world = try World("{}", files: ["t.csv": "id,b\n1,2\n"])
    try renew()
  }

  /// Gives the project work: flows to make, then a column to add to each.
  private mutating func renew() throws {
    if isWider || flows.isEmpty {
      generation += 1
      flows += (10..<40).map { "g\(generation)f\($0)" }
      isWider = false
    } else {
      isWider = true
    }
    let lines = flows.map { name in
      let isOld = !name.hasPrefix("g\(generation)f")
      let columns = isOld || isWider ? "id: bigint, b: bigint" : "id: bigint"
      return "\(name): {source: {path: t.csv}, destination: wh, writeMode: insert, columns: {\(columns)}}"
    }
    try world.setFlows(lines.joined(separator: "\n"))
  }

  /// Kills an apply at `moment`, where it has enough to do for that, and looks at what it left behind.
  mutating func kill(at moment: Moment) async throws {
    let before = try recorded()
    var status = 0
    // What was applied to its end leaves too little to do.
    for attempt in 0... {
      status = try await apply(until: attempt == 0 ? moment : moment.sooner)
      if status != 0 { break }
      try renew()
    }
    #expect(status == 128 + Int(SIGKILL))
    tally["kills", default: 0] += 1
    tally["killed \(moment.name)", default: 0] += 1
    try await look(since: before)
  }

  /// Applies what is left to do; then there is nothing to do.
  mutating func finish() async throws {
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 0, "\(apply.error)")
    let plan = try await world.document("plan", "--detailed-exitcode")
    #expect(plan.status == 0, "\(plan.actions)")
    #expect(!world.project.contains("sluice.state.json.journal"))
    try renew()
  }

  private func apply(until moment: Moment) async throws -> Int {
    var environment = world.variables
    if case .named(let point, let time) = moment { environment["SLUICE_CRASH_AT"] = "\(point.rawValue):\(time)" }
    return try await withTool(["-C", world.project.path.string, "apply", "--yes"], environment: environment) {
      process in
      switch moment {
      case .named: return
      case .early(let time): try await Task.sleep(for: time)
      case .random(let steps, let rest):
        while journal().steps < steps, Foundation.kill(process, 0) == 0, !isZombie(process) { await Task.yield() }
        try await Task.sleep(for: rest)
      }
      Foundation.kill(process, SIGKILL)
    }
  }

  /// Looks at what a kill left: nothing recorded is lost, and the plan knows what exists.
  private mutating func look(since before: Set<String>) async throws {
    let left = journal()
    if left.exists { tally["left a journal", default: 0] += 1 }
    tally["steps folded", default: 0] += left.steps
    let recorded = try recorded()
    #expect(recorded.isSuperset(of: before))

    let listed = try await world.sluice("state", "list")
    #expect(listed.status == 0, "\(listed.error)")
    #expect(Set(listed.output.split(separator: "\n").map(String.init)) == recorded)

    let columns = try await world.database.text(
      """
      SELECT c.relname, count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY 1
      """)
    let widths = Dictionary(
      uniqueKeysWithValues: columns.split(separator: "\n").map { line in
        let parts = line.split(separator: "|")
        return (String(parts[0]), Int(parts[1]) ?? 0)
      })
    let plan = try await world.document("plan")
    #expect(plan.status == 0, "\(plan.diagnostics())")
    #expect(!plan.diagnostics().contains { $0["severity"] == "error" })
    for flow in flows {
      let action = plan.action("flow/\(flow)") ?? "unchanged"
      let isRecorded = recorded.contains("flow/\(flow)")
      guard let width = widths[flow] else {
        #expect(!isRecorded && action == "create", "\(flow): \(action)")
        continue
      }
      if !isRecorded {
        #expect(action == "adopt", "\(flow): \(action)")
      } else if width < (flow.hasPrefix("g\(generation)f") && !isWider ? 1 : 2) {
        #expect(action == "update", "\(flow): \(action)")
      } else {
        // A column that was added without being recorded is found; its record is brought up to date.
        #expect(["unchanged", "update", "adopt"].contains(action), "\(flow): \(action)")
        if action == "update" {
          #expect(plan.step("flow/\(flow)")?["statements"]?.strings.filter { $0.contains("ADD COLUMN") } == [])
        }
      }
    }
  }

  /// The addresses in the state and the journal, by what the files' layout says and no code of the tool's.
  private func recorded() throws -> Set<String> {
    var addresses: Set<String> = []
    var serial = 0
    if world.project.contains("sluice.state.json") {
      let state = try JSONValue(parsing: world.project.read("sluice.state.json"))
      addresses = Set(state["resources"]?.objectValue?.map { $0.key } ?? [])
      serial = state["serial"]?.intValue ?? -1
    }
    let journal = journal()
    guard journal.serial == serial else { return addresses }
    for change in journal.changes {
      guard let address = change["address"]?.stringValue else { continue }
      if change["resource"] == .null { addresses.remove(address) } else { addresses.insert(address) }
    }
    return addresses
  }

  /// The whole lines of the journal.
  private func journal() -> (exists: Bool, serial: Int?, steps: Int, changes: [JSONValue]) {
    guard let text = try? world.project.read("sluice.state.json.journal") else { return (false, nil, 0, []) }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .compactMap { try? JSONValue(parsing: String($0)) }
    let steps = lines.dropFirst()
    return (true, lines.first?["serial"]?.intValue, steps.count, steps.flatMap { $0["changes"]?.arrayValue ?? [] })
  }

  private func isZombie(_ process: Int32) -> Bool {
    let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return status?.contains(") Z ") ?? true
  }
}

extension Moment {
  /// The same moment, or one that comes sooner where the other never came.
  fileprivate var sooner: Moment {
    switch self {
    case .random(_, let rest): .random(steps: 1, then: rest / 4)
    case .early(let time): .early(time / 2)
    case .named(let point, _): .named(point, time: 1)
    }
  }
}
