/// The numbers of a source that writes them with a comma: each is put behind the row's fields, with a point.
struct DecimalCommas: ~Copyable {
  private var fields: [Int] = []
  private var columns: [Int] = []
  private var text = ByteBuffer(capacity: 256)

  /// None.
  init() {}

  /// Whether there are none.
  var isEmpty: Bool { fields.isEmpty }

  /// Forgets all.
  mutating func clear() {
    fields = []
    columns = []
  }

  /// Adds the number that a column takes from the field at `field`.
  ///
  /// - Returns: how far behind the row's fields it stands.
  mutating func add(field: Int, column: Int) -> Int {
    fields.append(field)
    columns.append(column)
    return fields.count - 1
  }

  /// Appends all to `row`, valid until the next row.
  ///
  /// - Returns: the first that has a point, which is no decimal one there, with its column.
  mutating func replace(in row: inout FieldTable) -> (column: Int, value: String)? {
    text.truncate(to: 0)
    var length = 0
    for field in fields { length += row.field(field)?.count ?? 0 }
    // All at once, so that what was given stays where it is.
    text.reserve(length)
    for index in fields.indices {
      guard let value = row.field(fields[index]) else {
        row.append(nil)
        continue
      }
      let start = text.count
      guard Self.append(value, to: &text) else { return (columns[index], value.text.shortened) }
      row.append(text.bytes(start..<text.count))
    }
    return nil
  }

  /// Appends a number with a point for its comma; false where it has a point already.
  static func append(_ value: Bytes, to text: inout ByteBuffer) -> Bool {
    for index in 0..<value.count {
      let byte = value[index]
      if byte == UInt8(ascii: ".") { return false }
      text.append(byte == UInt8(ascii: ",") ? UInt8(ascii: ".") : byte)
    }
    return true
  }
}
