internal import Diagnostics
internal import Dispatch
internal import Postgres

/// Sends the rows of a feed by COPY, while a thread of its own reads and converts those that come next.
final class RowCopier {
  private let maker: ChunkMaker
  private let stop: InputStop
  private let destination: CopyDestination
  private let progress: ProgressMeter
  private let ring = Ring((0..<RowCopier.chunks).map { _ in Chunk(capacity: ChunkMaker.messageSize * 5 / 4) })

  /// How many chunks there are: one that is filled, one that is sent, and some between for when one thread stops short.
  private static let chunks = 4

  init(_ feed: consuming RowFeed, _ encoder: TupleEncoder, to destination: CopyDestination, _ progress: ProgressMeter) {
    stop = feed.stop
    maker = ChunkMaker(feed, encoder)
    self.destination = destination
    self.progress = progress
  }

  /// Sends all rows.
  ///
  /// - Throws: `RowsRefused` for what the server refuses, `RowFault`, `Failure`, `CancellationError`.
  func copyAll(_ database: borrowing Database) throws -> FeedSummary {
    let end = start()
    var isDone = false
    do {
      defer {
        ring.abandon()
        // It may be waiting for a slow source.
        if !isDone { stop.stop() }
        end.wait()
      }
      while let chunk = try next(while: { try database.checkCancellation() }) { try copy(from: chunk, database) }
      isDone = true
    } catch var refused as RowsRefused {
      refused.starts = maker.summary.starts
      throw refused
    }
    return maker.summary
  }

  /// Starts the thread that fills chunks.
  ///
  /// - Returns: what it signals when it has ended.
  private func start() -> DispatchSemaphore {
    let end = DispatchSemaphore(value: 0)
    // The maker is that thread's alone until it has signalled its end.
    nonisolated(unsafe) let maker = maker
    let ring = ring
    DispatchQueue(label: "sluice.rows").async {
      maker.run(ring)
      end.signal()
    }
    return end
  }

  private var held: Chunk?

  private func next(while check: () throws -> Void) throws -> Chunk? {
    if let chunk = held {
      held = nil
      return chunk
    }
    return try ring.next(while: check)
  }

  /// Runs one COPY: of `first`, and of all chunks behind it that are written in the same way.
  private func copy(from first: Chunk, _ database: borrowing Database) throws {
    let format = first.format
    if case .text(let reading) = format, reading != TextReading() { try reading.set(on: database) }
    var sent = SentRows.list([])
    do {
      _ = try database.copyIn(destination.copy(isBinary: format == .binary)) { copy in
        if format == .binary { try TupleEncoder.header.withUnsafeBytes { try copy.send($0) } }
        var chunk: Chunk? = first
        while let current = chunk, current.format == format {
          sent.append(current.rows)
          try current.bytes.all().withUnsafeBytes { try copy.send($0) }
          progress.report(rows: current.rowsRead, bytes: current.bytesRead)
          ring.giveBack(current)
          // A source may be slow: what the server says meanwhile is heard at once.
          chunk = try next(while: { try copy.checkProgress() })
        }
        held = chunk
        if format == .binary { try TupleEncoder.trailer.withUnsafeBytes { try copy.send($0) } }
      }
    } catch let error as PostgresError where error.kind == .statement {
      let context = CopyContext(error.context, table: destination.name)
      throw RowsRefused(
        error: error, ordinal: context.flatMap { sent.ordinal(ofLine: $0.line) },
        column: error.column ?? context?.column,
        starts: [])
    }
    if case .text(let reading) = format, reading != TextReading() { try TextReading().set(on: database) }
  }
}
