#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A view of bytes that somebody else owns, every access checked against its bounds.
///
/// It is valid only until its owner changes: nobody keeps one beyond the row that it was lent for.
struct Bytes {
  private let start: UnsafePointer<UInt8>
  /// How many there are.
  let count: Int

  /// A view of `count` bytes from `start` on.
  @inline(__always)
  init(start: UnsafePointer<UInt8>, count: Int) {
    precondition(count >= 0)
    self.start = start
    self.count = count
  }

  /// A view of memory that is lent for as long.
  @inline(__always)
  init(_ memory: UnsafeRawBufferPointer) {
    guard let base = memory.baseAddress else {
      self = .none
      return
    }
    start = base.assumingMemoryBound(to: UInt8.self)
    count = memory.count
  }

  @inline(__always)
  subscript(_ index: Int) -> UInt8 {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    return start[index]
  }

  /// No bytes.
  static var none: Bytes { Bytes(start: ("" as StaticString).utf8Start, count: 0) }

  /// The bytes of `range`.
  @inline(__always)
  subscript(_ range: Range<Int>) -> Bytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Bytes(start: start + range.lowerBound, count: range.count)
  }

  /// Whether they are just `others`.
  @inline(__always)
  func equals(_ others: [UInt8]) -> Bool {
    guard count == others.count else { return false }
    return others.withUnsafeBufferPointer { $0.baseAddress.map { memcmp(start, $0, count) == 0 } ?? true }
  }

  /// Whether they are just `others`.
  @inline(__always)
  func equals(_ others: Bytes) -> Bool { count == others.count && memcmp(start, others.start, count) == 0 }

  /// Whether they are just the ASCII characters of `text`.
  func equals(_ text: StaticString) -> Bool {
    count == text.utf8CodeUnitCount && (count == 0 || memcmp(start, text.utf8Start, count) == 0)
  }

  /// The same as text; what is no UTF-8 becomes replacement characters.
  var text: String { String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }

  /// How many Unicode scalars there are, taking valid UTF-8 for granted.
  var scalarCount: Int {
    var scalars = 0
    for index in 0..<count where start[index] & 0xC0 != 0x80 { scalars += 1 }
    return scalars
  }

  /// How often `byte` occurs.
  func occurrences(of byte: UInt8) -> Int {
    var found = 0
    for index in 0..<count where start[index] == byte { found += 1 }
    return found
  }

  /// The offset of the last `byte`, if there is one.
  func lastIndex(of byte: UInt8) -> Int? {
    var index = count - 1
    while index >= 0 {
      if start[index] == byte { return index }
      index -= 1
    }
    return nil
  }

  /// Lends the memory for the time of `body`.
  @inline(__always)
  func withUnsafeBytes<T, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> T) throws(E) -> T {
    try body(UnsafeRawBufferPointer(start: start, count: count))
  }
}

/// Bytes of our own that grow at their end, in memory that is used again and again.
struct ByteBuffer: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// How many bytes there are.
  private(set) var count = 0

  /// An empty buffer with room for `capacity` bytes.
  init(capacity: Int) {
    self.capacity = max(capacity, 64)
    start = .allocate(capacity: self.capacity)
  }

  deinit { start.deallocate() }

  /// Makes room for `more` bytes beyond those that are there.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if count &+ more > capacity { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let larger = max(capacity * 2, count + more)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: start, count: count)
    start.deallocate()
    start = moved
    capacity = larger
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    start[count] = byte
    count &+= 1
  }

  @inline(__always)
  mutating func append(_ bytes: Bytes) {
    reserve(bytes.count)
    let target = start + count
    bytes.withUnsafeBytes { if let from = $0.baseAddress { memcpy(target, from, $0.count) } }
    count &+= bytes.count
  }

  mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { append(Bytes(start: base, count: buffer.count)) }
    }
  }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      if let base = utf8.baseAddress { append(Bytes(start: base, count: utf8.count)) }
    }
  }

  /// Appends an integer in network byte order.
  @inline(__always)
  mutating func append<Integer: FixedWidthInteger>(bigEndian value: Integer) {
    let size = MemoryLayout<Integer>.size
    reserve(size)
    UnsafeMutableRawPointer(start + count).storeBytes(of: value.bigEndian, as: Integer.self)
    count &+= size
  }

  /// Overwrites what stands at `offset` by an integer in network byte order.
  @inline(__always)
  mutating func put<Integer: FixedWidthInteger>(bigEndian value: Integer, at offset: Int) {
    precondition(offset >= 0 && offset + MemoryLayout<Integer>.size <= count)
    UnsafeMutableRawPointer(start + offset).storeBytes(of: value.bigEndian, as: Integer.self)
  }

  /// The integer that stands at `offset` in network byte order.
  func integer<Integer: FixedWidthInteger>(_: Integer.Type, at offset: Int) -> Integer {
    precondition(offset >= 0 && offset + MemoryLayout<Integer>.size <= count)
    return Integer(bigEndian: UnsafeRawPointer(start + offset).loadUnaligned(as: Integer.self))
  }

  /// Appends an integer as decimal digits.
  mutating func append(decimal value: Int) {
    reserve(20)
    var rest = value.magnitude
    if value < 0 { append(UInt8(ascii: "-")) }
    var digits = 1
    var bound: UInt = 10
    while digits < 20, rest >= bound {
      digits += 1
      let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
      if overflow { break }
      bound = next
    }
    count += digits
    for index in 1...digits {
      start[count - index] = UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0")
      rest /= 10
    }
  }

  /// Keeps the first `count` bytes.
  @inline(__always)
  mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= self.count)
    self.count = count
  }

  /// A view of `range`, valid until the buffer changes.
  @inline(__always)
  borrowing func bytes(_ range: Range<Int>) -> Bytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Bytes(start: start + range.lowerBound, count: range.count)
  }

  /// A view of everything, valid until the buffer changes.
  borrowing func all() -> Bytes { Bytes(start: start, count: count) }
}
