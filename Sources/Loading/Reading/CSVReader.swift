internal import Diagnostics

/// Reads CSV (RFC 4180 as PostgreSQL reads it) from a stream of bytes, one row at a time.
///
/// Memory is one block, whatever the input's size; it grows for a row that is larger.
struct CSVReader: ~Copyable {
  private var block: Block
  private let input: ByteInput
  private let dialect: Dialect
  private var nextLine: Int
  /// The line on which the row that was read last starts, from 1.
  private(set) var line = 0
  /// The fields' names: the header's, or `column1`, `column2`, ... without one (known once a row was found).
  private(set) var header: [String] = []
  /// The place of each name.
  private(set) var headerPlaces: [(line: Int, column: Int)] = []
  /// Whether the header's names are quoted.
  private(set) var headerIsQuoted: [Bool] = []
  private var expectedFields: Int?
  private var hasPendingRow = false

  /// The largest row, as PostgreSQL would not take a larger one either.
  static let longestRow = 1 << 30

  /// A reader at the first row: byte order mark, skipped lines and header are read.
  init(_ input: ByteInput, _ dialect: Dialect, blockSize: Int = 1 << 20) throws(Failure) {
    self.input = input
    self.dialect = dialect
    block = Block(capacity: blockSize)
    nextLine = 1
    try start()
  }

  /// How many bytes were read so far.
  var bytesRead: Int { input.bytesRead }
  /// What errors call the input.
  var name: String { input.name }
  /// Whether the input had nothing where a header is expected.
  private(set) var isBlank = false

  // MARK: Rows

  /// Reads the next row into `row`; false at the end.
  ///
  /// - Throws: a `RowFault` for a row that is not well-formed (the next call goes on behind it), a `Failure` for an
  ///   input that cannot be read.
  @inline(__always)
  mutating func next(into row: inout FieldTable) throws -> Bool {
    guard try find() else { return false }
    give(to: &row)
    return true
  }

  /// Gives the row that was found to `row`.
  @inline(__always)
  mutating func give(to row: inout FieldTable) {
    block.give(to: &row, quote: dialect.separators.quote, null: dialect.null)
  }

  /// Finds the next row; false at the end.
  @inline(__always)
  mutating func find() throws -> Bool {
    if hasPendingRow {
      hasPendingRow = false
      return true
    }
    while true {
      switch block.findRow(dialect.separators) {
      case .row:
        line = nextLine
        nextLine &+= 1
        if block.rowHasQuotes { nextLine &+= block.bytes(block.row).occurrences(of: UInt8(ascii: "\n")) }
        try check()
        return true
      case .incomplete:
        guard block.rest().count < Self.longestRow else {
          throw Failure(.sourceReadable("a row of \(input.name) is longer than 1 GB", input.name, line: nextLine))
        }
        try block.refill(from: input)
      case .end: return false
      case .bareReturn(let offset):
        line = nextLine
        nextLine += 1
        throw fault(.bareReturn, at: offset)
      case .unclosedQuote(let offset):
        line = nextLine
        nextLine += block.bytes(block.row).occurrences(of: UInt8(ascii: "\n"))
        throw fault(.unclosedQuote, at: offset)
      }
    }
  }

  /// How many fields the row has.
  var fieldCount: Int { block.fieldCount }

  @inline(__always)
  private func check() throws {
    if let offset = block.firstInvalidByte() {
      throw fault(block.bytes(offset..<offset + 1)[0] == 0 ? .nulByte : .invalidUTF8, at: offset)
    }
    guard let expectedFields, block.fieldCount != expectedFields else { return }
    if block.fieldCount > expectedFields {
      let first = block.mark(expectedFields)
      throw fault(
        .tooManyFields(expected: expectedFields, found: block.fieldCount),
        at: first.spelling == .quoted ? first.start - 1 : first.start)
    }
    throw fault(.tooFewFields(expected: expectedFields, found: block.fieldCount), at: block.row.upperBound)
  }

  /// The row as it stands in the file, as far as it can be shown.
  var rowText: String { block.bytes(block.row).text.shortened }

  // MARK: Places

  /// Where the field at `index` starts.
  borrowing func place(of index: Int) -> (line: Int, column: Int) {
    let mark = block.mark(index)
    return place(at: mark.spelling == .quoted ? mark.start - 1 : mark.start)
  }

  private func place(at offset: Int) -> (line: Int, column: Int) {
    let before = block.bytes(block.row.lowerBound..<offset)
    let lines = before.occurrences(of: UInt8(ascii: "\n"))
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return (line + lines, before[start..<before.count].scalarCount + 1)
  }

  private func fault(_ kind: RowFault.Kind, at offset: Int) -> RowFault {
    let place = place(at: offset)
    return RowFault(kind: kind, file: input.name, line: place.line, column: place.column)
  }

  // MARK: Before the first row

  private mutating func start() throws(Failure) {
    while block.rest().count < 3, !block.hasReadAll() { try block.refill(from: input) }
    if block.rest().count >= 3, block.rest()[0..<3].equals([0xEF, 0xBB, 0xBF]) { block.skip(3) }
    for _ in 0..<dialect.skippedLines { try skipLine() }
    let hasRow: Bool
    do {
      hasRow = try find()
    } catch let fault as RowFault {
      var diagnostic = fault.diagnostic
      diagnostic.code = "source-readable"
      throw Failure(diagnostic)
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.sourceReadable("\(error)", input.name))
    }
    guard hasRow else {
      isBlank = true
      return
    }
    headerPlaces = (0..<fieldCount).map { place(of: $0) }
    headerIsQuoted = (0..<fieldCount).map { block.mark($0).spelling != .plain }
    if dialect.hasHeader {
      var row = FieldTable()
      block.give(to: &row, quote: dialect.separators.quote, null: [])
      header = (0..<fieldCount).map { row.field($0)?.text ?? "" }
    } else {
      header = (1...fieldCount).map { "column\($0)" }
      hasPendingRow = true
    }
    expectedFields = fieldCount
  }

  private mutating func skipLine() throws(Failure) {
    while true {
      let rest = block.rest()
      var length = 0
      while length < rest.count, rest[length] != UInt8(ascii: "\n") { length += 1 }
      if length < rest.count {
        block.skip(length + 1)
        nextLine += 1
        return
      }
      if block.hasReadAll() { return block.skip(length) }
      try block.refill(from: input)
    }
  }
}
