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
    fileprivate(set) var sent: Range<UInt32>
    /// In `raw`.
    fileprivate(set) var raw: Range<UInt32>
  }

  /// A row that was kept out while it was read.
  struct Fault {
    var ordinal: Int
    var row: RejectedRow
  }

  /// The rows in the source's order.
  private(set) var rows: [Row] = []
  private(set) var faults: [Fault] = []
  /// How the rows' text is to be read.
  var reading = TextReading()
  /// How many of the rows go as text.
  private(set) var texts = 0
  /// How many rows, and how many bytes of the source, were read when the batch was full.
  var rowsRead = 0
  var bytesRead = 0
  /// Each part's fields, as far as parts were begun.
  var headers: [[String]] = []
  // Tuples, lines of COPY's text, and the rows as they stand in the source.
  private var binary: ByteBuffer
  private var text: ByteBuffer
  private var raw: ByteBuffer

  /// How many rows fill it, if its bytes do not.
  private let fullRows: Int
  /// The columns of JSON: what the server would refuse there in binary goes as text.
  private let jsonColumns: [Int]

  /// How many bytes fill one.
  static let fullBytes = 8 << 20

  /// An empty batch for rows of `columns`.
  init(rows: Int, _ columns: [TargetColumn]) {
    fullRows = rows
    jsonColumns = columns.indices.filter { ["json", "jsonb"].contains(columns[$0].base) }
    // Memory that is not written to costs nothing; what grows would be there twice for a while.
    binary = ByteBuffer(capacity: Self.fullBytes)
    text = ByteBuffer(capacity: 4096)
    raw = ByteBuffer(capacity: Self.fullBytes)
    self.rows.reserveCapacity(rows)
  }

  /// Whether there is neither a row nor a fault.
  var isEmpty: Bool { rows.isEmpty && faults.isEmpty }

  /// Makes it empty.
  func clear() {
    rows.removeAll(keepingCapacity: true)
    faults.removeAll()
    texts = 0
    binary.truncate(to: 0)
    text.truncate(to: 0)
    raw.truncate(to: 0)
  }

  /// How many bytes there are.
  @inline(__always)
  private var bytes: Int { binary.count &+ text.count &+ raw.count }

  /// Adds rows of `feed` until the batch is full.
  ///
  /// - Parameter isTextOnly: whether plain values go as text too.
  /// - Returns: whether there may be more rows.
  func fill(from feed: inout RowFeed, _ encoder: TupleEncoder, limit: Int, isTextOnly: Bool) throws -> Bool {
    var part = -1
    var zonelessIsUTC = true
    while rows.count < fullRows, bytes < Self.fullBytes {
      do {
        guard feed.nextOrdinal <= limit, try feed.next() else { return false }
        if feed.part != part {
          part = feed.part
          zonelessIsUTC = feed.current?.zonelessIsUTC ?? true
          let next = feed.current?.reading ?? TextReading()
          if next != reading, !rows.isEmpty {
            feed.hold()
            return true
          }
          reading = next
          while headers.count <= part { headers.append([]) }
          headers[part] = feed.header
        }
        try add(feed, encoder, zonelessIsUTC: zonelessIsUTC, isTextOnly: isTextOnly)
      } catch let fault as RowFault {
        add(fault, of: feed)
      }
    }
    return true
  }

  @inline(__always)
  private func add(
    _ feed: borrowing RowFeed, _ encoder: TupleEncoder, zonelessIsUTC: Bool, isTextOnly: Bool
  ) throws {
    var start = binary.count
    var end = start
    let isPlain =
      !isTextOnly && jsonColumns.allSatisfy { feed.value($0)?.isPlainJSON ?? true }
      && encoder.appendBinary(feed, to: &binary, zonelessIsUTC: zonelessIsUTC)
    if isPlain {
      end = binary.count
    } else {
      start = text.count
      do {
        try encoder.appendText(feed, to: &text, dateOrder: reading.dateOrder)
      } catch {
        text.truncate(to: start)
        throw error
      }
      end = text.count
      texts &+= 1
    }
    let rawStart = raw.count
    raw.append(feed.raw)
    rows.append(
      Row(
        ordinal: feed.ordinal, part: feed.part, line: feed.line, isText: !isPlain,
        sent: UInt32(start)..<UInt32(end), raw: UInt32(rawStart)..<UInt32(raw.count)))
  }

  private func add(_ fault: RowFault, of feed: borrowing RowFeed) {
    var row = RejectedRow(
      file: feed.current?.file?.name, line: fault.line, sqlState: fault.sqlState, message: fault.message)
    if case .ambiguousDate = fault.kind {
      row.line = feed.line
      row.fields = feed.header.indices.map { (feed.header[$0], feed.field($0)?.text) }
    } else {
      row.text = feed.rowText
    }
    faults.append(Fault(ordinal: feed.ordinal, row: row))
  }

  // MARK: Using it

  /// The bytes that the server is sent for `row`; valid until the batch changes.
  @inline(__always)
  func sent(_ row: Row) -> Bytes {
    let range = Int(row.sent.lowerBound)..<Int(row.sent.upperBound)
    return row.isText ? text.bytes(range) : binary.bytes(range)
  }

  /// All that is sent for the plain rows (or the others), one row behind the other; valid until the batch changes.
  func allSent(isText: Bool) -> Bytes { isText ? text.all() : binary.all() }

  /// `row` as it stands in the source; valid until the batch changes.
  func raw(_ row: Row) -> Bytes { raw.bytes(Int(row.raw.lowerBound)..<Int(row.raw.upperBound)) }

  /// The row with `ordinal`, which is one of the batch's.
  func row(_ ordinal: Int) -> Row? {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle].ordinal < ordinal { low = middle + 1 } else { high = middle }
    }
    return low < rows.count && rows[low].ordinal == ordinal ? rows[low] : nil
  }
}
