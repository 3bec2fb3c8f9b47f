internal import Catalog
internal import Diagnostics
internal import Manifests

/// The rows of all parts of a load's sources, one after the other, as the target's columns see them.
struct RowFeed: ~Copyable {
  /// Where a column's value is found in the current part.
  private enum Slot {
    static let null = -1
    static let loadedAt = -2
    static let loadID = -3
    static let file = -4
    static let line = -5
  }

  private let parts: [SourcePart]
  private let columns: [TargetColumn]
  private let sourceCount: Int
  private let changes: (allowed: Flow.SourceChanges, known: [String]?)
  private var reader: CSVReader
  /// The part that is read, -1 before the first.
  private(set) var part = -1
  /// Number of rows read in all, faulty ones included: the current row's ordinal, from 1.
  private(set) var ordinal = 0
  /// For each part begun, how many rows were read before it.
  private(set) var starts: [Int] = []
  /// The source's fields that no column takes, and that were not there when the flow was applied.
  private(set) var newFields: Set<String> = []
  private var slots: [Int]
  private var loadedAt = ByteBuffer(capacity: 64)
  private var loadID = ByteBuffer(capacity: 64)
  private var fileName = ByteBuffer(capacity: 256)
  private var lineText = ByteBuffer(capacity: 64)
  private let needsLine: Bool
  private var isHeld = false
  private var bytesBefore = 0

  /// A feed before the first row.
  init(
    _ parts: [SourcePart], columns: [TargetColumn], sourceCount: Int,
    changes: (allowed: Flow.SourceChanges, known: [String]?), load: String, startedAt: String
  ) throws(Failure) {
    self.parts = parts
    self.columns = columns
    self.sourceCount = sourceCount
    self.changes = changes
    slots = columns.map { _ in Slot.null }
    needsLine = columns.contains { $0.from == .line }
    reader = try CSVReader(ByteInput(memory: [], name: ""), .inline, blockSize: 64)
    loadedAt.append(startedAt)
    loadID.append(load)
  }

  /// How many bytes were read so far.
  var bytesRead: Int { bytesBefore + reader.bytesRead }

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
        guard try reader.next() else {
          guard try openNext() else { return false }
          continue
        }
      } catch let fault as RowFault {
        ordinal &+= 1
        throw fault
      }
      ordinal &+= 1
      if needsLine { setLine() }
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
  var line: Int { current?.file == nil ? ordinal - (starts.last ?? 0) : reader.line }

  /// The value of the column at `index`; nothing for NULL. Valid until the next row.
  @inline(__always)
  borrowing func value(_ index: Int) -> Bytes? {
    let slot = slots[index]
    return slot >= 0 ? reader.field(slot) : metadata(slot)
  }

  private borrowing func metadata(_ slot: Int) -> Bytes? {
    switch slot {
    case Slot.loadedAt: loadedAt.all()
    case Slot.loadID: loadID.all()
    case Slot.file: current?.file == nil ? nil : fileName.all()
    case Slot.line: lineText.all()
    default: nil
    }
  }

  /// The fields of the current part.
  var header: [String] { reader.header }

  /// The value of the source's field at `index`; nothing for NULL.
  borrowing func field(_ index: Int) -> Bytes? { reader.field(index) }

  /// The row as it stands in the file; to be asked after a fault.
  var rowText: String { reader.rowText }

  /// A fault of the current row.
  func ambiguousDate(column index: Int, value: Bytes) -> RowFault {
    RowFault(
      kind: .ambiguousDate(column: columns[index].name.name, value: value.text.shortened),
      file: current?.name ?? "", line: line, column: 1)
  }

  private mutating func setLine() {
    lineText.truncate(to: 0)
    lineText.append(decimal: line)
  }

  private mutating func openNext() throws(Failure) -> Bool {
    bytesBefore += reader.bytesRead
    guard part + 1 < parts.count else { return false }
    part += 1
    reader = try parts[part].open()
    starts.append(ordinal)
    fileName.truncate(to: 0)
    fileName.append(parts[part].name)
    if !reader.isBlank { try match() }
    return true
  }

  /// Finds the columns' fields in the part's header.
  private mutating func match() throws(Failure) {
    let header = reader.header
    let name = reader.name
    try checkHeader(header, places: reader.headerPlaces, isQuoted: reader.headerIsQuoted, parts[part], name)
    let positions = Dictionary(header.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    var missing: [String] = []
    for (index, column) in columns.enumerated() {
      switch column.from {
      case .field(let field):
        if let position = positions[field] {
          slots[index] = position
        } else {
          // In a union, what one source lacks is NULL.
          slots[index] = Slot.null
          if sourceCount == 1 { missing.append(field) }
        }
      case .loadedAt: slots[index] = Slot.loadedAt
      case .loadID: slots[index] = Slot.loadID
      case .file: slots[index] = Slot.file
      case .line: slots[index] = Slot.line
      }
    }
    let line = reader.headerPlaces.first?.line ?? 1
    guard missing.isEmpty else {
      throw Failure(
        missing.map { field in
          Diagnostic(
            .error, "source-field-missing", "\(name) has no field \"\(field)\", which a column takes",
            at: Place(file: name, line: line, column: 1),
            help: suggestions(for: field, in: header, called: "fields there"))
        })
    }
    try noteNewFields(header, line)
  }

  private mutating func noteNewFields(_ header: [String], _ line: Int) throws(Failure) {
    guard let known = changes.known else { return }
    let new = Set(header).subtracting(known)
    newFields.formUnion(new)
    if changes.allowed == .fail, let field = new.min() {
      throw Failure(
        Diagnostic(
          .error, "source-changed", "\(reader.name) has a new field \"\(field)\"",
          at: Place(file: reader.name, line: line, column: 1),
          help: ["`sourceChanges: adapt` would load without it"]))
    }
  }
}

extension String {
  /// The text, cut where it is too long to be shown.
  var shortened: String { count <= 100 ? self : String(prefix(99)) + "…" }
}
