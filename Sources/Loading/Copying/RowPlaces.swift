/// Finds rows again in their sources, one after the other, in one reading.
struct RowPlaces: ~Copyable {
  /// Where a row stands.
  struct Place {
    /// Nothing for inline rows, and for what a program printed.
    var file: String?
    /// The line on which it starts, or the row's number.
    var line: Int

    /// `data/orders.csv:17`, `row 3`.
    var words: String { file.map { "\($0):\(line)" } ?? "row \(line)" }
  }

  private let parts: [SourcePart]
  private let starts: [Int]
  private var reader: (any RowReader)?
  private var part = -1
  /// The last row that was read.
  private var ordinal = 0
  private var row = FieldTable()

  /// - Parameter starts: for each part, how many rows were read before it.
  init(_ parts: [SourcePart], starts: [Int]) {
    self.parts = parts
    self.starts = starts
  }

  /// Where the row with this ordinal stands; nothing for one of a database.
  ///
  /// - Parameter wanted: greater than the last one that was asked for.
  mutating func next(_ wanted: Int) -> Place? {
    guard let part = part(of: wanted) else { return nil }
    // A program is not run again.
    guard parts[part].file != nil else { return Place(file: nil, line: wanted - starts[part]) }
    return reader(before: wanted + 1, in: part).map { Place(file: parts[part].name, line: $0.line) }
  }

  /// The part that the row with this ordinal is of; nothing for one of a database.
  func part(of wanted: Int) -> Int? {
    guard let part = starts.lastIndex(where: { $0 < wanted }), parts.indices.contains(part),
      parts[part].database == nil
    else { return nil }
    return part
  }

  /// A reader of a part that has read all rows before this one.
  mutating func reader(before wanted: Int, in index: Int) -> (any RowReader)? {
    if index != part {
      reader = try? parts[index].open()
      (part, ordinal) = (index, starts[index])
    }
    guard let reader else { return nil }
    while ordinal < wanted - 1 {
      ordinal += 1
      do { guard try reader.next(into: &row) else { return nil } } catch is RowFault { continue } catch { return nil }
    }
    return reader
  }
}
