internal import Postgres

/// Sends rows of batches to one table by COPY.
struct BatchSender {
  let destination: CopyDestination
  /// Whether the table's first column takes the rows' ordinals.
  let hasOrdinal: Bool
  /// Which of the rows' values the table takes, where it takes ordinals; nothing: all of them.
  var picks: [Bool]?

  /// Sends all plain rows, or all others.
  func send(_ batch: Batch, isText: Bool, _ database: borrowing Database) throws {
    if hasOrdinal {
      return try send(batch, batch.rows.lazy.filter { $0.isText == isText }, isText: isText, database)
    }
    _ = try database.copyIn(destination.copy(isBinary: !isText)) { copy in
      if !isText { try TupleEncoder.header.withUnsafeBytes { try copy.send($0) } }
      let bytes = batch.allSent(isText: isText)
      var start = 0
      while start < bytes.count {
        let end = min(start + ChunkMaker.messageSize, bytes.count)
        try bytes[start..<end].withUnsafeBytes { try copy.send($0) }
        start = end
      }
      if !isText { try TupleEncoder.trailer.withUnsafeBytes { try copy.send($0) } }
    }
  }

  /// Sends `rows`, which are all plain or all text.
  func send(
    _ batch: Batch, _ rows: some Sequence<Batch.Row>, isText: Bool, _ database: borrowing Database
  ) throws {
    _ = try database.copyIn(destination.copy(isBinary: !isText)) { copy in
      var out = ByteBuffer(capacity: ChunkMaker.messageSize * 5 / 4)
      if !isText { out.append(TupleEncoder.header) }
      for row in rows {
        append(row, of: batch, to: &out)
        if out.count >= ChunkMaker.messageSize {
          try out.all().withUnsafeBytes { try copy.send($0) }
          out.truncate(to: 0)
        }
      }
      if !isText { out.append(TupleEncoder.trailer) }
      try out.all().withUnsafeBytes { try copy.send($0) }
    }
  }

  /// Rows were written without ordinals, so that a table takes them just as they are.
  private func append(_ row: Batch.Row, of batch: Batch, to out: inout ByteBuffer) {
    let bytes = batch.sent(row)
    guard hasOrdinal else { return out.append(bytes) }
    if row.isText {
      out.append(decimal: row.ordinal)
      out.append(UInt8(ascii: "\t"))
      return out.append(bytes)
    }
    out.append(bigEndian: Int16(truncatingIfNeeded: destination.columns.count))
    out.append(bigEndian: Int32(8))
    out.append(bigEndian: Int64(row.ordinal))
    guard let picks else { return out.append(bytes[2..<bytes.count]) }
    var start = 2
    for isPicked in picks {
      // A value is its length, -1 for NULL, and its bytes.
      let length = Int32(bitPattern: bytes.bigEndian(at: start))
      let end = start + 4 + Int(max(length, 0))
      if isPicked { out.append(bytes[start..<end]) }
      start = end
    }
  }

  /// Sends `rows` piece by piece, and adds those that are refused to `refusals`.
  func settle(
    _ batch: Batch, _ rows: [Batch.Row], _ refusals: inout Refusals, _ database: borrowing Database
  ) throws {
    let table = destination.name
    try Loading.settle(rows, table: table, &refusals, isEnd: { rows[$0].isText != rows[$1].isText }) { range in
      try database.attempt(table: table) {
        try send(batch, rows[range], isText: rows[range.lowerBound].isText, database)
      }
    }
  }
}

extension Bytes {
  /// The four bytes at `offset` as a number in network byte order.
  fileprivate func bigEndian(at offset: Int) -> UInt32 {
    UInt32(self[offset]) << 24 | UInt32(self[offset + 1]) << 16 | UInt32(self[offset + 2]) << 8
      | UInt32(self[offset + 3])
  }
}
