internal import Synchronization

/// Fills batches with the rows of a feed.
final class BatchMaker {
  private var feed: RowFeed
  private let encoder: TupleEncoder
  private let limit: Int
  private let wish: TextWish

  /// A maker of batches with the feed's rows, at most `limit` of them.
  init(_ feed: consuming RowFeed, _ encoder: TupleEncoder, limit: Int, _ wish: TextWish) {
    self.feed = feed
    self.encoder = encoder
    self.limit = limit
    self.wish = wish
    if !encoder.convertsAll { wish.make() }
  }

  /// What there is to say of the rows, once they are read.
  var summary: FeedSummary { FeedSummary(rows: feed.ordinal, starts: feed.starts, newFields: feed.newFields) }

  /// Fills the batches of `ring` until there are no more rows, or nobody wants them.
  func run(_ ring: Ring<Batch>) {
    do {
      var headers: [[String]] = []
      // A small one first, so that the server has work soon.
      var fullBytes = Batch.firstBytes
      while let batch = ring.take() {
        batch.clear()
        batch.headers = headers
        let goesOn = try batch.fill(
          from: &feed, encoder, limit: limit, isTextOnly: wish.isMade, fullBytes: fullBytes)
        fullBytes = Batch.fullBytes
        (batch.rowsRead, batch.bytesRead) = (feed.ordinal, feed.bytesRead)
        headers = batch.headers
        if batch.isEmpty { ring.giveBack(batch) } else { ring.hand(batch) }
        if !goesOn { return ring.finish() }
      }
    } catch {
      ring.finish(error)
    }
  }
}

/// Whether all rows shall go as text from now on: wished by who sees that doubtful values turn out to be good ones,
/// heard by who makes the batches.
final class TextWish: Sendable {
  private let state = Atomic(false)

  var isMade: Bool { state.load(ordering: .relaxed) }

  func make() { state.store(true, ordering: .relaxed) }
}
