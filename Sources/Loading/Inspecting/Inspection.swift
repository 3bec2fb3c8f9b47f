public import Diagnostics
internal import Dispatch
public import Manifests
public import SystemPackage

/// How many rows a type is inferred from.
private let inspectedRows = 10_000

/// The fields of a source, with the types that its first rows suggest (the rules are in MANIFESTS.md).
///
/// A program is run until enough of its rows were read, and then ended.
///
/// - Parameters:
///   - root: the project's folder.
///   - today: which day it is for the flow: of a path that stands for days, those files are looked into that are there.
///     Nothing where that is not known: then the files of all days are.
/// - Throws: `Failure` with `source-readable` (no file, a bad header, a row that cannot be taken apart),
///   `source-encoding` or `source-program`.
public func inspect(_ source: Source, root: FilePath, today: CivilDate? = nil) async throws(Failure) -> [SourceField] {
  let days = today.map { LoadDays(today: $0) }
  switch source {
  case .rows(let rows): return rows.inspected
  case .files, .postgres: return try inspect(try source.parts(under: root, days, needsAll: false), InputScope())
  case .program(let program):
    let parts = try source.parts(under: root, days)
    do {
      return try await withInputs(under: root) { scope in
        // On a thread of its own, as it waits for the program, whose end is awaited by the others.
        try await withCheckedThrowingContinuation { continuation in
          DispatchQueue(label: "sluice.inspect").async {
            continuation.resume(with: Result { try inspect(parts, scope) })
          }
        }
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(Diagnostic(.error, "source-program", "looking at the \(program.name) was interrupted"))
    }
  }
}

private func inspect(_ parts: [SourcePart], _ scope: InputScope) throws(Failure) -> [SourceField] {
  var fields = InspectedFields()
  for part in parts where fields.rows < inspectedRows {
    do {
      switch try part.open(scope) {
      case let reader as CSVRows: try fields.add(reader, of: part)
      case let reader as JSONRows: try fields.add(reader)
      default: preconditionFailure("a reader that nobody looks into")
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
  let count = fields.rows
  let read = count < inspectedRows ? count == 1 ? "1 row" : "\(count) rows" : "first 10,000 rows"
  return fields.ordered.map { field in
    SourceField(
      name: field.name, type: field.shape.type,
      origin: "\(field.hasHeader ? "header and " : "")\(read) of \(field.part)", hasValues: field.shape.hasValues)
  }
}

/// The fields found so far, in the order in which they first appear.
private struct InspectedFields {
  struct Field {
    var name: String
    /// What the part is called that has it first.
    var part: String
    var hasHeader: Bool
    var shape = ValueShape()
  }

  var ordered: [Field] = []
  var positions: [String: Int] = [:]
  var rows = 0

  /// The field's number.
  private mutating func position(of name: String, in part: String, hasHeader: Bool) -> Int {
    if let position = positions[name] { return position }
    positions[name] = ordered.count
    ordered.append(Field(name: name, part: part, hasHeader: hasHeader))
    return ordered.count - 1
  }

  mutating func add(_ reader: CSVRows, of part: SourcePart) throws {
    guard !reader.isBlank else {
      throw Failure(
        .sourceReadable(
          reader.hasHeader ? "\(part.name) is empty: it has no header" : "\(part.name) is empty", part.name))
    }
    try reader.checkNames()
    let places = reader.fieldNames.map { position(of: $0, in: part.name, hasHeader: reader.hasHeader) }
    let hasDecimalComma = part.hasDecimalComma
    var row = FieldTable()
    while rows < inspectedRows, try reader.next(into: &row) {
      rows += 1
      for index in 0..<row.count {
        guard let value = row.field(index) else { continue }
        ordered[places[index]].shape.add(hasDecimalComma ? ValueShape.commaLook(of: value) : ValueShape.look(of: value))
      }
    }
  }

  mutating func add(_ reader: JSONRows) throws {
    var row = FieldTable()
    let first = rows
    while rows < inspectedRows, try reader.next(into: &row) {
      rows += 1
      for member in reader.members() {
        let place = position(of: member.name, in: reader.name, hasHeader: false)
        ordered[place].shape.add(member)
      }
    }
    guard rows > first else {
      throw Failure(.sourceReadable("\(reader.name) has no rows, which name the fields", reader.name))
    }
  }
}

extension RowsSource {
  /// The fields of inline rows. What is written as a number or a boolean is one; text is at most a date.
  fileprivate var inspected: [SourceField] {
    fields.indices.map { index in
      var shape = ValueShape()
      for row in rows.prefix(inspectedRows) where index < row.count { shape.add(inline: row[index]) }
      return SourceField(name: fields[index], type: shape.type, origin: "inline rows", hasValues: shape.hasValues)
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
    case .text(let text): add(text: text)
    }
  }

  fileprivate mutating func add(_ member: JSONMember) {
    switch member.kind {
    case .null: break
    case .boolean: add(.boolean)
    case .nested: add(.json)
    case .string: add(text: member.value)
    // What has an exponent is a number too.
    case .number: add(Self.look(of: member.value) == .integer ? .integer : .decimal)
    }
  }

  /// Text that is said to be text, and may still be a date.
  private mutating func add(text: String) {
    let look = Self.look(of: text)
    add([.date, .timestamp, .timestamptz].contains(look) ? look : .text)
  }

  /// What a value looks like where numbers have a comma before their fraction.
  fileprivate static func commaLook(of value: Bytes) -> Look {
    var text = ByteBuffer(capacity: value.count)
    guard DecimalCommas.append(value, to: &text) else {
      let look = look(of: value)
      return look == .decimal ? .text : look
    }
    let look = look(of: text.all())
    return look == .integer || look == .decimal ? look : Self.look(of: value)
  }

  private static func look(of text: String) -> Look {
    var buffer = ByteBuffer(capacity: 64)
    buffer.append(text)
    return withExtendedLifetime(buffer) { look(of: $0.all()) }
  }
}
