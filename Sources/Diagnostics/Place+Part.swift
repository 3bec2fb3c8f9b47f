extension Place {
  /// The place of a part of `text`, which is written here; all of it where it is not written on one line just as it is, but
  /// for quotes around it.
  ///
  /// - Parameter part: in Unicode scalars from the text's start.
  public func part(_ part: Range<Int>, of text: String) -> Place {
    let quotes = endColumn - column - text.unicodeScalars.count
    guard line == endLine, quotes == 0 || quotes == 2 else { return self }
    let start = column + quotes / 2 + part.lowerBound
    let end = column + quotes / 2 + part.upperBound
    guard start < endColumn, end <= endColumn else { return self }
    return Place(file: file, line: line, column: start, endColumn: max(end, start + 1))
  }
}
