public import Diagnostics
public import Manifests
internal import OrderedCollections

/// How one load of one flow ended.
public struct LoadOutcome: Sendable {
  /// How it ended.
  public enum Status: String, Hashable, Sendable, CaseIterable {
    case loaded, failed, empty, skipped
    /// The slot's file is not there yet.
    case waiting
  }

  /// The flow's name.
  public var flow: String
  /// The load's id: a UUID, lower case.
  public var load: String
  public var status: Status
  public var mode: Flow.WriteMode
  public var counts: LoadCounts
  public var seconds: Double
  /// Why it failed.
  public var error: Diagnostic?
  /// What else is worth knowing.
  public var warnings: [Diagnostic]
  /// The files that were read, relative to the project.
  public var files: [String]
  /// What was read by the source's cursor; nothing where it has none.
  public var cursor: CursorRange?
  /// What the flow's rules found; empty where it has none, or they were passed over.
  public var quality: [RuleResult] = []
  /// The slot that the load stands for: RFC 3339.
  public var slot: String?
  /// The days that the rows are of; nothing where they are of no days.
  public var range: DayRange?
  /// The window of a backfill that the load stands for.
  public var window: LoadWindow?
  /// Which try it was, from 1.
  public var attempt: Int
  /// Whether the ledger has a row of it: a load that never reached the server, or was not let in, has none.
  public var isRecorded = false
  /// Whether it failed for want of a connection that there may well be a little later.
  public var isConnectionMissing = false
  /// Whether the slot's rows are yet to come, by this machine or another one: what comes after it is not begun.
  public var isPending = false
  /// What there is to tell the programs of `notify:`.
  public var news: [Notifier.Event] = []
  /// What the ledger keeps of why it failed: never a value.
  public var ledgerMessage: String?

  /// Makes an outcome.
  public init(
    flow: String, load: String, status: Status, mode: Flow.WriteMode, counts: LoadCounts = LoadCounts(),
    seconds: Double = 0, error: Diagnostic? = nil, warnings: [Diagnostic] = [], files: [String] = [],
    slot: String? = nil, attempt: Int = 1
  ) {
    self.flow = flow
    self.load = load
    self.status = status
    self.mode = mode
    self.counts = counts
    self.seconds = seconds
    self.error = error
    self.warnings = warnings
    self.files = files
    self.slot = slot
    self.attempt = attempt
  }
}

extension LoadOutcome {
  /// The values of a cursor's column between which a load read, both included, as the server writes them.
  public struct CursorRange: Hashable, Sendable {
    /// Nothing where it read from the first row on.
    public var from: String?
    public var to: String?

    /// Makes a range; nothing where both ends are.
    public init?(from: String?, to: String?) {
      if from == nil, to == nil { return nil }
      self.from = from
      self.to = to
    }
  }

  /// Puts the flow's address before each message that does not name it: loads of many flows are reported together.
  /// What is wrong with an authorizer is left as it is, as it is one thing however many flows use it.
  public mutating func nameFlow() {
    let address = "flow/\(flow)"
    if let error, !error.isOfAuthorizer, !error.message.contains(address) {
      self.error?.message = "\(address): \(error.message)"
    }
    for index in warnings.indices where !warnings[index].isOfAuthorizer && !warnings[index].message.contains(address) {
      warnings[index].message = "\(address): \(warnings[index].message)"
    }
  }
}

extension Diagnostic {
  /// Whether it is about an authorizer, which its message names.
  fileprivate var isOfAuthorizer: Bool { ["connection", "secret", "tls-fallback"].contains(code) }
}

extension [LoadOutcome] {
  /// What is to be told of the loads: warnings, then why they failed, once where it is the same for several.
  public var diagnostics: [Diagnostic] {
    var flows: OrderedDictionary<Diagnostic, [String]> = [:]
    for outcome in self { outcome.error.map { flows[$0, default: []].append("flow/\(outcome.flow)") } }
    let errors = flows.map { error, flows in
      var error = error
      if error.isOfAuthorizer { error.help.append("not loaded for it: \(Self.list(flows))") }
      return error
    }
    return Array<Diagnostic>(OrderedSet(flatMap(\.warnings))) + errors
  }

  private static func list(_ flows: [String]) -> String {
    let shown = flows.prefix(3).joined(separator: ", ")
    return flows.count > 3 ? "\(shown) and \(flows.count - 3) more" : shown
  }
}

/// What became of a load's rows: `read` is the sum of the others but `deleted`.
public struct LoadCounts: Hashable, Sendable {
  public var read = 0
  public var inserted = 0
  public var updated = 0
  public var deleted = 0
  public var unchanged = 0
  /// Overtaken by a later row of the same key.
  public var superseded = 0
  public var rejected = 0

  /// Nothing counted yet.
  public init() {}
}

/// How far a load has come.
public struct LoadProgress: Sendable {
  public var flow: String
  public var load: String
  /// Rows read so far.
  public var rows: Int
  /// Bytes of the source read so far.
  public var bytes: Int
  /// Bytes of the source in all, where that is known.
  public var totalBytes: Int?
  /// Since the load began.
  public var seconds: Double
  /// Whether the rest is the server's work alone: all rows are read, or it reads them by itself.
  public var isServerAtWork = false
  /// The window of a backfill that the load stands for.
  public var window: LoadWindow?

  /// Makes a report.
  public init(flow: String, load: String, rows: Int, bytes: Int, totalBytes: Int?, seconds: Double) {
    self.flow = flow
    self.load = load
    self.rows = rows
    self.bytes = bytes
    self.totalBytes = totalBytes
    self.seconds = seconds
  }
}
