internal import OrderedCollections

/// Why a text is not JSON, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as half a sentence: ``expected `,` or `}` ``.
  public var message: String
  /// The line, from 1; lines end with a newline.
  public var line: Int
  /// The column, from 1, counted in Unicode scalars.
  public var column: Int

  /// `line:column: message`.
  public var description: String { "\(line):\(column): \(message)" }
}

extension JSONValue {
  /// How many arrays and objects may stand within one another.
  public static let maximumDepth = 512

  /// Reads JSON text (RFC 8259) in UTF-8; a byte order mark at its start is passed over.
  ///
  /// It is our own, as Foundation's decoder neither says line and column nor keeps the digits of a number. It is strict:
  /// no comments, no commas at the end, no NaN, and no key twice in one object (two spellings of one key that Unicode
  /// holds equal are the same key).
  ///
  /// - Throws: a ``JSONError`` for the first thing that is wrong.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    var reader = JSONReader(bytes)
    self = try reader.document()
  }

  /// Reads JSON text, as ``init(parsing:)-([UInt8])`` does.
  ///
  /// - Throws: a ``JSONError`` for the first thing that is wrong.
  public init(parsing text: String) throws(JSONError) { try self.init(parsing: Array(text.utf8)) }
}

/// A recursive descent over bytes. All syntax of JSON is ASCII, so only the insides of strings need decoding.
private struct JSONReader {
  private let bytes: [UInt8]
  private var offset = 0
  private var depth = 0
  private var shapes = ObjectShapes()
  /// The elements of the arrays, and the values of the objects, that have begun and not ended.
  private var open: [JSONValue] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    if bytes.starts(with: Self.byteOrderMark) { offset = Self.byteOrderMark.count }
  }

  mutating func document() throws(JSONError) -> JSONValue {
    let value = try value()
    skipSpace()
    guard offset == bytes.count else { throw error("expected the end of the text") }
    return value
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    skipSpace()
    switch peek() {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "-"): return .number(try number())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case let byte where isDigit(byte): return .number(try number())
    default: throw unexpected("a value")
    }
  }

  // MARK: Arrays and objects

  private mutating func object() throws(JSONError) -> JSONValue {
    try enter()
    skipSpace()
    if take(UInt8(ascii: "}")) { return leave(.object([:])) }
    var shape = ObjectShapes.empty
    let start = open.count
    while let key = plainKey(), let longer = shapes.shape(shape, and: bytes[key]) {
      offset = key.upperBound + 1
      shape = longer
      open.append(try member())
      if try !hasAnother() { return leave(.object(close(shape, from: start))) }
    }
    return try object(startingWith: close(shape, from: start))
  }

  /// The object of what was put on `open` from `start` on.
  private mutating func close(
    _ shape: ObjectShapes.Shape, from start: Int
  ) -> OrderedDictionary<String, JSONValue> {
    let object = shapes.object(shape, open[start...])
    open.removeLast(open.count - start)
    return object
  }

  /// The rest of an object that has keys like no other.
  private mutating func object(
    startingWith first: OrderedDictionary<String, JSONValue>
  ) throws(JSONError) -> JSONValue {
    var members = first
    while true {
      let start = offset
      guard peek() == UInt8(ascii: "\"") else {
        throw unexpected(members.isEmpty ? "a key in double quotes, or `}`" : "a key in double quotes")
      }
      let key = try string()
      let value = try member()
      guard members.updateValue(value, forKey: key) == nil else {
        throw error("the key \(JSONValue.string(key).text(.line)) stands twice in one object", at: start)
      }
      if try !hasAnother() { return leave(.object(members)) }
    }
  }

  /// Where the key that comes next stands between its quotes; nothing where it is no key, or not ASCII without escapes.
  private func plainKey() -> Range<Int>? {
    guard peek() == UInt8(ascii: "\"") else { return nil }
    var end = offset + 1
    while end < bytes.count {
      switch bytes[end] {
      case UInt8(ascii: "\""): return offset + 1..<end
      case UInt8(ascii: "\\"), 0..<0x20, 0x80...: return nil
      default: end += 1
      }
    }
    return nil
  }

  /// The value of a key that has just been read.
  private mutating func member() throws(JSONError) -> JSONValue {
    skipSpace()
    guard take(UInt8(ascii: ":")) else { throw unexpected("`:`") }
    return try value()
  }

  /// Whether another member follows; passes over the comma, or the closing bracket.
  private mutating func hasAnother() throws(JSONError) -> Bool {
    skipSpace()
    if take(UInt8(ascii: ",")) {
      skipSpace()
      return true
    }
    guard take(UInt8(ascii: "}")) else { throw unexpected("`,` or `}`") }
    return false
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    try enter()
    let start = open.count
    skipSpace()
    if take(UInt8(ascii: "]")) { return leave(.array([])) }
    while true {
      open.append(try value())
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "]")) else { throw unexpected("`,` or `]`") }
      let values = Array(open[start...])
      open.removeLast(open.count - start)
      return leave(.array(values))
    }
  }

  private mutating func enter() throws(JSONError) {
    guard depth < JSONValue.maximumDepth else {
      throw error("more than \(JSONValue.maximumDepth) arrays and objects within one another")
    }
    depth += 1
    offset += 1
  }

  private mutating func leave(_ value: JSONValue) -> JSONValue {
    depth -= 1
    return value
  }

  // MARK: Words and numbers

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let end = offset + word.utf8.count
    guard end <= bytes.count, bytes[offset..<end].elementsEqual(word.utf8) else { throw unexpected("a value") }
    offset = end
    return value
  }

  private mutating func number() throws(JSONError) -> String {
    let start = offset
    _ = take(UInt8(ascii: "-"))
    if take(UInt8(ascii: "0")) {
      if isDigit(peek()) { throw error("a number may not begin with `0` before other digits", at: start) }
    } else {
      try digits(after: "`-`")
    }
    if take(UInt8(ascii: ".")) { try digits(after: "the decimal point") }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
      try digits(after: "the exponent's `e`")
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func digits(after what: String) throws(JSONError) {
    guard isDigit(peek()) else { throw unexpected("a digit after \(what)") }
    while isDigit(peek()) { offset += 1 }
  }

  private func isDigit(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  // MARK: Strings

  /// The string whose opening quote comes next; without escapes it is made in one go.
  private mutating func string() throws(JSONError) -> String {
    let quote = offset
    offset += 1
    var start = offset
    var decoded: [UInt8]?
    var isASCII = true
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        defer { offset += 1 }
        guard var whole = decoded else {
          let part = bytes[start..<offset]
          return isASCII ? String(decoding: part, as: UTF8.self) : try text(of: part, at: start)
        }
        whole += try valid(bytes[start..<offset], at: start)
        return String(decoding: whole, as: UTF8.self)
      case UInt8(ascii: "\\"):
        var whole = decoded ?? []
        whole += try valid(bytes[start..<offset], at: start)
        whole += String(try escape()).utf8
        decoded = whole
        start = offset
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): throw error("a line ends inside a string")
      case 0..<0x20: throw error("a control character inside a string must be escaped")
      case 0x80...:
        isASCII = false
        offset += 1
      default: offset += 1
      }
    }
    throw error("the text ends inside the string that begins here", at: quote)
  }

  private func text(of part: ArraySlice<UInt8>, at start: Int) throws(JSONError) -> String {
    if let text = String(validating: part, as: UTF8.self) { return text }
    var end = start
    while let scalar = Self.scalar(startingAt: part[end...]) { end += UTF8.width(scalar) }
    throw error("the text is not UTF-8: unexpected byte 0x\(String(bytes[end], radix: 16))", at: end)
  }

  private func valid(_ part: ArraySlice<UInt8>, at start: Int) throws(JSONError) -> ArraySlice<UInt8> {
    _ = try text(of: part, at: start)
    return part
  }

  /// The first scalar of `bytes`; nothing at the end and where they are not UTF-8.
  private static func scalar(startingAt bytes: ArraySlice<UInt8>) -> Unicode.Scalar? {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    return scalar
  }

  /// The scalar that the escape stands for whose backslash comes next.
  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    let start = offset
    offset += 1
    guard let letter = peek() else { throw error("the text ends inside a string") }
    offset += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw error(#"unknown escape: `\` stands before one of " \ / b f n r t u"#, at: start)
    }
    let unit = try unit(from: start)
    if let scalar = Unicode.Scalar(unit) { return scalar }
    guard UTF16.isLeadSurrogate(unit), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw error("half of a surrogate pair stands alone", at: start)
    }
    let trail = try self.unit(from: start)
    guard UTF16.isTrailSurrogate(trail) else { throw error("half of a surrogate pair stands alone", at: start) }
    return UTF16.decode(UTF16.EncodedScalar([unit, trail]))
  }

  /// The value of the four hexadecimal digits that come next.
  private mutating func unit(from start: Int) throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error(#"expected four hexadecimal digits after `\u`"#, at: start)
      }
      unit = unit << 4 | UInt16(digit)
      offset += 1
    }
    return unit
  }

  // MARK: Bytes

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  private func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    offset += 1
    return true
  }

  private mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): offset += 1
      default: return
      }
    }
  }

  // MARK: Errors

  private func unexpected(_ expected: String) -> JSONError {
    offset == bytes.count ? error("the text ends where \(expected) is expected") : error("expected \(expected)")
  }

  private func error(_ message: String) -> JSONError { error(message, at: offset) }

  private func error(_ message: String, at offset: Int) -> JSONError {
    let before = bytes[..<offset]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    var start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    if start == 0, bytes.starts(with: Self.byteOrderMark) { start = Self.byteOrderMark.count }
    // Every scalar has one byte that is no continuation byte.
    let column = bytes[start..<max(start, offset)].count { $0 & 0xC0 != 0x80 } + 1
    return JSONError(message: message, line: line, column: column)
  }
}
