internal import Diagnostics

extension Refusals {
  /// Hands the batch's rejected rows to `body` in the source's order, with what stands in the source.
  func forEachRejected(of batch: Batch, _ parts: [SourcePart], _ body: (RejectedRow) throws -> Void) throws {
    var refused = rows.sorted { $0.ordinal < $1.ordinal }[...]
    var faults = batch.faults[...]
    while !refused.isEmpty {
      let some = refused.prefix(Self.atOnce)
      refused = refused.dropFirst(Self.atOnce)
      var apart: RowsApart?
      for (index, next) in zip(some.indices, some) {
        guard let row = batch.row(next.ordinal) else { continue }
        while let fault = faults.first, fault.ordinal < next.ordinal { try body(faults.removeFirst().row) }
        if apart?.part != row.part {
          let same = some[index...].lazy.compactMap { batch.row($0.ordinal) }.prefix { $0.part == row.part }
          apart = try RowsApart(same, part: row.part, of: batch, parts[row.part])
        }
        try body(
          RejectedRow(
            file: parts[row.part].file?.name, line: row.line, sqlState: next.sqlState, message: next.message,
            fields: try apart?.next()))
      }
    }
    for fault in faults { try body(fault.row) }
  }

  /// How many rows are taken apart at a time, so that memory is bounded.
  private static let atOnce = 500
}

/// Rows of one part, kept as they stand in the source, taken apart once more.
private final class RowsApart {
  let part: Int
  /// Nothing where each row names its fields.
  private let header: [String]?
  private let reader: any RowReader

  init(_ rows: some Sequence<Batch.Row>, part: Int, of batch: Batch, _ source: SourcePart) throws(Failure) {
    self.part = part
    switch source.format {
    case .csv(var dialect):
      header = batch.headers[part]
      // The first line is skipped, so that what looks like a byte order mark behind it is data.
      let memory = Self.memory(rows, of: batch, before: "\n", between: "\n", behind: "\n")
      dialect.hasHeader = false
      dialect.skippedLines = 1
      reader = try CSVRows(ByteInput(memory: memory, name: source.name), dialect, blockSize: 1 << 14)
    case .jsonLines, .jsonArray:
      header = nil
      let memory = Self.memory(rows, of: batch, before: "[", between: ",", behind: "]")
      reader = try JSONRows(ByteInput(memory: memory, name: source.name), isArray: true)
    }
  }

  private static func memory(
    _ rows: some Sequence<Batch.Row>, of batch: Batch, before: String, between: String, behind: String
  ) -> [UInt8] {
    var memory = Array(before.utf8)
    var isFirst = true
    for row in rows {
      if !isFirst { memory += between.utf8 }
      isFirst = false
      batch.raw(row).withUnsafeBytes { memory += $0 }
    }
    return memory + behind.utf8
  }

  /// The fields of the next row.
  func next() throws -> [(name: String, value: String?)]? {
    guard let fields = try reader.nextLocated() else { return nil }
    guard let header else { return fields.map { ($0.name, $0.value) } }
    return fields.enumerated().map { ($0 < header.count ? header[$0] : "", $1.value) }
  }
}
