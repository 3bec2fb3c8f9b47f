internal import Dispatch
internal import Manifests
internal import Postgres

extension LoadRun {
  /// Sends the rows of `part` to a table.
  ///
  /// - Parameter before: how many rows of the load there were before them.
  /// - Returns: how many rows there are by now.
  /// - Throws: `RowsRefused`, `SourceError`, `CancellationError`.
  func transfer(
    _ part: DatabasePart, _ columns: [TargetColumn], to destination: CopyDestination, hasOrdinal: Bool,
    after before: Int,
    _ database: borrowing Database
  ) throws -> Int {
    let types = try ColumnType.all(of: destination.table, on: database)
    switch part.site {
    case .here:
      return try before
        + insert(part, columns, types, into: destination, hasOrdinal: hasOrdinal, after: before, database)
    case .session(let session):
      let (expressions, isBinary) = part.relayed(columns, types, in: self)
      let relay = Relay(
        part.select(expressions, ordered: isOrderNeeded), isBinary: isBinary, ordinal: hasOrdinal ? before : nil,
        of: part.words, by: session.authorizer)
      return try before + relay.run(session, to: destination, meter, after: before, database)
    }
  }

  /// Whether the last row of a key wins, or the first.
  private var isOrderNeeded: Bool { request.mode == .upsert || request.mode == .insertIgnore }

  /// Has the server take rows over that are in its own database.
  private func insert(
    _ part: DatabasePart, _ columns: [TargetColumn], _ types: [String: ColumnType], into destination: CopyDestination,
    hasOrdinal: Bool, after before: Int, _ database: borrowing Database
  ) throws -> Int {
    var expressions = part.assigned(columns, types, in: self)
    if hasOrdinal {
      let order: SQL = isOrderNeeded ? part.span.map { "ORDER BY \(sql: $0.value)" } ?? "" : ""
      expressions.insert("row_number() OVER (\(sql: order)) + \(raw: String(before))", at: 0)
    }
    meter.reportServerAtWork(rows: before)
    do {
      return try database.run(
        """
        INSERT INTO \(sql: destination.table) (\(identifiers: destination.columns)) \
        \(sql: part.select(expressions))
        """)
    } catch let error as PostgresError where error.kind == .statement {
      throw RowsRefused(error: error, ordinal: nil, column: error.column, starts: [before])
    }
  }
}

/// Hands rows on from the COPY of one database to the COPY of another, without taking them apart: one thread reads while
/// the other sends.
struct Relay {
  private let statement: SQL
  private let isBinary: Bool
  /// The ordinal before the first row's, where each row gets one.
  private let ordinal: Int?
  private let words: String
  private let authorizer: String

  /// How many chunks there are between the two threads.
  private static let chunks = 4

  init(_ select: SQL, isBinary: Bool, ordinal: Int?, of words: String, by authorizer: String) {
    statement = "COPY (\(sql: select)) TO STDOUT (FORMAT \(raw: isBinary ? "binary" : "text"))"
    self.isBinary = isBinary
    self.ordinal = ordinal
    self.words = words
    self.authorizer = authorizer
  }

  /// Relays all rows.
  ///
  /// - Returns: how many there were.
  func run(
    _ session: SourceSession, to destination: CopyDestination, _ meter: ProgressMeter, after before: Int,
    _ database: borrowing Database
  ) throws -> Int {
    let ring = Ring((0..<Self.chunks).map { _ in Chunk(capacity: ChunkMaker.messageSize * 5 / 4) })
    let job = session.begin { database in try read(database, into: ring) }
    defer { ring.abandon() }
    var rows = 0
    var bytes = 0
    do {
      _ = try database.copyIn(destination.copy(isBinary: isBinary)) { copy in
        if isBinary { try TupleEncoder.header.withUnsafeBytes { try copy.send($0) } }
        while let chunk = try next(ring, job, database) {
          try chunk.bytes.all().withUnsafeBytes { try copy.send($0) }
          rows = chunk.rowsRead
          bytes += chunk.bytes.count
          meter.report(rows: before + rows, bytes: bytes)
          ring.giveBack(chunk)
        }
        if isBinary { try TupleEncoder.trailer.withUnsafeBytes { try copy.send($0) } }
      }
    } catch let error as PostgresError where error.kind == .statement {
      let context = CopyContext(error.context, table: destination.name)
      throw RowsRefused(
        error: error, ordinal: context.map { before + $0.line }, column: error.column ?? context?.column,
        starts: [before])
    }
    return rows
  }

  private func next(_ ring: Ring<Chunk>, _ job: SourceJob<Void>, _ database: borrowing Database) throws -> Chunk? {
    try ring.next {
      try database.checkCancellation()
      // Where the connection was lost before the job's turn came, nobody fills the ring.
      if job.isDone(within: .seconds(0)) { try located { try job.value() } }
    }
  }

  /// Reads all rows into the chunks of `ring`.
  private func read(_ database: borrowing Database, into ring: Ring<Chunk>) throws {
    do {
      try located { try copyOut(database, into: ring) }
      ring.finish()
    } catch is NotWanted {} catch {
      ring.finish(error)
    }
  }

  private func located<T>(_ body: () throws -> T) throws -> T {
    do { return try body() } catch let error as PostgresError {
      throw SourceError(error: error, authorizer: authorizer, words: words)
    }
  }

  /// Nobody wants the rows any more.
  private struct NotWanted: Error {}

  private func copyOut(_ database: borrowing Database, into ring: Ring<Chunk>) throws {
    guard var chunk = ring.take() else { return }
    chunk.clear()
    var rows = 0
    var isFirst = true
    try database.copyOut(statement) { message in
      var row = Bytes(message)
      if isBinary {
        if isFirst { row = row[Self.headerSize(row)..<row.count] }
        isFirst = false
        if row.count == 0 || row.equals(TupleEncoder.trailer) { return }
      }
      rows += 1
      if let ordinal {
        if isBinary {
          row = Self.append(ordinal: ordinal + rows, to: &chunk.bytes, before: row)
        } else {
          chunk.bytes.append(decimal: ordinal + rows)
          chunk.bytes.append(UInt8(ascii: "\t"))
        }
      }
      chunk.bytes.append(row)
      guard chunk.bytes.count >= ChunkMaker.messageSize else { return }
      chunk.rowsRead = rows
      ring.hand(chunk)
      guard let next = ring.take() else { throw NotWanted() }
      next.clear()
      chunk = next
    }
    chunk.rowsRead = rows
    ring.hand(chunk)
  }

  /// How long the header is, which stands before the first row: its last four bytes say how much follows them.
  private static func headerSize(_ bytes: Bytes) -> Int {
    let fixed = TupleEncoder.header.count
    guard bytes.count >= fixed else { return bytes.count }
    let extra = (fixed - 4..<fixed).reduce(0) { $0 << 8 | Int(bytes[$1]) }
    return min(fixed + extra, bytes.count)
  }

  /// Begins a tuple with a field more than `row` has.
  ///
  /// - Returns: the fields of `row`.
  private static func append(ordinal: Int, to out: inout ByteBuffer, before row: Bytes) -> Bytes {
    out.append(bigEndian: Int16(row[0]) << 8 | Int16(row[1]) &+ 1)
    out.append(bigEndian: Int32(8))
    out.append(bigEndian: Int64(ordinal))
    return row[2..<row.count]
  }
}
