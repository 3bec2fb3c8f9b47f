/// The fields' names that a stream of objects has had, and those that are wanted of it, found by their bytes.
///
/// Rows usually have the same names in the same order: after each name the one that followed it last is looked at first.
struct JSONKeys: ~Copyable {
  /// One name.
  struct Entry {
    fileprivate var start: Int
    fileprivate var count: Int
    fileprivate var next = -1
    /// Whether it stands in quotes just as it is: what is escaped there is looked at closely each time.
    fileprivate let isPlain: Bool
    /// Where in a row its value goes.
    var field: Int
    /// Whether it goes there as JSON text: a string with its quotes.
    var isJSON: Bool
    /// Where its JSON text goes too, where the field is wanted in both ways; else -1.
    var other = -1
  }

  private var names = ByteBuffer(capacity: 1024)
  private var entries: [Entry] = []
  private var table = [Int32](repeating: -1, count: 64)
  private var first = -1
  /// How many fields a row has.
  private(set) var fieldCount = 0
  /// The fields' names.
  private(set) var fieldNames: [String] = []

  /// How many names nobody asked for are kept: what keys objects by a number would fill memory.
  private static let strangers = 1000
  private var strangersLeft = strangers

  /// An empty set.
  init() {}

  /// The name at `index`.
  subscript(_ index: Int) -> Entry { @inline(__always) get { entries[index] } }

  /// Adds a name that is wanted.
  ///
  /// - Returns: the index of the field that it becomes.
  mutating func want(_ name: String, isJSON: Bool) -> Int {
    var bytes = ByteBuffer(capacity: name.utf8.count)
    bytes.append(name)
    guard let index = find(bytes.all()) else { return entries[add(bytes.all(), isJSON: isJSON)].field }
    if entries[index].isJSON == isJSON { return entries[index].field }
    if entries[index].other < 0 {
      entries[index].other = fieldCount
      fieldCount += 1
      fieldNames.append(name)
      // `other` is the one that is JSON text.
      if entries[index].isJSON { (entries[index].field, entries[index].other) = (fieldCount - 1, entries[index].field) }
      entries[index].isJSON = false
    }
    return isJSON ? entries[index].other : entries[index].field
  }

  /// The name that is expected behind that at `previous` (-1 at a row's start), where it stands in `text` with the quote
  /// that closes it.
  @inline(__always)
  borrowing func expected(after previous: Int, in text: Bytes) -> Int? {
    let index = previous < 0 ? first : entries[previous].next
    guard index >= 0 else { return nil }
    let count = entries[index].count
    guard text.count > count, text[count] == UInt8(ascii: "\""),
      text[0..<count].equals(names.bytes(entries[index].start..<entries[index].start &+ count))
    else { return nil }
    return index
  }

  /// How long the name at `index` is.
  @inline(__always)
  borrowing func count(of index: Int) -> Int { entries[index].count }

  /// The index of `name`, which stands behind that at `previous`; it is added where it is new.
  ///
  /// - Returns: nothing for one more than are kept.
  @inline(never)
  mutating func index(of name: Bytes, after previous: Int) -> Int? {
    var index = find(name)
    if index == nil, strangersLeft > 0 {
      strangersLeft -= 1
      index = add(name, isJSON: false)
    }
    guard let index else { return nil }
    guard entries[index].isPlain else { return index }
    if previous < 0 { first = index } else { entries[previous].next = index }
    return index
  }

  private mutating func add(_ name: Bytes, isJSON: Bool) -> Int {
    let isPlain = name.withUnsafeBytes { bytes in
      bytes.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }
    entries.append(
      Entry(start: names.count, count: name.count, isPlain: isPlain, field: fieldCount, isJSON: isJSON))
    names.append(name)
    fieldNames.append(name.text)
    fieldCount += 1
    if entries.count * 2 > table.count {
      table = [Int32](repeating: -1, count: table.count * 2)
      for index in entries.indices { enter(index) }
    } else {
      enter(entries.count - 1)
    }
    return entries.count - 1
  }

  private mutating func enter(_ index: Int) {
    var slot = slot(of: names.bytes(entries[index].start..<entries[index].start + entries[index].count))
    while table[slot] >= 0 { slot = (slot + 1) & (table.count - 1) }
    table[slot] = Int32(index)
  }

  private borrowing func find(_ name: Bytes) -> Int? {
    var slot = slot(of: name)
    while table[slot] >= 0 {
      let entry = entries[Int(table[slot])]
      if entry.count == name.count, name.equals(names.bytes(entry.start..<entry.start + entry.count)) {
        return Int(table[slot])
      }
      slot = (slot + 1) & (table.count - 1)
    }
    return nil
  }

  /// FNV-1a; the table's size is a power of two.
  private borrowing func slot(of name: Bytes) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in 0..<name.count { hash = (hash ^ UInt64(name[index])) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: (hash ^ hash >> 32) & UInt64(table.count - 1))
  }
}
