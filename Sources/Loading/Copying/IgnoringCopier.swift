internal import Diagnostics
internal import Postgres

/// Sends the rows of a feed that the server takes, and hands the others to a log.
///
/// A chunk of rows goes by COPY under a savepoint. Where the server refuses it, its error names the row: that one is
/// rejected, those before it go first, and the stretches grow again; where it names none (a foreign key, which is
/// checked when the statement ends), the stretch is halved.
final class IgnoringCopier {
  private struct ChunkRow {
    var ordinal: Int
    var file: String?
    var line: Int
    /// What goes to the server: a binary tuple, or a line of text.
    var sent: Range<Int>
    /// The source's fields, to be written where the row is rejected.
    var raw: Range<Int>
  }

  private(set) var feed: RowFeed
  private let encoder: TupleEncoder
  private let destination: CopyDestination
  private let log: RejectLog
  private let meter: ProgressMeter
  private var sent = ByteBuffer(capacity: 1 << 20)
  private var raw = ByteBuffer(capacity: 1 << 20)
  private var out = ByteBuffer(capacity: ChunkMaker.messageSize * 2)
  private var plain: [ChunkRow] = []
  private var doubtful: [ChunkRow] = []
  /// The statement that takes rows, by the first and the last ordinal, from the temporary table that COPY fills to the
  /// target; nothing where COPY fills the target itself.
  var merge: ((_ first: Int, _ last: Int) -> SQL)?

  private static let chunkRows = 50_000
  private static let chunkBytes = 8 << 20

  init(
    _ feed: consuming RowFeed, _ encoder: TupleEncoder, to destination: CopyDestination, _ log: RejectLog,
    _ meter: ProgressMeter
  ) {
    self.feed = feed
    self.encoder = encoder
    self.destination = destination
    self.log = log
    self.meter = meter
  }

  /// Sends the rows, at most `limit` of them.
  ///
  /// - Throws: `RowsRefused` for an error that is not about rows, `Failure`, `CancellationError`.
  func copyAll(_ database: borrowing Database, limit: Int = .max) throws {
    var goesOn = true
    while goesOn {
      let reading = try fill(&goesOn, limit)
      try settle(&plain) { try copy($0, isBinary: true, database) }
      if !doubtful.isEmpty {
        if reading != TextReading() { try reading.set(on: database) }
        try settle(&doubtful) { try copy($0, isBinary: false, database) }
        if reading != TextReading() { try TextReading().set(on: database) }
      }
      if let merge { try mergeChunk(database, merge) }
      plain.removeAll(keepingCapacity: true)
      doubtful.removeAll(keepingCapacity: true)
      meter.report(rows: feed.ordinal, bytes: feed.bytesRead)
    }
  }

  // MARK: Filling a chunk

  /// Reads rows until the chunk is full, or its text is to be read in another way.
  private func fill(_ goesOn: inout Bool, _ limit: Int) throws -> TextReading {
    sent.truncate(to: 0)
    raw.truncate(to: 0)
    var reading: TextReading?
    while plain.count + doubtful.count < Self.chunkRows, sent.count + raw.count < Self.chunkBytes {
      do {
        guard feed.nextOrdinal <= limit, try feed.next() else {
          goesOn = false
          break
        }
        let next = feed.current?.reading ?? TextReading()
        if let reading, reading != next {
          feed.hold()
          break
        }
        reading = next
        try add()
      } catch let fault as RowFault {
        try reject(fault)
      }
    }
    return reading ?? TextReading()
  }

  private func add() throws {
    let start = sent.count
    let isPlain = encoder.appendBinary(feed, to: &sent, zonelessIsUTC: feed.current?.zonelessIsUTC ?? true)
    if !isPlain {
      do {
        try encoder.appendText(feed, to: &sent, dateOrder: feed.current?.dateOrder)
      } catch {
        sent.truncate(to: start)
        throw error
      }
    }
    let row = ChunkRow(
      ordinal: feed.ordinal, file: feed.current?.file?.name, line: feed.line, sent: start..<sent.count,
      raw: appendRaw())
    if isPlain { plain.append(row) } else { doubtful.append(row) }
  }

  /// Keeps the row's fields: the length of each, -1 for NULL, and its bytes.
  private func appendRaw() -> Range<Int> {
    let start = raw.count
    for index in feed.header.indices {
      guard let value = feed.field(index) else {
        raw.append(bigEndian: Int32(-1))
        continue
      }
      raw.append(bigEndian: Int32(truncatingIfNeeded: value.count))
      raw.append(value)
    }
    return start..<raw.count
  }

  private func fields(_ range: Range<Int>) -> [(name: String, value: String?)] {
    var at = range.lowerBound
    return feed.header.map { name in
      // Objects that came later may have had fields that this one has not.
      guard at < range.upperBound else { return (name, nil) }
      let length = Int(raw.integer(Int32.self, at: at))
      at += 4
      guard length >= 0 else { return (name, nil) }
      defer { at += length }
      return (name, raw.bytes(at..<at + length).text)
    }
  }

  // MARK: Sending it

  /// Hands `rows` to `attempt`, as many at a time as may well be taken, and rejects those that are refused.
  ///
  /// - Parameter attempt: gives nothing where the server took the rows; else its error, and which row it is about, where
  ///   it says so.
  private func settle(
    _ rows: inout [ChunkRow],
    _ attempt: (ArraySlice<ChunkRow>) throws -> (error: PostgresError, index: Int?)?
  ) throws {
    var next = 0
    var size = rows.count
    while next < rows.count {
      let end = min(next + size, rows.count)
      guard let refused = try attempt(rows[next..<end]) else {
        next = end
        size = max(size * 2, 1)
        continue
      }
      if let index = refused.index, index < end - next {
        try reject(rows.remove(at: next + index), refused.error)
        size = max(index, 1)
      } else if end - next == 1 {
        try reject(rows.remove(at: next), refused.error)
      } else {
        size = (end - next) / 2
      }
    }
  }

  /// Sends some rows by COPY.
  private func copy(
    _ rows: ArraySlice<ChunkRow>, isBinary: Bool, _ database: borrowing Database
  ) throws -> (error: PostgresError, index: Int?)? {
    try savingPoint(database) {
      _ = try database.copyIn(destination.copy(isBinary: isBinary)) { copy in
        out.truncate(to: 0)
        if isBinary { out.append(TupleEncoder.header) }
        for row in rows {
          out.append(sent.bytes(row.sent))
          if out.count >= ChunkMaker.messageSize { try flush(copy) }
        }
        if isBinary { out.append(TupleEncoder.trailer) }
        try flush(copy)
      }
    }
  }

  /// Takes the chunk's rows from the temporary table to the target, in their order.
  private func mergeChunk(_ database: borrowing Database, _ merge: (Int, Int) -> SQL) throws {
    var staged = (plain + doubtful).sorted { $0.ordinal < $1.ordinal }
    try settle(&staged) { rows in
      guard let first = rows.first, let last = rows.last else { return nil }
      return try savingPoint(database) { try database.run(merge(first.ordinal, last.ordinal)) }
    }
    try database.run("TRUNCATE \(sql: destination.table)")
  }

  /// Runs `body` under a savepoint.
  ///
  /// - Returns: nothing where the server took the rows; else its error, and which row it is about, where it says so.
  private func savingPoint(
    _ database: borrowing Database, _ body: () throws -> Void
  ) throws -> (error: PostgresError, index: Int?)? {
    try database.run("SAVEPOINT chunk")
    do {
      try body()
    } catch let error as PostgresError where error.kind == .statement {
      let context = CopyContext(error.context, table: destination.name)
      guard error.isAboutRows else {
        throw RowsRefused(error: error, ordinal: nil, column: context?.column, starts: feed.starts)
      }
      // Released too: savepoints of one name would stand one in the other, a level for each rejected row.
      try database.script("ROLLBACK TO SAVEPOINT chunk; RELEASE SAVEPOINT chunk")
      return (error, context.map { $0.line - 1 })
    }
    try database.run("RELEASE SAVEPOINT chunk")
    return nil
  }

  private func flush(_ copy: borrowing CopyIn) throws {
    try out.all().withUnsafeBytes { try copy.send($0) }
    out.truncate(to: 0)
  }

  // MARK: Rejecting

  private func reject(_ row: ChunkRow, _ error: PostgresError) throws {
    let context = CopyContext(error.context, table: destination.name)
    let column = error.column ?? context?.column
    try log.add(
      RejectedRow(
        file: row.file, line: row.line, sqlState: error.sqlState,
        message: (column.map { "column \($0): " } ?? "") + error.message + (error.detail.map { " (\($0))" } ?? ""),
        fields: fields(row.raw)))
  }

  private func reject(_ fault: RowFault) throws {
    var row = RejectedRow(
      file: feed.current?.file?.name, line: fault.line, sqlState: fault.sqlState, message: fault.message)
    if case .ambiguousDate = fault.kind {
      row.line = feed.line
      row.fields = feed.header.indices.map { (feed.header[$0], feed.field($0)?.text) }
    } else {
      row.text = feed.rowText
    }
    try log.add(row)
  }
}
