internal import Diagnostics
internal import Postgres

/// Sends the rows of a feed by COPY: binary as long as values are plain, text for the rest.
///
/// Rows with a doubtful value are kept apart; when they fill their buffer, or at the end, they go by a text COPY of
/// their own. A table with a type that has no converter goes by text as a whole, and so does the rest of a load whose
/// values turn out to be doubtful in more than one row of twenty.
final class RowCopier {
  /// Why a stretch of rows ended.
  private enum Stop {
    /// The output is full.
    case full
    /// Doubtful rows must go before others.
    case doubtful
    case end
  }

  private(set) var feed: RowFeed
  private let encoder: TupleEncoder
  private let destination: CopyDestination
  private let progress: ProgressMeter
  private var out = ByteBuffer(capacity: RowCopier.messageSize * 2)
  private var doubtful = ByteBuffer(capacity: 4096)
  private var doubtfulRows: [Int] = []
  /// How the rows in `doubtful` are to be read.
  private var reading = TextReading()
  private var isTextOnly: Bool

  /// How many bytes go to the server at a time.
  static let messageSize = 1 << 18
  /// How many bytes of doubtful rows are kept apart.
  static let doubtfulSize = 1 << 20

  init(_ feed: consuming RowFeed, _ encoder: TupleEncoder, to destination: CopyDestination, _ progress: ProgressMeter) {
    self.feed = feed
    self.encoder = encoder
    self.destination = destination
    self.progress = progress
    isTextOnly = !encoder.convertsAll
  }

  /// Sends all rows.
  ///
  /// - Throws: `RowsRefused` for what the server refuses, `RowFault`, `Failure`, `CancellationError`.
  func copyAll(_ database: borrowing Database) throws {
    while true {
      let stop = isTextOnly ? try copyText(database) : try copyBinary(database)
      if doubtful.count > 0 { try copyDoubtful(database) }
      if stop == .end { return }
    }
  }

  private func copyBinary(_ database: borrowing Database) throws -> Stop {
    let first = feed.nextOrdinal
    return try sending(database, isBinary: true) { [self] in
      .range(first: first, skipped: doubtfulRows)
    } body: { copy in
      out.append(TupleEncoder.header)
      var stop = Stop.full
      while stop == .full {
        stop = try Self.fill(&feed, encoder, &out, &doubtful, &doubtfulRows, &reading, &isTextOnly)
        if stop != .full { out.append(TupleEncoder.trailer) }
        try flush(copy)
      }
      return stop
    }
  }

  private func copyText(_ database: borrowing Database) throws -> Stop {
    guard try feed.next() else { return .end }
    feed.hold()
    let reading = feed.current?.reading ?? TextReading()
    try reading.set(on: database)
    defer { self.reading = reading }
    let first = feed.ordinal
    let stop = try sending(database, isBinary: false) {
      .range(first: first, skipped: [])
    } body: { copy in
      var stop = Stop.full
      while stop == .full {
        stop = try Self.fillText(&feed, encoder, &out, reading)
        try flush(copy)
      }
      return stop
    }
    try TextReading().set(on: database)
    return stop
  }

  private func copyDoubtful(_ database: borrowing Database) throws {
    let rows = doubtfulRows
    if reading != TextReading() { try reading.set(on: database) }
    _ = try sending(database, isBinary: false) {
      .list(rows)
    } body: { copy in
      try doubtful.all().withUnsafeBytes { try copy.send($0) }
      return Stop.end
    }
    if reading != TextReading() { try TextReading().set(on: database) }
    doubtful.truncate(to: 0)
    doubtfulRows.removeAll(keepingCapacity: true)
  }

  /// Runs one COPY, and says which row it was that the server refused.
  private func sending(
    _ database: borrowing Database, isBinary: Bool, _ sent: () -> SentRows,
    body: (borrowing CopyIn) throws -> Stop
  ) throws -> Stop {
    out.truncate(to: 0)
    do {
      return try database.copyIn(destination.copy(isBinary: isBinary), body).value
    } catch let error as PostgresError where error.kind == .statement {
      let context = CopyContext(error.context, table: destination.name)
      throw RowsRefused(
        error: error, ordinal: context.flatMap { sent().ordinal(ofLine: $0.line) },
        column: error.column ?? context?.column,
        starts: feed.starts)
    }
  }

  private func flush(_ copy: borrowing CopyIn) throws {
    try out.all().withUnsafeBytes { try copy.send($0) }
    out.truncate(to: 0)
    progress.report(rows: feed.ordinal, bytes: feed.bytesRead)
  }

  // The loops over rows: static, so that each of the copier's parts is accessed once a stretch, not once a row.

  private static func fill(
    _ feed: inout RowFeed, _ encoder: TupleEncoder, _ out: inout ByteBuffer, _ doubtful: inout ByteBuffer,
    _ doubtfulRows: inout [Int], _ reading: inout TextReading, _ isTextOnly: inout Bool
  ) throws -> Stop {
    let before = doubtfulRows.count
    var rows = 0
    var part = -1
    var zonelessIsUTC = true
    while out.count < messageSize {
      guard try feed.next() else { return .end }
      if feed.part != part {
        part = feed.part
        zonelessIsUTC = feed.current?.zonelessIsUTC ?? true
        let next = feed.current?.reading ?? TextReading()
        if next != reading, !doubtfulRows.isEmpty {
          feed.hold()
          return .doubtful
        }
        reading = next
      }
      rows += 1
      if encoder.appendBinary(feed, to: &out, zonelessIsUTC: zonelessIsUTC) { continue }
      try encoder.appendText(feed, to: &doubtful, dateOrder: reading.dateOrder)
      doubtfulRows.append(feed.ordinal)
      if doubtful.count >= doubtfulSize { return .doubtful }
    }
    if rows >= 1000, (doubtfulRows.count - before) * 20 > rows {
      isTextOnly = true
      return .doubtful
    }
    return .full
  }

  private static func fillText(
    _ feed: inout RowFeed, _ encoder: TupleEncoder, _ out: inout ByteBuffer, _ reading: TextReading
  ) throws -> Stop {
    var part = -1
    while out.count < messageSize {
      guard try feed.next() else { return .end }
      if feed.part != part {
        part = feed.part
        if (feed.current?.reading ?? TextReading()) != reading {
          feed.hold()
          return .doubtful
        }
      }
      try encoder.appendText(feed, to: &out, dateOrder: reading.dateOrder)
    }
    return .full
  }
}
