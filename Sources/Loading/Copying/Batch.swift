/// Rows on their way from the thread that reads them to the one that has the server take them, with all that it takes to
/// send any of them again, and to tell of one that is rejected.
final class Batch {
  /// A row; where its bytes begin and how many they are, so that rows cost little.
  struct Row {
    /// Counted over all parts, from 1.
    var ordinal: Int
    /// The part, and the line in it.
    var part: Int
    var line: Int
    /// Whether it goes to the server as text, as a value is doubtful.
    var isText: Bool
    /// In `binary` or `text`.
    var sent: Range<UInt32>
    /// In `raw`.
    var raw: Range<UInt32>
  }

  /// A row that was kept out while it was read.
  struct Fault {
    var ordinal: Int
    var row: RejectedRow
  }

  /// How many bytes fill one.
  static let fullBytes = 12 << 20
  /// The same for the first one of a load.
  static let firstBytes = 1 << 20

  private var content: BatchRows
  /// How many rows, and how many bytes of the source, were read when the batch was full.
  var rowsRead = 0
  var bytesRead = 0

  /// An empty batch for rows of `columns`, full with `rows` of them, if their bytes do not fill it before.
  init(rows: Int, _ columns: [TargetColumn]) { content = BatchRows(rows: rows, columns) }

  /// The rows in the source's order.
  var rows: [Row] { content.rows }
  var faults: [Fault] { content.faults }
  /// How the rows' text is to be read.
  var reading: TextReading { content.reading }
  /// How many of the rows go as text.
  var texts: Int { content.texts }
  /// Each part's fields, as far as parts were begun.
  var headers: [[String]] {
    get { content.headers }
    set { content.headers = newValue }
  }
  /// Whether there is neither a row nor a fault.
  var isEmpty: Bool { content.rows.isEmpty && content.faults.isEmpty }

  /// Makes it empty.
  func clear() { content.clear() }

  /// Adds rows of `feed` until the batch is full.
  ///
  /// - Parameters:
  ///   - isTextOnly: whether plain values go as text too.
  ///   - fullBytes: how many bytes fill it, `Batch.fullBytes` at most.
  /// - Returns: whether there may be more rows.
  func fill(
    from feed: inout RowFeed, _ encoder: TupleEncoder, limit: Int, isTextOnly: Bool, fullBytes: Int
  ) throws -> Bool {
    try content.fill(from: &feed, encoder, limit: limit, isTextOnly: isTextOnly, fullBytes: fullBytes)
  }

  // MARK: Using it

  /// The bytes that the server is sent for `row`; valid until the batch changes.
  @inline(__always)
  func sent(_ row: Row) -> Bytes {
    let range = Int(row.sent.lowerBound)..<Int(row.sent.upperBound)
    return row.isText ? content.text.bytes(range) : content.binary.bytes(range)
  }

  /// All that is sent for the plain rows (or the others), one row behind the other; valid until the batch changes.
  func allSent(isText: Bool) -> Bytes { isText ? content.text.all() : content.binary.all() }

  /// `row` as it stands in the source; valid until the batch changes.
  func raw(_ row: Row) -> Bytes { content.raw.bytes(Int(row.raw.lowerBound)..<Int(row.raw.upperBound)) }

  /// The row with `ordinal`, which is one of the batch's.
  func row(_ ordinal: Int) -> Row? {
    let rows = content.rows
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].ordinal < ordinal { low = middle + 1 } else { high = middle }
    }
    return low < rows.count && rows[low].ordinal == ordinal ? rows[low] : nil
  }
}
