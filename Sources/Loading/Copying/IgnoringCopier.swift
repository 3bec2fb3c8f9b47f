internal import Diagnostics
internal import Dispatch
internal import Postgres

/// Sends the rows of a feed that the server takes, and hands the others to a log.
///
/// A batch of rows goes by COPY under a savepoint, while a thread of its own reads and converts the next one. What the
/// server refuses is settled by way of a temporary table, where there is one.
final class IgnoringCopier {
  /// Where rows go that the server does not take as they come.
  enum Way {
    /// Piece by piece to the same table.
    case pieces
    /// By way of temporary tables.
    case staged(BatchStage)
  }

  private let maker: BatchMaker
  private let stop: InputStop
  private let parts: [SourcePart]
  private let sender: BatchSender
  private let log: RejectLog
  private let meter: ProgressMeter
  private let ring: Ring<Batch>
  private let wish = TextWish()
  /// Asked when a batch is refused for the first time.
  private let findWay: (borrowing Database) throws -> Way
  private var way: Way?
  /// Whether the target takes COPY; else all rows are staged.
  private let takesCopy: Bool
  /// Whether the next batch is likely to be refused.
  private var expectsRefusal = false

  /// How many batches there are: one that is filled, and one that is settled.
  private static let batches = 2

  /// A copier of the rows of `feed`, at most `limit` of them, which come from `parts`.
  init(
    _ feed: consuming RowFeed, of parts: [SourcePart], _ columns: [TargetColumn], to sender: BatchSender,
    takesCopy: Bool = true, batchRows: Int, limit: Int = .max,
    _ log: RejectLog, _ meter: ProgressMeter,
    findWay: @escaping (borrowing Database) throws -> Way = { _ in .pieces }
  ) {
    stop = feed.stop
    maker = BatchMaker(feed, TupleEncoder(columns, hasOrdinal: false), limit: limit, wish)
    ring = Ring((0..<Self.batches).map { _ in Batch(rows: batchRows, columns) })
    self.parts = parts
    self.sender = sender
    self.takesCopy = takesCopy
    self.log = log
    self.meter = meter
    self.findWay = findWay
  }

  /// Sends all rows.
  ///
  /// - Throws: `RowsRefused` for an error that is not about rows, `Failure`, `CancellationError`.
  func copyAll(_ database: borrowing Database) throws -> FeedSummary {
    let end = start()
    var isDone = false
    defer {
      ring.abandon()
      // It may be waiting for a slow source.
      if !isDone { stop.stop() }
      end.wait()
    }
    // What was rejected is told in any case; an error of the load goes before one of the file.
    let settled = Result { try settleAll(database) }
    let written = Result { try log.finish() }
    try settled.get()
    try written.get()
    isDone = true
    return maker.summary
  }

  private func settleAll(_ database: borrowing Database) throws {
    let ring = ring
    while let batch = try ring.next(while: { try database.checkCancellation() }) {
      var refusals = Refusals(room: log.room.map { $0 - batch.faults.count } ?? .max)
      if !batch.rows.isEmpty, !refusals.areTooMany { try settle(batch, &refusals, database) }
      meter.report(rows: batch.rowsRead, bytes: batch.bytesRead)
      // Its rejected rows are written while the next batch is settled.
      nonisolated(unsafe) let settled = batch
      try log.add(refusals, of: batch, parts) { ring.giveBack(settled) }
    }
  }

  /// Starts the thread that fills batches.
  ///
  /// - Returns: what it signals when it has ended.
  private func start() -> DispatchSemaphore {
    let end = DispatchSemaphore(value: 0)
    // The maker is that thread's alone until it has signalled its end.
    nonisolated(unsafe) let maker = maker
    let ring = ring
    DispatchQueue(label: "sluice.batches").async {
      maker.run(ring)
      end.signal()
    }
    return end
  }

  private func settle(_ batch: Batch, _ refusals: inout Refusals, _ database: borrowing Database) throws {
    let isText = batch.texts > 0
    if isText, batch.reading != TextReading() { try batch.reading.set(on: database) }
    try settleRead(batch, &refusals, database)
    if isText, batch.reading != TextReading() { try TextReading().set(on: database) }
  }

  private func settleRead(_ batch: Batch, _ refusals: inout Refusals, _ database: borrowing Database) throws {
    if case .pieces = way { return try sender.settle(batch, batch.rows, &refusals, database) }
    let mayTry = takesCopy && !expectsRefusal
    let isMixed = batch.texts > 0 && batch.texts < batch.rows.count
    if mayTry, !isMixed, try take(batch, database) { return }
    let way = try way ?? findWay(database)
    self.way = way
    guard case .staged(let stage) = way else {
      return try sender.settle(batch, batch.rows, &refusals, database)
    }
    if batch.texts > 0 { try stage.judge(batch, &refusals, database) }
    if refusals.areTooMany { return }
    if isMixed, stage.judgedGood * 20 > batch.rows.count { wish.make() }
    if mayTry, isMixed, try take(batch, judgedBy: stage, database) { return try stage.clear(database) }
    let before = refusals.rows.count
    try stage.merge(batch, &refusals, database)
    expectsRefusal = refusals.rows.count > before
    try stage.clear(database)
  }

  /// Sends a batch of plain rows, or one of text, as it is; false where it is refused.
  private func take(_ batch: Batch, _ database: borrowing Database) throws -> Bool {
    try database.attempt(table: sender.destination.name) {
      try sender.send(batch, isText: batch.texts > 0, database)
    } == nil
  }

  /// Sends a batch's plain rows as they are, and its others as they were judged; false where any of them is refused.
  ///
  /// The others come last then, which makes no difference: where two rows exclude one another, both orders are refused.
  private func take(_ batch: Batch, judgedBy stage: BatchStage, _ database: borrowing Database) throws -> Bool {
    try database.attempt(table: sender.destination.name) {
      try sender.send(batch, isText: false, database)
      try stage.insertJudged(database)
    } == nil
  }
}
