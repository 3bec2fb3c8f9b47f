/// A row of a result, lent to the closure that decodes it.
public struct Row: ~Copyable {
  private let result: ServerResult
  private let index: Int

  init(_ result: ServerResult, _ index: Int) {
    self.result = result
    self.index = index
  }

  /// How many columns there are.
  public var count: Int { result.columnCount }

  /// The text of column `column` (from 0), copied; `nil` for NULL.
  public func text(_ column: Int) -> String? {
    result.bytes(index, column).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The whole number of column `column`; `nil` for NULL and for what is none.
  public func int(_ column: Int) -> Int? { text(column).flatMap { Int($0) } }

  /// The boolean of column `column`; `nil` for NULL and for what is none.
  public func bool(_ column: Int) -> Bool? {
    guard let bytes = result.bytes(index, column), bytes.count == 1 else { return nil }
    switch bytes[0] {
    case UInt8(ascii: "t"): return true
    case UInt8(ascii: "f"): return false
    default: return nil
    }
  }

  /// The elements of column `column`, an array whose NULLs are left out; `nil` for NULL and for what is no
  /// one-dimensional array.
  public func textArray(_ column: Int) -> [String]? { optionalTextArray(column)?.compactMap { $0 } }

  /// The elements of column `column`, an array; `nil` for NULL and for what is no one-dimensional array.
  public func optionalTextArray(_ column: Int) -> [String?]? {
    result.bytes(index, column).flatMap { TextArray.elements(of: $0) }
  }

  /// Lends the bytes of column `column`, in text format, to `body`; `nil` for NULL.
  public func withBytes<T>(_ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> T) rethrows -> T {
    try withExtendedLifetime(result) { try body(result.bytes(index, column)) }
  }
}

/// The rows that a statement gave, kept as they came from the server until they are decoded.
public struct Rows: Sendable {
  private let result: ServerResult

  init(_ result: ServerResult) { self.result = result }

  /// How many there are.
  public var count: Int { result.rowCount }

  /// How many rows the statement touched (or gave).
  public var affected: Int { result.affected }

  /// The columns, also where there is no row.
  public var columns: [ColumnDescription] { result.columns }

  /// Hands each row to `body`, in order.
  public func forEach(_ body: (borrowing Row) throws -> Void) rethrows {
    for index in 0..<count { try body(Row(result, index)) }
  }

  /// Decodes each row, in order.
  public func map<T>(_ decode: (borrowing Row) throws -> T) rethrows -> [T] {
    var values: [T] = []
    values.reserveCapacity(count)
    for index in 0..<count { values.append(try decode(Row(result, index))) }
    return values
  }
}
