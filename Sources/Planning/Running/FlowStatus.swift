public import Manifests

/// A row of the ledger: a load, that one waits for its file, or that somebody paused or resumed the flow.
public struct RecordedLoad: Sendable {
  /// What a row stands for.
  public enum Status: String, Hashable, Sendable, CaseIterable {
    case loaded, failed, empty
    /// The slot's file was not there; one row a slot, however often it was looked for.
    case waiting
    case paused, resumed
  }

  /// The load's id.
  public var load: String
  public var status: Status
  /// The write mode that it had.
  public var mode: String
  public var counts: LoadCounts
  /// Source fields that were new then, and not loaded.
  public var newFields: Int
  public var attempt: Int
  /// RFC 3339, in UTC.
  public var started: String
  /// RFC 3339, in UTC.
  public var finished: String
  /// From its start to its end.
  public var seconds: Double
  /// How long ago it ended, by the server's clock, in seconds.
  public var age: Double
  /// The machine that it ran on; where it is no load, who wrote it, as in `anna@etl-1`.
  public var host: String
  /// The slot that it stands for: RFC 3339.
  public var slot: String?
  public var cursor: LoadOutcome.CursorRange?
  /// The rules that did not hold.
  public var brokenRules: [String] = []
  /// Whether its flow's rules were passed over.
  public var skippedQuality = false
  /// The days that its rows are of.
  public var range: DayRange?
  /// Why it failed, waits or was paused; never a value.
  public var message: String?
  public var sqlState: String?

  /// Makes a load.
  public init(
    load: String, status: Status, mode: String, counts: LoadCounts, newFields: Int, attempt: Int,
    started: String, finished: String, seconds: Double, age: Double, host: String, slot: String? = nil,
    cursor: LoadOutcome.CursorRange? = nil, range: DayRange? = nil, message: String? = nil, sqlState: String? = nil
  ) {
    self.load = load
    self.status = status
    self.mode = mode
    self.counts = counts
    self.newFields = newFields
    self.attempt = attempt
    self.started = started
    self.finished = finished
    self.seconds = seconds
    self.age = age
    self.host = host
    self.slot = slot
    self.cursor = cursor
    self.range = range
    self.message = message
    self.sqlState = sqlState
  }
}

/// How a flow stands, by the ledger and the locks of its table: the same on every machine.
public struct FlowStatus: Sendable {
  /// In a word.
  public enum Word: String, Hashable, Sendable, CaseIterable {
    case live
    /// The last load failed, and attempts are left.
    case retrying
    /// Its file is not there yet.
    case waiting
    /// So many loads failed one after the other that nobody tries any more.
    case broken
    case running
    /// `enabled: false`, or paused.
    case inactive
  }

  /// The flow's name.
  public var flow: String
  public var last: RecordedLoad?
  /// The last load that did not fail.
  public var lastSuccess: RecordedLoad?
  public var lastFailure: RecordedLoad?
  /// How many loads have failed since the last one that did not, or since somebody resumed the flow; the tries of one load
  /// count once.
  public var failures = 0
  /// How many failed loads make it broken: `retry.attempts`.
  public var attempts: Int
  public var isEnabled: Bool
  /// Who loads it now, as its session calls itself, and since when (RFC 3339); nothing where nobody does.
  public var running: (who: String?, since: String?)?
  /// When it is due next: RFC 3339; nothing without a schedule.
  public var nextRun: String?
  /// Its last slot (RFC 3339), where no load stands for it yet.
  public var dueSlot: String?
  /// That its file was not there when it was last looked for; nothing once something else has happened.
  public var waiting: RecordedLoad?
  /// That somebody paused it; nothing where nobody did, or it was resumed.
  public var paused: RecordedLoad?
  /// By how many seconds its last slot has passed without a load that did not fail.
  public var late: Double?

  /// A flow without any load.
  public init(flow: String, attempts: Int, isEnabled: Bool) {
    self.flow = flow
    self.attempts = attempts
    self.isEnabled = isEnabled
  }

  /// The status.
  public var word: Word {
    if running != nil { return .running }
    if !isEnabled || paused != nil { return .inactive }
    if isBroken { return .broken }
    if waiting != nil { return .waiting }
    return failures == 0 ? .live : .retrying
  }

  /// Whether so many loads failed that a run of what is due passes it over.
  public var isBroken: Bool { failures >= attempts }

  /// Whether a run of what is due loads it.
  public var isDue: Bool { isEnabled && paused == nil && dueSlot != nil && !isBroken }
}
