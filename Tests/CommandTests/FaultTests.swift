import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// Whatever happens to its connection, a load happens whole and once, or not at all, and its ledger says which.
///
/// The short form breaks fifteen loads; SLUICE_FAULTS=100 is the long one.
@Suite("Loads whose connection breaks", .freshDatabase, .timeLimit(.minutes(30)))
struct FaultTests {
  static let modes = ["insert", "insert_ignore", "truncate_insert", "upsert", "delete"]
  private static let faults =
    (ProcessInfo.processInfo.environment["SLUICE_FAULTS"].flatMap { Int($0) } ?? 15) / modes.count

  @Test("are whole, once, and in the ledger", arguments: modes)
  func broken(mode: String) async throws {
    var random = SeededGenerator(seed: UInt64(mode.utf8.count))
    var round = try await FaultRound(mode)
    let first = Self.modes.firstIndex(of: mode)! * Self.faults
    for number in first..<first + Self.faults {
      try await round.load(Fault(number: number, bytes: round.bytes, using: &random))
    }
    print(
      "faults \(mode): \(round.tally.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))"
    )
    // A moment may lie beyond what a load sends.
    #expect(round.tally["met", default: 0] * 10 >= Self.faults * 6)
  }

  @Test("the answer to COMMIT is lost three times: the load has happened once, and is not repeated", arguments: modes)
  func answersLost(mode: String) async throws {
    var round = try await FaultRound(mode)
    try await round.load(Fault(moment: .commitAnswered, harm: .cut, times: 3))
  }

  @Test("a connection that breaks while it is made is tried again")
  func whileConnecting() async throws {
    var round = try await FaultRound("insert")
    try await round.load(Fault(moment: .fromServer(bytes: 200), harm: .cut, times: 1))
  }

  @Test("a connection that breaks just after the server has refused a row is tried again")
  func afterError() async throws {
    // Keys that are there make the server refuse the first chunk.
    var round = try await FaultRound("insert_ignore")
    for _ in 1...2 { try await round.load(Fault(moment: .refused, harm: .cut, times: 1)) }
  }

  @Test("a server that does not know that its client is gone is ended by the next try")
  func kept() async throws {
    var round = try await FaultRound("insert")
    try await round.load(Fault(moment: .inCopy(bytes: 200_000), harm: .cutClient, times: 1))
  }
}

/// What happens to a load.
private struct Fault {
  enum Harm: CaseIterable {
    /// The connection breaks.
    case cut
    /// It breaks, and the server does not know.
    case cutClient
    /// The server's process is ended.
    case terminate
  }

  var moment: Relay.Moment
  var harm: Harm
  /// How many tries meet it, one after the other; there are three.
  var times: Int

  init(moment: Relay.Moment, harm: Harm, times: Int) {
    self.moment = moment
    self.harm = harm
    self.times = times
  }

  /// Moments and harms take turns.
  ///
  /// - Parameter bytes: about how many of COPY's data a load sends.
  init(number: Int, bytes: Int, using random: inout SeededGenerator) {
    func upTo(_ most: Int) -> Int { Int.random(in: 0..<most, using: &random) }
    moment =
      switch number % 7 {
      case 0, 1: .inCopy(bytes: upTo(bytes))
      case 2: .fromClient(bytes: upTo(2500))
      case 3: .fromServer(bytes: upTo(1500))
      case 4, 5: .commitSent
      default: .commitAnswered
      }
    harm = number % 2 == 0 ? .cut : .terminate
    times = number % 5 == 4 ? 3 : 1
  }
}

/// A flow that is loaded again and again through a relay.
private struct FaultRound {
  private let world: World
  private let relay: Relay
  private let mode: String
  /// What came of the faults.
  private(set) var tally: [String: Int] = [:]
  /// What the table holds when a load has happened.
  private var loaded = ""
  private var counts = ""

  private static let rows = 12_000
  /// About so many bytes of COPY's data does a load send: of both columns, or of the key alone.
  var bytes: Int { Self.rows * (mode == "delete" ? 25 : 50) }

  init(_ mode: String) async throws {
    self.mode = mode
    relay = try Relay(to: TestDatabase.current.cluster)
    let hasKey = mode == "upsert" || mode == "delete"
    let csv = (1...Self.rows).map { "\($0 + 100),a text that makes the row longer \($0)\n" }.joined()
    var world = try World(
      """
      t:
        source: {path: t.csv}
        destination: wh
        writeMode: \(mode)\(hasKey ? "\n  key: [id]" : "")
        retry: {attempts: 3, backoff: 0s}
      """, files: ["t.csv": "id,s\n" + csv])
    let database = world.database
    world.environment["DATABASE_URL"] =
      "postgresql://\(database.owner)@/\(database.name)?host=\(relay.folder)&port=\(database.port)"
    self.world = world
    try await database.execute(
      """
      CREATE TABLE t (id bigint \(mode == "insert" ? "" : "PRIMARY KEY"), s text);
      CREATE TABLE old AS SELECT n::bigint AS id, 'old' AS s FROM generate_series(1, 200) n;
      """)
    let apply = try await world.sluice("apply", "--yes")
    #expect(apply.status == 0, "\(apply.error)")
    // Once without any fault.
    try await reset()
    let load = try await world.stream("run", "t")
    #expect(load.outcome("t")?["status"] == "loaded")
    loaded = try await content()
    counts = load.counts("t")
  }

  private func reset() async throws {
    try await world.database.execute("TRUNCATE t, _sluice_loads; INSERT INTO t TABLE old")
  }

  private func content() async throws -> String {
    try await world.database.text("SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM t")
  }

  /// Loads once while `fault` happens, and looks at what is there; then loads once more.
  mutating func load(_ fault: Fault) async throws {
    try await reset()
    let before = try await content()
    let reached = relay.reached
    for _ in 0..<fault.times { relay.arm(fault.moment, action(of: fault)) }
    let load = try await world.stream("run", "t")
    relay.disarm()
    let met = relay.reached - reached
    if met > 0 { tally["met", default: 0] += 1 }
    let outcome = load.outcome("t")
    let status = outcome?["status"]?.stringValue ?? "none"
    let words = "\(mode), \(fault.moment) \(fault.harm) \(fault.times): \(load.outcome("t")?.text(.line) ?? "")"
    tally[status, default: 0] += 1

    // Whole or not at all, as the ledger says.
    let after = try await content()
    let rows = try await ledger()
    #expect(after == before || after == loaded, "\(words)")
    #expect(rows == (after == loaded ? [counts] : []), "\(words)")
    // A load is not told to have happened unless it did; three tries outlast fewer faults.
    if status == "loaded" { #expect(after == loaded && load.counts("t") == counts, "\(words)") }
    if met < 3 { #expect(status == "loaded", "\(words)") }
    #expect(load.status == (status == "loaded" ? 0 : 1), "\(words)")

    // And once more, in peace: what has happened is not repeated.
    let again = try await world.stream("run", "t")
    #expect(again.status == 0, "\(words), \(again.events)")
    #expect(try await content() == loaded, "\(words), \(again.events)")
    if mode.hasPrefix("insert") {
      #expect(again.outcome("t")?["status"]?.stringValue == (after == loaded ? "skipped" : "loaded"), "\(words)")
      #expect(try await ledger() == [counts], "\(words)")
    }
  }

  private func action(of fault: Fault) -> Relay.Action {
    let database = world.database
    return { backend in
      switch fault.harm {
      case .cut: return .cut
      case .cutClient: return .cutClient
      case .terminate:
        guard backend > 0 else { return .cut }
        _ = try? await database.text("SELECT pg_terminate_backend(\(backend))")
        try? await database.wait(until: "NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(backend))")
        return .pass
      }
    }
  }

  /// The counts of each load that happened.
  private func ledger() async throws -> [String] {
    let names = ["read", "inserted", "updated", "deleted", "unchanged", "superseded", "rejected"]
    let words = names.map { "'\($0) ' || nullif(rows_\($0), 0)" }.joined(separator: ", ")
    let text = try await world.database.text(
      "SELECT concat_ws(', ', \(words)) FROM _sluice_loads WHERE status = 'loaded'")
    return text.split(separator: "\n").map(String.init)
  }
}
