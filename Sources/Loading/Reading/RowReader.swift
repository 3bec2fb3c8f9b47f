internal import Diagnostics

/// Reads the rows of one stream, one after the other, whatever its format.
///
/// It is a class as all of a row's work is done by one call, which costs nothing beside the row's own.
protocol RowReader: AnyObject {
  /// What errors call the stream.
  var name: String { get }
  /// How many bytes of the source were read so far.
  var bytesRead: Int { get }
  /// The line on which the row that was read last starts, from 1.
  var line: Int { get }
  /// The row that was read last, as it stands in the source, as far as it can be shown; also after a fault.
  var rowText: String { get }
  /// The names of the source's fields as far as they are known: all of them where a header says so.
  var fieldNames: [String] { get }

  /// Says which fields are wanted, before the first row.
  ///
  /// - Returns: for each, at which index of a row it will stand, or nothing where the stream has no such field; nothing
  ///   at all where the stream has no row and does not say what fields a row would have.
  /// - Throws: what is wrong with the stream's names.
  func positions(of fields: [String]) throws(Failure) -> [Int?]?

  /// The same, where some fields are wanted as JSON text, which a string has quotes in; only JSON makes a difference.
  func positions(of fields: [String], asJSON: [Bool]) throws(Failure) -> [Int?]?

  /// Reads the next row into `row`; false at the end.
  ///
  /// - Throws: a `RowFault` for a row that is not well-formed (the next call goes on behind it), a `Failure` for a
  ///   stream that cannot be read.
  func next(into row: inout FieldTable) throws -> Bool

  /// Reads the next row as the fields of it with their places, for an error to be told of; nothing at the end.
  func nextLocated() throws -> [LocatedRow.Field]?
}

extension RowReader {
  func positions(of fields: [String], asJSON: [Bool]) throws(Failure) -> [Int?]? { try positions(of: fields) }
}

/// The rows of a CSV stream.
final class CSVRows: RowReader {
  private var reader: CSVReader
  private let dialect: Dialect

  /// The rows of `input`.
  init(_ input: ByteInput, _ dialect: Dialect, blockSize: Int = 1 << 20) throws(Failure) {
    self.dialect = dialect
    reader = try CSVReader(input, dialect, blockSize: blockSize)
  }

  var name: String { reader.name }
  var bytesRead: Int { reader.bytesRead }
  var line: Int { reader.line }
  var rowText: String { reader.rowText }
  var fieldNames: [String] { reader.header }
  /// Whether the stream has nothing where a header or a first row is expected.
  var isBlank: Bool { reader.isBlank }
  var hasHeader: Bool { dialect.hasHeader }

  /// Refuses a header that names no field, names one twice, or was not taken apart by the delimiter.
  func checkNames() throws(Failure) {
    try checkHeader(
      reader.header, places: reader.headerPlaces, isQuoted: reader.headerIsQuoted, dialect, reader.name)
  }

  func positions(of fields: [String]) throws(Failure) -> [Int?]? {
    if reader.isBlank { return nil }
    try checkNames()
    let positions = Dictionary(reader.header.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    return fields.map { positions[$0] }
  }

  func next(into row: inout FieldTable) throws -> Bool { try reader.next(into: &row) }

  func nextLocated() throws -> [LocatedRow.Field]? {
    var row = FieldTable()
    guard try reader.next(into: &row) else { return nil }
    return (0..<row.count).map { index in
      let (line, column) = reader.place(of: index)
      return LocatedRow.Field(
        name: index < reader.header.count ? reader.header[index] : "", value: row.field(index)?.text, line: line,
        column: column)
    }
  }
}
