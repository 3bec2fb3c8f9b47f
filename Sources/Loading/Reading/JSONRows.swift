internal import Diagnostics

/// The rows of a stream of JSON: an object a line, or one array of objects.
///
/// Memory is one block, whatever the stream's size; it grows for an object that is larger.
final class JSONRows: RowReader {
  private var block: Block
  private let input: ByteInput
  /// Whether the stream is one array, rather than an object a line.
  private let isArray: Bool
  private var keys = JSONKeys()
  private(set) var line = 0
  private var nextLine = 1
  /// Where in an array the reader stands.
  private enum Place { case beforeFirst, behindElement, behindArray }
  private var place = Place.beforeFirst

  /// The rows of `input`, at the first one.
  init(_ input: ByteInput, isArray: Bool, blockSize: Int = 1 << 20) throws(Failure) {
    self.input = input
    self.isArray = isArray
    block = Block(capacity: blockSize)
    while block.rest().count < 3, !block.hasReadAll() { try block.refill(from: input) }
    if block.rest().count >= 3, block.rest()[0..<3].equals([0xEF, 0xBB, 0xBF]) { block.skip(3) }
    guard isArray else { return }
    guard let first = try peek() else {
      throw Failure(.sourceReadable("\(name) is empty: it has no array of objects", name))
    }
    guard first == UInt8(ascii: "[") else {
      throw Failure(
        .sourceReadable(
          "\(name) is no array of objects", name, line: nextLine,
          help: first == UInt8(ascii: "{") ? ["for an object a line, write `format: jsonl` on the source"] : []))
    }
    block.skip(1)
  }

  var name: String { input.name }
  var bytesRead: Int { input.bytesRead }
  var rowText: String { block.bytes(block.row).text.shortened }
  var fieldNames: [String] { keys.fieldNames }

  func positions(of fields: [String]) throws(Failure) -> [Int?]? {
    try positions(of: fields, asJSON: fields.map { _ in false })
  }

  func positions(of fields: [String], asJSON: [Bool]) throws(Failure) -> [Int?]? {
    zip(fields, asJSON).map { keys.want($0, isJSON: $1) }
  }

  func next(into row: inout FieldTable) throws -> Bool { isArray ? try nextElement(&row) : try nextLine(&row) }

  // MARK: An object a line

  @inline(__always)
  private func nextLine(_ row: inout FieldTable) throws -> Bool {
    while true {
      guard let isLine = block.findLine() else {
        try refill()
        continue
      }
      guard isLine else { return false }
      line = nextLine
      nextLine &+= 1
      // A line that holds an object starts with it.
      if block.row.isEmpty || block.bytes(block.row)[0] != UInt8(ascii: "{"), block.isBlankRow { continue }
      try check(block.takeObjectOfRow(&keys, to: &row))
      return true
    }
  }

  // MARK: An array

  private func nextElement(_ row: inout FieldTable) throws -> Bool {
    guard try goToElement() else { return false }
    while true {
      line = nextLine
      let found = block.takeObject(&keys, to: &row)
      switch found {
      case .incomplete:
        try refill()
        continue
      case .bad(let offset, let expected):
        // Where the next object begins cannot be told.
        throw Failure(fault(.invalidJSON(expected: "\(expected)"), at: offset).diagnostic)
      case .row, .unfit: break
      }
      place = .behindElement
      nextLine += block.bytes(block.row).occurrences(of: UInt8(ascii: "\n"))
      try check(found)
      return true
    }
  }

  /// Goes to where the next element starts; false behind the array, and behind that there is nothing.
  private func goToElement() throws(Failure) -> Bool {
    if place == .behindArray { return false }
    let byte = try peek()
    if byte == UInt8(ascii: "]") {
      place = .behindArray
      block.skip(1)
      guard try peek() == nil else { throw misplaced("nothing but white space behind the array") }
      return false
    }
    if place == .behindElement {
      guard byte == UInt8(ascii: ",") else { throw misplaced("a comma or ]") }
      block.skip(1)
    }
    guard try peek() != nil else { throw misplaced("an object or ]") }
    return true
  }

  private func misplaced(_ expected: String) -> Failure {
    block.row = block.position..<block.position
    line = nextLine
    return Failure(fault(.invalidJSON(expected: expected), at: block.position).diagnostic)
  }

  /// The next byte that is no white space; nothing at the end.
  private func peek() throws(Failure) -> UInt8? {
    while true {
      let rest = block.rest()
      var length = 0
      while length < rest.count, JSONScanner.isSpace(rest[length]) {
        if rest[length] == UInt8(ascii: "\n") { nextLine += 1 }
        length += 1
      }
      if length < rest.count {
        let byte = rest[length]
        block.skip(length)
        return byte
      }
      block.skip(length)
      if block.hasReadAll() { return nil }
      try block.refill(from: input)
    }
  }

  // MARK: What is wrong

  private func refill() throws(Failure) {
    guard block.rest().count < CSVReader.longestRow else {
      throw Failure(.sourceReadable("a row of \(name) is longer than 1 GB", name, line: nextLine))
    }
    try block.refill(from: input)
  }

  @inline(__always)
  private func check(_ found: FoundObject) throws {
    switch found {
    case .row, .incomplete: break
    case .bad(let offset, let expected): throw fault(.invalidJSON(expected: "\(expected)"), at: offset)
    case .unfit(let kind, let offset): throw fault(kind, at: offset)
    }
    if let offset = block.firstInvalidByte() { throw fault(.invalidUTF8, at: offset) }
  }

  private func fault(_ kind: RowFault.Kind, at offset: Int) -> RowFault {
    let place = place(at: offset)
    return RowFault(kind: kind, file: name, line: place.line, column: place.column)
  }

  /// The place of what stands in the row; its column counts from the line's start, as far as that is in the window.
  private func place(at offset: Int) -> (line: Int, column: Int) {
    let before = block.bytes(block.row.lowerBound..<offset)
    let lines = before.occurrences(of: UInt8(ascii: "\n"))
    if let newline = before.lastIndex(of: UInt8(ascii: "\n")) {
      return (line + lines, before[newline + 1..<before.count].scalarCount + 1)
    }
    guard isArray else { return (line, before.scalarCount + 1) }
    let all = block.bytes(0..<offset)
    let start = all.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    return (line, all[start..<all.count].scalarCount + 1)
  }

  // MARK: Looking closely

  /// The fields of the row that was read last, each as often as it stands there.
  func members() -> [JSONMember] { block.membersOfRow() }

  func nextLocated() throws -> [LocatedRow.Field]? {
    var row = FieldTable()
    guard try next(into: &row) else { return nil }
    return members().map { member in
      let (line, column) = place(at: member.offset)
      return LocatedRow.Field(
        name: member.name, value: member.kind == .null ? nil : member.value, line: line, column: column)
    }
  }
}
