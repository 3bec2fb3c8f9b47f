#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif
internal import Diagnostics

/// Where a field stands in a block.
struct FieldMark {
  /// How a field is written.
  enum Spelling: UInt8 {
    /// Without quotes.
    case plain
    /// Between quotes, none inside; the mark leaves the quotes out.
    case quoted
    /// With quotes inside or around a part; the mark has all of them, and the field must be unescaped.
    case escaped
  }

  var start: Int
  var count: Int
  var spelling: Spelling
}

/// A window onto a stream of bytes: large reads into memory that is used again, in which rows are found.
///
/// All that finds fields in raw memory is here. The window keeps the unfinished row only; it grows for a row that is
/// larger than the window.
struct Block: ~Copyable {
  /// A row as found.
  enum Found {
    /// Complete; its fields are marked.
    case row
    /// It goes on beyond what was read.
    case incomplete
    /// There is nothing after the last row.
    case end
    /// A carriage return outside quotes without a line feed after it.
    case bareReturn(at: Int)
    /// The input ended within quotes.
    case unclosedQuote(at: Int)
  }

  private(set) var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0
  private(set) var isAtEnd = false
  /// The offset in the window of the row to find next.
  var position = 0
  /// The offsets of the row that was found last, its line end not included.
  var row = 0..<0
  /// Whether that row has a quote.
  private(set) var rowHasQuotes = false
  private var marks: UnsafeMutablePointer<FieldMark>
  private var markCapacity = 64
  /// How many fields the row has.
  private(set) var fieldCount = 0
  /// The row's fields that have quotes inside, or escapes, without them.
  var unescaped = ByteBuffer(capacity: 256)

  /// For what is open where JSON is nested.
  var open = ByteBuffer(capacity: 64)

  /// Bytes after the window's end that may be looked at, but mean nothing.
  private static let padding = 16

  /// An empty window of `capacity` bytes.
  init(capacity: Int) {
    self.capacity = capacity
    start = .allocate(capacity: capacity + Self.padding)
    start.initialize(repeating: 0, count: capacity + Self.padding)
    marks = .allocate(capacity: markCapacity)
  }

  deinit {
    start.deallocate()
    marks.deallocate()
  }

  /// The mark of the field at `index`.
  @inline(__always)
  borrowing func mark(_ index: Int) -> FieldMark {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: fieldCount))
    return marks[index]
  }

  /// The bytes of `range`, valid until the window moves.
  @inline(__always)
  borrowing func bytes(_ range: Range<Int>) -> Bytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Bytes(start: start + range.lowerBound, count: range.count)
  }

  /// What was read and not yet passed over.
  borrowing func rest() -> Bytes { bytes(position..<count) }

  /// Passes over `bytes` bytes.
  mutating func skip(_ bytes: Int) {
    precondition(bytes >= 0 && position + bytes <= count)
    position += bytes
  }

  /// Reads on, keeping all from `position`; larger and larger reads where one row does not fit.
  mutating func refill(from input: ByteInput) throws(Failure) {
    let kept = count - position
    if position > 0 {
      memmove(start, start + position, kept)
      position = 0
      count = kept
    }
    if count > capacity / 2 { grow() }
    let read = try input.read(into: UnsafeMutableRawBufferPointer(start: start + count, count: capacity - count))
    count += read
    if read == 0 { isAtEnd = true }
  }

  /// Whether all has been read.
  borrowing func hasReadAll() -> Bool { isAtEnd }

  private mutating func grow() {
    let larger = capacity * 2
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger + Self.padding)
    moved.initialize(repeating: 0, count: larger + Self.padding)
    moved.update(from: start, count: count)
    start.deallocate()
    start = moved
    capacity = larger
  }

  @inline(__always)
  private mutating func add(_ from: Int, _ to: Int, _ spelling: FieldMark.Spelling) {
    if fieldCount == markCapacity { growMarks() }
    marks[fieldCount] = FieldMark(start: from, count: to &- from, spelling: spelling)
    fieldCount &+= 1
  }

  @inline(never)
  private mutating func growMarks() {
    let moved = UnsafeMutablePointer<FieldMark>.allocate(capacity: markCapacity * 2)
    moved.update(from: marks, count: markCapacity)
    marks.deallocate()
    marks = moved
    markCapacity *= 2
  }

  // MARK: Finding rows

  /// Finds the row at `position`, marks its fields and moves on behind it; moves only where that row is complete.
  mutating func findRow(_ separators: Separators) -> Found {
    fieldCount = 0
    rowHasQuotes = false
    let limit = count
    if position == limit { return isAtEnd ? .end : .incomplete }
    var at = position
    while true {
      let from = at
      var spelling = FieldMark.Spelling.plain
      if at < limit, start[at] == separators.quote {
        rowHasQuotes = true
        var doubled = false
        guard let behind = closeQuote(at + 1, separators.quote, &doubled) else { return unclosed(at: from) }
        at = behind
        let isClean = at == limit || isSeparator(start[at], separators)
        if isClean, !doubled { spelling = .quoted } else { spelling = .escaped }
      }
      at = nextSpecial(at, separators)
      while at < limit, start[at] == separators.quote {
        rowHasQuotes = true
        spelling = .escaped
        var doubled = false
        guard let behind = closeQuote(at + 1, separators.quote, &doubled) else { return unclosed(at: at) }
        at = nextSpecial(behind, separators)
      }
      let trim = spelling == .quoted ? 1 : 0
      if at >= limit {
        guard isAtEnd else { return .incomplete }
        add(from + trim, limit - trim, spelling)
        return finish(limit, next: limit)
      }
      let byte = start[at]
      if byte == separators.delimiter {
        add(from + trim, at - trim, spelling)
        at &+= 1
        continue
      }
      if byte == UInt8(ascii: "\r") {
        if at + 1 == limit, !isAtEnd { return .incomplete }
        guard at + 1 < limit, start[at + 1] == UInt8(ascii: "\n") else {
          // Where the row ends cannot be told; what follows is passed over to its line's end.
          guard skipLine(from: at) else { return .incomplete }
          return .bareReturn(at: at)
        }
        add(from + trim, at - trim, spelling)
        return finish(at, next: at + 2)
      }
      add(from + trim, at - trim, spelling)
      return finish(at, next: at + 1)
    }
  }

  @inline(__always)
  private mutating func finish(_ end: Int, next: Int) -> Found {
    row = position..<end
    position = next
    return .row
  }

  private mutating func unclosed(at quote: Int) -> Found {
    guard isAtEnd else { return .incomplete }
    row = position..<count
    position = count
    return .unclosedQuote(at: quote)
  }

  private mutating func skipLine(from offset: Int) -> Bool {
    let found = memchr(start + offset, Int32(UInt8(ascii: "\n")), count - offset)
    if found == nil, !isAtEnd { return false }
    row = position..<offset
    position = found.map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(start) + 1 } ?? count
    return true
  }

  @inline(__always)
  private func isSeparator(_ byte: UInt8, _ separators: Separators) -> Bool {
    byte == separators.delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// The offset behind the quote that closes what was opened before `offset`; nothing where it is not there yet.
  @inline(__always)
  private func closeQuote(_ offset: Int, _ quote: UInt8, _ doubled: inout Bool) -> Int? {
    var at = offset
    while true {
      guard at < count, let found = memchr(start + at, Int32(quote), count - at) else { return nil }
      at = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - UnsafePointer(start) + 1
      if at == count { return isAtEnd ? at : nil }
      if start[at] != quote { return at }
      doubled = true
      at &+= 1
    }
  }

  /// The offset of the next delimiter, quote or line end, eight bytes a step; `count` or more where there is none.
  @inline(__always)
  private func nextSpecial(_ offset: Int, _ separators: Separators) -> Int {
    var at = offset
    while at < count {
      let word = UInt64(littleEndian: UnsafeRawPointer(start + at).loadUnaligned(as: UInt64.self))
      let found =
        Self.zeros(word ^ separators.delimiters) | Self.zeros(word ^ separators.quotes)
        | Self.zeros(word ^ Separators.lineFeeds) | Self.zeros(word ^ Separators.returns)
      if found != 0 { return min(at &+ (found.trailingZeroBitCount &>> 3), count) }
      at &+= 8
    }
    return count
  }

  /// The high bit of the lowest byte that is zero (bits above it may lie).
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
  }

  // MARK: Looking at a row

  /// The offset of the row's first NUL or first byte that is no UTF-8, if there is one.
  @inline(__always)
  borrowing func firstInvalidByte() -> Int? {
    var at = row.lowerBound
    let end = row.upperBound
    while at &+ 8 <= end {
      let word = UnsafeRawPointer(start + at).loadUnaligned(as: UInt64.self)
      if word & 0x8080_8080_8080_8080 != 0 || Self.zeros(word) != 0 { return slowFirstInvalidByte(from: at) }
      at &+= 8
    }
    while at < end {
      if start[at] == 0 || start[at] >= 0x80 { return slowFirstInvalidByte(from: at) }
      at &+= 1
    }
    return nil
  }

  /// Checks UTF-8 by the table of well-formed sequences (Unicode, table 3-7).
  @inline(never)
  private borrowing func slowFirstInvalidByte(from offset: Int) -> Int? {
    var at = offset
    let end = row.upperBound
    while at < end {
      let lead = start[at]
      if lead != 0, lead < 0x80 {
        at += 1
        continue
      }
      let (length, low, high): (Int, UInt8, UInt8) =
        switch lead {
        case 0xC2...0xDF: (2, 0x80, 0xBF)
        case 0xE0: (3, 0xA0, 0xBF)
        case 0xED: (3, 0x80, 0x9F)
        case 0xE1...0xEF: (3, 0x80, 0xBF)
        case 0xF0: (4, 0x90, 0xBF)
        case 0xF1...0xF3: (4, 0x80, 0xBF)
        case 0xF4: (4, 0x80, 0x8F)
        default: (0, 0, 0)
        }
      guard length > 0, at + length <= end, (low...high).contains(start[at + 1]) else { return at }
      for index in 2..<max(length, 2) where !(0x80...0xBF).contains(start[at + index]) { return at }
      at += length
    }
    return nil
  }

  // MARK: Giving the fields

  /// Gives the row's values to `table`: those that are `null` without quotes as NULL, the others without their quotes.
  @inline(__always)
  mutating func give(to table: inout FieldTable, quote: UInt8, null: [UInt8]) {
    table.start()
    table.raw = bytes(row)
    if rowHasQuotes {
      unescaped.truncate(to: 0)
      // All at once, so that what was given stays where it is.
      unescaped.reserve(row.count)
    }
    let isNullEmpty = null.isEmpty
    for index in 0..<fieldCount {
      let mark = marks[index]
      let value = Bytes(start: start + mark.start, count: mark.count)
      switch mark.spelling {
      case .plain: table.append((isNullEmpty ? mark.count == 0 : value.equals(null)) ? nil : value)
      case .quoted: table.append(value)
      case .escaped: table.append(unescape(value, quote))
      }
    }
  }

  /// Takes the quotes out as PostgreSQL does: they may open and close anywhere in a field, and a doubled one within
  /// quotes is one.
  @inline(never)
  private mutating func unescape(_ value: Bytes, _ quote: UInt8) -> Bytes {
    let first = unescaped.count
    var (from, isInside) = (0, false)
    while from < value.count {
      let byte = value[from]
      from += 1
      if byte == quote {
        guard isInside, from < value.count, value[from] == quote else {
          isInside.toggle()
          continue
        }
        from += 1
      }
      unescaped.append(byte)
    }
    return unescaped.bytes(first..<unescaped.count)
  }
}

/// The bytes that end a field, spread for looking at eight at once.
struct Separators {
  let delimiter: UInt8
  let quote: UInt8
  let delimiters: UInt64
  let quotes: UInt64
  static let lineFeeds: UInt64 = 0x0A0A_0A0A_0A0A_0A0A
  static let returns: UInt64 = 0x0D0D_0D0D_0D0D_0D0D

  init(delimiter: UInt8, quote: UInt8) {
    self.delimiter = delimiter
    self.quote = quote
    delimiters = UInt64(delimiter) &* 0x0101_0101_0101_0101
    quotes = UInt64(quote) &* 0x0101_0101_0101_0101
  }
}
