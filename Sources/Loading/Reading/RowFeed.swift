internal import Catalog
internal import Diagnostics
internal import Manifests

/// The rows of all parts of a load's sources, one after the other, as the target's columns see them.
struct RowFeed: ~Copyable {
  private let parts: [SourcePart]
  private let columns: [TargetColumn]
  private let sourceCount: Int
  private let changes: (allowed: Flow.SourceChanges, known: [String]?)
  private var reader: (any RowReader)?
  /// The current row.
  private var row = FieldTable()
  /// The part that is read, -1 before the first.
  private(set) var part = -1
  /// Number of rows read in all, faulty ones included: the current row's ordinal, from 1.
  private(set) var ordinal = 0
  /// For each part begun, how many rows were read before it.
  private(set) var starts: [Int] = []
  /// The source's fields that no column takes, and that were not there when the flow was applied.
  private(set) var newFields: Set<String> = []
  /// Where in a row each column's value is found.
  private var places: [Int]
  private var loadedAt = ByteBuffer(capacity: 64)
  private var loadID = ByteBuffer(capacity: 64)
  private var fileName = ByteBuffer(capacity: 256)
  private var lineText = ByteBuffer(capacity: 64)
  private let needsLine: Bool
  private let scope: InputScope
  private var commas = DecimalCommas()
  private var isHeld = false
  private var hasLines = false
  private var bytesBefore = 0

  /// A feed before the first row.
  init(
    _ parts: [SourcePart], after before: Int = 0, columns: [TargetColumn], sourceCount: Int,
    changes: (allowed: Flow.SourceChanges, known: [String]?), load: String, startedAt: String,
    scope: InputScope = InputScope()
  ) {
    self.parts = parts
    self.scope = scope
    ordinal = before
    self.columns = columns
    self.sourceCount = sourceCount
    self.changes = changes
    places = columns.map { _ in FieldTable.Place.null }
    needsLine = columns.contains { $0.from == .line }
    loadedAt.append(startedAt)
    loadID.append(load)
    row.set(FieldTable.Place.loadedAt, to: loadedAt.all())
    row.set(FieldTable.Place.loadID, to: loadID.all())
  }

  /// Ends reading where a source is slow and nobody wants its rows any more.
  var stop: InputStop { scope.stop }

  /// How many bytes were read so far.
  var bytesRead: Int { bytesBefore + (reader?.bytesRead ?? 0) }

  /// Goes to the next row; false at the end.
  ///
  /// - Throws: `RowFault` for a row that is not well-formed (the next call goes on behind it); `Failure`.
  @inline(__always)
  mutating func next() throws -> Bool {
    if isHeld {
      isHeld = false
      return true
    }
    while true {
      do {
        guard let reader, try reader.next(into: &row) else {
          guard try openNext() else { return false }
          continue
        }
      } catch let fault as RowFault {
        ordinal &+= 1
        throw fault
      }
      ordinal &+= 1
      if needsLine { setLine() }
      if !commas.isEmpty { try replaceCommas() }
      return true
    }
  }

  /// Makes the current row the next one once more.
  mutating func hold() { isHeld = true }

  /// The ordinal of the row that `next()` goes to.
  var nextOrdinal: Int { isHeld ? ordinal : ordinal + 1 }

  /// The current part.
  var current: SourcePart? { parts.indices.contains(part) ? parts[part] : nil }

  /// The line on which the row starts; for inline rows their number.
  var line: Int { hasLines ? reader?.line ?? 0 : ordinal - (starts.last ?? 0) }

  /// The value of the column at `index`; nothing for NULL. Valid until the next row.
  @inline(__always)
  borrowing func value(_ index: Int) -> Bytes? { row.value(places[index]) }

  /// The fields of the current part.
  var header: [String] { reader?.fieldNames ?? [] }

  /// The value of the source's field at `index`; nothing for NULL.
  borrowing func field(_ index: Int) -> Bytes? { row.field(index) }

  /// The row as it stands in the source. Valid until the next row.
  var raw: Bytes { row.raw }

  /// The row as it stands in the file; to be asked after a fault.
  var rowText: String { reader?.rowText ?? "" }

  /// A fault of the current row.
  func ambiguousDate(column index: Int, value: Bytes) -> RowFault {
    RowFault(
      kind: .ambiguousDate(column: columns[index].name.name, value: value.text.shortened),
      file: current?.name ?? "", line: line, column: 1)
  }

  private mutating func setLine() {
    lineText.truncate(to: 0)
    lineText.append(decimal: line)
    row.set(FieldTable.Place.line, to: lineText.all())
  }

  /// Puts the numbers that are written with a comma behind the row's fields, with a point.
  private mutating func replaceCommas() throws {
    if let (column, value) = commas.replace(in: &row) {
      throw RowFault(
        kind: .pointInNumber(column: columns[column].name.name, value: value), file: current?.name ?? "", line: line,
        column: 1)
    }
  }

  private mutating func openNext() throws(Failure) -> Bool {
    // The fields of objects are known once all were read.
    if let reader { try noteNewFields(reader.fieldNames, reader.name, max(reader.line, 1)) }
    guard part + 1 < parts.count else { return false }
    part += 1
    bytesBefore += reader?.bytesRead ?? 0
    reader = nil
    let next = try parts[part].open(scope)
    reader = next
    starts.append(ordinal)
    hasLines = parts[part].hasLines
    fileName.truncate(to: 0)
    fileName.append(parts[part].name)
    row.set(FieldTable.Place.file, to: parts[part].file == nil ? nil : fileName.all())
    try match(next)
    return true
  }

  /// Finds the columns' fields in the part's rows.
  private mutating func match(_ reader: some RowReader) throws(Failure) {
    let taken = columns.filter { !$0.from.isMetadata }
    let wanted = taken.compactMap { if case .field(let field) = $0.from { field } else { nil } }
    commas.clear()
    let asJSON = taken.map { $0.base == "jsonb" || $0.base == "json" }
    guard var positions = try reader.positions(of: wanted, asJSON: asJSON)?[...] else { return }
    let hasDecimalComma = current?.hasDecimalComma ?? false
    let fieldCount = reader.fieldNames.count
    var missing: [String] = []
    for (index, column) in columns.enumerated() {
      switch column.from {
      case .field(let field):
        if let position = positions.removeFirst() {
          places[index] = FieldTable.Place.first + position
          if hasDecimalComma, Converter.isNumber(column.base) {
            places[index] = FieldTable.Place.first + fieldCount + commas.add(field: position, column: index)
          }
        } else {
          // In a union, what one source lacks is NULL.
          places[index] = FieldTable.Place.null
          if sourceCount == 1 { missing.append(field) }
        }
      case .loadedAt: places[index] = FieldTable.Place.loadedAt
      case .loadID: places[index] = FieldTable.Place.loadID
      case .file: places[index] = FieldTable.Place.file
      case .line: places[index] = FieldTable.Place.line
      }
    }
    let header = reader.fieldNames
    let line = max(reader.line, 1)
    guard missing.isEmpty else {
      throw Failure(
        missing.map { field in
          Diagnostic(
            .error, "source-field-missing", "\(reader.name) has no field \"\(field)\", which a column takes",
            at: Place(file: reader.name, line: line, column: 1),
            help: suggestions(for: field, in: header, called: "fields there"))
        })
    }
    try noteNewFields(header, reader.name, line)
  }

  private mutating func noteNewFields(_ header: [String], _ name: String, _ line: Int) throws(Failure) {
    guard let known = changes.known else { return }
    let new = Set(header).subtracting(known)
    newFields.formUnion(new)
    if changes.allowed == .fail, let field = new.min() {
      throw Failure(
        Diagnostic(
          .error, "source-changed", "\(name) has a new field \"\(field)\"",
          at: Place(file: name, line: line, column: 1),
          help: ["`sourceChanges: adapt` would load without it"]))
    }
  }
}

extension String {
  /// The text, cut where it is too long to be shown.
  var shortened: String { count <= 100 ? self : String(prefix(99)) + "…" }
}
