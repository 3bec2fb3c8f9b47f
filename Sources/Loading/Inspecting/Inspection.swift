public import Diagnostics
public import Manifests
public import SystemPackage

/// How many rows a type is inferred from.
private let inspectedRows = 10_000

/// The fields of a source, with the types that its first rows suggest (the rules are in MANIFESTS.md).
///
/// - Parameter root: the project's folder.
/// - Throws: `Failure` with `source-readable` (no file, a bad header, a row that cannot be taken apart) or
///   `not-supported`.
public func inspect(_ source: Source, root: FilePath) throws(Failure) -> [SourceField] {
  if case .rows(let rows) = source { return rows.inspected }
  var fields = InspectedFields()
  var rows = 0
  for part in try source.parts(under: root) where rows < inspectedRows {
    try inspect(part, into: &fields, &rows)
  }
  let read = rows < inspectedRows ? rows == 1 ? "1 row" : "\(rows) rows" : "first 10,000 rows"
  return fields.ordered.map { name, part, shape in
    SourceField(
      name: name, type: shape.type,
      origin: part.dialect.hasHeader ? "header and \(read) of \(part.name)" : "\(read) of \(part.name)")
  }
}

/// The fields found so far, in the order in which they first appear.
private struct InspectedFields {
  var ordered: [(name: String, part: SourcePart, shape: ValueShape)] = []
  var positions: [String: Int] = [:]

  /// The field's number.
  mutating func position(of name: String, in part: SourcePart) -> Int {
    if let position = positions[name] { return position }
    positions[name] = ordered.count
    ordered.append((name, part, ValueShape()))
    return ordered.count - 1
  }
}

private func inspect(_ part: SourcePart, into fields: inout InspectedFields, _ rows: inout Int) throws(Failure) {
  let reader = try part.open()
  guard !reader.isBlank else {
    throw Failure(
      .sourceReadable(
        part.dialect.hasHeader ? "\(part.name) is empty: it has no header" : "\(part.name) is empty", part.name))
  }
  try reader.checkNames()
  let positions = reader.fieldNames.map { fields.position(of: $0, in: part) }
  var row = FieldTable()
  do {
    while rows < inspectedRows, try reader.next(into: &row) {
      rows += 1
      for index in 0..<row.count {
        if let value = row.field(index) { fields.ordered[positions[index]].shape.add(value) }
      }
    }
  } catch let fault as RowFault {
    var diagnostic = fault.diagnostic
    diagnostic.code = "source-readable"
    throw Failure(diagnostic)
  } catch let failure as Failure {
    throw failure
  } catch {
    throw Failure(.sourceReadable("cannot read \(part.name): \(error)", part.name))
  }
}

extension RowsSource {
  /// The fields of inline rows. What is written as a number or a boolean is one; text is at most a date.
  fileprivate var inspected: [SourceField] {
    fields.indices.map { index in
      var shape = ValueShape()
      for row in rows.prefix(inspectedRows) where index < row.count { shape.add(inline: row[index]) }
      return SourceField(name: fields[index], type: shape.type, origin: "inline rows")
    }
  }
}

extension ValueShape {
  fileprivate mutating func add(inline value: InlineValue) {
    switch value {
    case .null: break
    case .bool: add(.boolean)
    case .nested: add(.json)
    case .number(let text):
      let look = Self.look(of: text)
      add(look == .integer || look == .decimal ? look : .text)
    case .text(let text):
      let look = Self.look(of: text)
      add([.date, .timestamp, .timestamptz].contains(look) ? look : .text)
    }
  }

  private static func look(of text: String) -> Look {
    var buffer = ByteBuffer(capacity: 64)
    buffer.append(text)
    return withExtendedLifetime(buffer) { look(of: $0.all()) }
  }
}
