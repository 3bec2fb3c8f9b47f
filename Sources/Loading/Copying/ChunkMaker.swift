/// Fills chunks with the rows of a feed: binary as long as values are plain, text for the rest.
///
/// Rows with a doubtful value are kept apart; when they fill their buffer, or at the end, they make a chunk of text of
/// their own. A table with a type that has no converter goes by text as a whole, and so does the rest of a load whose
/// values turn out to be doubtful in more than one row of twenty.
final class ChunkMaker {
  /// Why a chunk ended.
  private enum Stop {
    /// It is full.
    case full
    /// Doubtful rows must go before others.
    case doubtful
    /// The next row's text is to be read in another way.
    case otherReading
    case end
  }

  private var feed: RowFeed
  private let encoder: TupleEncoder
  private var doubtful = Chunk(capacity: 4096)
  private var doubtfulRows: [Int] = []
  /// How the rows in `doubtful` are to be read.
  private var reading = TextReading()
  private var isTextOnly: Bool

  /// How many bytes go to the server at a time.
  static let messageSize = 1 << 18
  /// How many bytes of doubtful rows are kept apart.
  private static let doubtfulSize = 1 << 20

  init(_ feed: consuming RowFeed, _ encoder: TupleEncoder) {
    self.feed = feed
    self.encoder = encoder
    isTextOnly = !encoder.convertsAll
  }

  /// What there is to say of the rows, once they are read.
  var summary: FeedSummary { FeedSummary(rows: feed.ordinal, starts: feed.starts, newFields: feed.newFields) }

  /// Fills the chunks of `ring` until there are no more rows, or nobody wants them.
  func run(_ ring: Ring<Chunk>) {
    do {
      while let chunk = ring.take() {
        let stop = try fill(chunk)
        if chunk.bytes.count > 0 { ring.hand(chunk) } else { ring.giveBack(chunk) }
        if stop != .full, !doubtfulRows.isEmpty {
          guard let chunk = ring.take() else { return }
          hand(chunk, to: ring)
        }
        if stop == .end { return ring.finish() }
      }
    } catch {
      ring.finish(error)
    }
  }

  private func fill(_ chunk: Chunk) throws -> Stop {
    chunk.clear()
    let stop = isTextOnly ? try fillText(chunk) : try fillBinary(chunk)
    (chunk.rowsRead, chunk.bytesRead) = (feed.ordinal, feed.bytesRead)
    return stop
  }

  private func fillBinary(_ chunk: Chunk) throws -> Stop {
    let first = feed.nextOrdinal
    let before = doubtfulRows.count
    let stop = try Self.fill(
      &feed, encoder, &chunk.bytes, &doubtful.bytes, &doubtfulRows, &reading)
    chunk.format = .binary
    chunk.rows = .range(first: first, skipped: Array(doubtfulRows[before...]))
    let rows = feed.nextOrdinal - first
    if stop == .full, rows >= 1000, (doubtfulRows.count - before) * 20 > rows {
      isTextOnly = true
      return .doubtful
    }
    return stop
  }

  private func fillText(_ chunk: Chunk) throws -> Stop {
    guard try feed.next() else { return .end }
    feed.hold()
    let reading = feed.current?.reading ?? TextReading()
    chunk.format = .text(reading)
    chunk.rows = .range(first: feed.ordinal, skipped: [])
    return try Self.fillText(&feed, encoder, &chunk.bytes, reading)
  }

  /// Makes `chunk` the one of the doubtful rows.
  private func hand(_ chunk: Chunk, to ring: Ring<Chunk>) {
    chunk.clear()
    swap(&chunk.bytes, &doubtful.bytes)
    chunk.format = .text(reading)
    chunk.rows = .list(doubtfulRows)
    (chunk.rowsRead, chunk.bytesRead) = (feed.ordinal, feed.bytesRead)
    doubtfulRows = []
    ring.hand(chunk)
  }

  // The loops over rows: static, so that each of the maker's parts is accessed once a chunk, not once a row.

  private static func fill(
    _ feed: inout RowFeed, _ encoder: TupleEncoder, _ out: inout ByteBuffer, _ doubtful: inout ByteBuffer,
    _ doubtfulRows: inout [Int], _ reading: inout TextReading
  ) throws -> Stop {
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
          return .otherReading
        }
        reading = next
      }
      if encoder.appendBinary(feed, to: &out, zonelessIsUTC: zonelessIsUTC) { continue }
      try encoder.appendText(feed, to: &doubtful, dateOrder: reading.dateOrder)
      doubtfulRows.append(feed.ordinal)
      if doubtful.count >= doubtfulSize { return .doubtful }
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
          return .otherReading
        }
      }
      try encoder.appendText(feed, to: &out, dateOrder: reading.dateOrder)
    }
    return .full
  }
}

/// What is known of a load's rows once they are read.
struct FeedSummary {
  /// How many there were, faulty ones included.
  var rows = 0
  /// For each part begun, how many rows were read before it.
  var starts: [Int] = []
  /// The source's fields that no column takes, and that were not there when the flow was applied.
  var newFields: Set<String> = []
}
