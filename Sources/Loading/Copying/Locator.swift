internal import Diagnostics

/// A row found again in its source.
struct LocatedRow {
  struct Field {
    var name: String
    /// Nothing for NULL.
    var value: String?
    var line: Int
    var column: Int
  }

  /// Nothing for inline rows.
  var file: String?
  /// The line on which it starts; for inline rows their number.
  var line: Int
  var fields: [Field]

  /// Reads the parts again up to the row with `ordinal`, counted as the feed counted.
  ///
  /// It costs another reading, but only a load that fails pays for it; keeping every row's place would cost all of them.
  static func find(_ ordinal: Int, in parts: [SourcePart], starts: [Int]) -> LocatedRow? {
    var places = RowPlaces(parts, starts: starts)
    guard let part = places.part(of: ordinal) else { return nil }
    // A program is not run again: it may print something else, or do something once more.
    if parts[part].isProgram { return LocatedRow(file: nil, line: ordinal - starts[part], fields: []) }
    guard let reader = places.reader(before: ordinal, in: part), let fields = try? reader.nextLocated() else {
      return nil
    }
    let isFile = parts[part].file != nil
    return LocatedRow(
      file: isFile ? parts[part].name : nil, line: isFile ? reader.line : ordinal - starts[part], fields: fields)
  }

  /// Where the field called `name` starts, else where the row does; nothing for inline rows.
  func place(ofField name: String?) -> Place? {
    guard let file else { return nil }
    if let field = fields.first(where: { $0.name == name }) {
      let length = field.value.map { $0.contains(where: \.isNewline) ? 1 : $0.unicodeScalars.count } ?? 1
      return Place(file: file, line: field.line, column: field.column, endColumn: field.column + max(length, 1))
    }
    return Place(file: file, line: line, column: 1)
  }

  /// The row in words: `data/orders.csv:17`, `row 3`.
  var words: String { RowPlaces.Place(file: file, line: line).words }
}
