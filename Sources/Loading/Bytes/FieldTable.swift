/// The values of one row: views of memory that its reader owns, valid until the next row.
///
/// The first places hold what does not come from the source, so that a column's value is found by one look whatever it
/// is made of; the reader's fields come behind.
struct FieldTable: ~Copyable {
  /// The places that no reader fills.
  enum Place {
    /// Always NULL.
    static let null = 0
    static let loadedAt = 1
    static let loadID = 2
    static let file = 3
    static let line = 4
    /// The reader's first field.
    static let first = 5
  }

  private var values: UnsafeMutablePointer<Bytes?>
  private var capacity = 64
  private var end = Place.first
  /// The whole row as it stands in the source.
  var raw = Bytes.none

  /// A row without fields.
  init() {
    values = .allocate(capacity: capacity)
    values.initialize(repeating: nil, count: capacity)
  }

  deinit { values.deallocate() }

  /// How many fields the reader gave.
  var count: Int { end &- Place.first }

  /// The value at `place`; nothing for NULL.
  @inline(__always)
  borrowing func value(_ place: Int) -> Bytes? {
    precondition(UInt(bitPattern: place) < UInt(bitPattern: end))
    return values[place]
  }

  /// The reader's field at `index`; nothing for NULL.
  @inline(__always)
  borrowing func field(_ index: Int) -> Bytes? { value(index &+ Place.first) }

  /// Sets what is at `place`.
  mutating func set(_ place: Int, to value: Bytes?) {
    precondition(place >= 0 && place < end)
    values[place] = value
  }

  /// Starts a row of `count` fields, all NULL; each is to be set by `setField`.
  mutating func start(count: Int) {
    precondition(count >= 0)
    end = Place.first
    reserve(count)
    (values + Place.first).update(repeating: nil, count: count)
    end = Place.first &+ count
  }

  /// Sets the reader's field at `index`.
  @inline(__always)
  mutating func setField(_ index: Int, to value: Bytes?) {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    values[index &+ Place.first] = value
  }

  /// Starts a row of as many fields as `append` gives.
  @inline(__always)
  mutating func start() { end = Place.first }

  /// Adds the reader's next field.
  @inline(__always)
  mutating func append(_ value: Bytes?) {
    if end == capacity { reserve(1) }
    values[end] = value
    end &+= 1
  }

  @inline(never)
  private mutating func reserve(_ more: Int) {
    guard end + more > capacity else { return }
    let larger = max(capacity * 2, end + more)
    let moved = UnsafeMutablePointer<Bytes?>.allocate(capacity: larger)
    moved.initialize(repeating: nil, count: larger)
    moved.update(from: values, count: end)
    values.deallocate()
    values = moved
    capacity = larger
  }
}
