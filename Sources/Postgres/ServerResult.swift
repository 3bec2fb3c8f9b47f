internal import CLibPQ

/// Owns one `PGresult`; cleared when nobody holds it any more.
///
/// `@unchecked Sendable`: the pointer never changes and never leaves this class, and what libpq's accessors read of a
/// finished result is constant (manual, 34.20: results "can be passed around freely between threads").
final class ServerResult: @unchecked Sendable {
  private let pointer: OpaquePointer

  /// Takes `pointer` over.
  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { PQclear(pointer) }

  var status: ExecStatusType { PQresultStatus(pointer) }

  var rowCount: Int { Int(PQntuples(pointer)) }

  var columnCount: Int { Int(PQnfields(pointer)) }

  /// The command's tag: `INSERT 0 5`, `ROLLBACK`.
  var tag: String { String(cString: PQcmdStatus(pointer)) }

  /// The rows that the command touched; 0 for commands that touch none.
  var affected: Int { Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

  /// The field's bytes, alive as long as the result; `nil` for `NULL`.
  func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
    precondition(row < rowCount && column >= 0 && column < columnCount, "no such field in the result")
    if PQgetisnull(pointer, Int32(row), Int32(column)) == 1 { return nil }
    let length = Int(PQgetlength(pointer, Int32(row), Int32(column)))
    return UnsafeRawBufferPointer(start: PQgetvalue(pointer, Int32(row), Int32(column)), count: length)
  }

  /// What the result says of its columns.
  var columns: [ColumnDescription] {
    (0..<PQnfields(pointer)).map { column in
      ColumnDescription(
        name: PQfname(pointer, column).map { String(cString: $0) } ?? "", type: PQftype(pointer, column),
        typeModifier: PQfmod(pointer, column), table: PQftable(pointer, column),
        tableColumn: Int(PQftablecol(pointer, column)))
    }
  }

  /// The types that a described statement takes as parameters.
  var parameterTypes: [UInt32] { (0..<PQnparams(pointer)).map { PQparamtype(pointer, $0) } }

  /// A field of the server's error or notice.
  func diagnostic(_ field: Int32) -> String? { PQresultErrorField(pointer, field).map { String(cString: $0) } }

  /// The whole text of an error, as libpq puts it.
  var message: String { String(cString: PQresultErrorMessage(pointer)) }
}

/// A column of a statement's result, as the server describes it.
public struct ColumnDescription: Hashable, Sendable {
  /// Its name.
  public var name: String
  /// Its type's OID; that of the base type for a domain.
  public var type: UInt32
  /// The type's modifier (the length, the precision); -1 for none.
  public var typeModifier: Int32
  /// The OID of the table that it comes from; 0 for none.
  public var table: UInt32
  /// The number of the column in that table; 0 for none.
  public var tableColumn: Int
}
