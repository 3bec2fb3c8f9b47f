/// The rows of a batch, as they are gathered: a value, so that a row costs no look at who else might use its parts.
struct BatchRows: ~Copyable {
  /// The rows in the source's order.
  private(set) var rows: [Batch.Row] = []
  private(set) var faults: [Batch.Fault] = []
  /// How the rows' text is to be read.
  var reading = TextReading()
  /// How many of the rows go as text.
  private(set) var texts = 0
  /// Each part's fields, as far as parts were begun.
  var headers: [[String]] = []
  // Tuples, lines of COPY's text, and the rows as they stand in the source.
  private(set) var binary: ByteBuffer
  private(set) var text: ByteBuffer
  private(set) var raw: ByteBuffer

  /// How many rows fill it, if its bytes do not.
  private let fullRows: Int
  /// The columns of JSON: what the server would refuse there in binary goes as text.
  private let jsonColumns: [Int]

  /// No rows; they are to be of `columns`.
  init(rows: Int, _ columns: [TargetColumn]) {
    fullRows = rows
    jsonColumns = columns.indices.filter { ["json", "jsonb"].contains(columns[$0].base) }
    // Memory that is not written to costs nothing; what grows would be there twice for a while.
    binary = ByteBuffer(capacity: Batch.fullBytes)
    text = ByteBuffer(capacity: 4096)
    raw = ByteBuffer(capacity: Batch.fullBytes)
    self.rows.reserveCapacity(rows)
  }

  /// Makes it empty.
  mutating func clear() {
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
  /// - Parameters:
  ///   - isTextOnly: whether plain values go as text too.
  ///   - fullBytes: how many bytes fill it.
  /// - Returns: whether there may be more rows.
  mutating func fill(
    from feed: inout RowFeed, _ encoder: TupleEncoder, limit: Int, isTextOnly: Bool, fullBytes: Int
  ) throws -> Bool {
    var part = -1
    var zonelessIsUTC = true
    while rows.count < fullRows, bytes < fullBytes {
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
  private mutating func add(
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
      Batch.Row(
        ordinal: feed.ordinal, part: feed.part, line: feed.line, isText: !isPlain,
        sent: UInt32(start)..<UInt32(end), raw: UInt32(rawStart)..<UInt32(raw.count)))
  }

  private mutating func add(_ fault: RowFault, of feed: borrowing RowFeed) {
    var row = RejectedRow(
      file: feed.current?.file?.name, line: fault.line, sqlState: fault.sqlState, message: fault.message)
    if case .ambiguousDate = fault.kind {
      row.line = feed.line
      row.fields = feed.header.indices.map { (feed.header[$0], feed.field($0)?.text) }
    } else {
      row.text = feed.rowText
    }
    faults.append(Batch.Fault(ordinal: feed.ordinal, row: row))
  }
}
