public import Planning

/// Draws how far loads have come.
public struct ProgressView: Sendable {
  /// Colour and width.
  public var style: Style

  /// Makes a view.
  public init(style: Style) { self.style = style }

  /// A flow's line on a terminal, at most `style.width` cells: what does not fit is left out from the end.
  ///
  ///     orders   1,234,567 rows   45,000 rows/s   120.5 MB of 1.2 GB   10 %   24 s left
  ///
  /// - Parameter nameWidth: the cells for the flow's name, so that several lines stand below one another.
  public func terminalLine(_ progress: LoadProgress, nameWidth: Int = 0) -> String {
    var line = progress.flow.printable().padded(to: nameWidth).cut(to: style.width)
    for part in parts(of: progress) {
      let longer = line + "   " + part
      if longer.displayWidth > style.width { break }
      line = longer
    }
    return line
  }

  /// A flow's line in a log: `orders: 1,234,567 rows, 45,000 rows/s, 120.5 MB of 1.2 GB, 10 %, 24 s left`.
  public func logLine(_ progress: LoadProgress) -> String {
    "\(progress.flow.printable()): \(parts(of: progress).joined(separator: ", "))"
  }

  private func parts(of progress: LoadProgress) -> [String] {
    var parts = [Numbers.counted(progress.rows, "row")]
    if progress.seconds > 0 {
      parts.append("\(Numbers.fixed(Double(progress.rows) / progress.seconds, digits: 0)) rows/s")
    }
    // A file that grows while it is read is larger than was known: then nothing is known.
    guard let total = progress.totalBytes, total > 0, progress.bytes <= total else {
      return progress.bytes > 0 ? parts + [Numbers.bytes(progress.bytes)] : parts
    }
    let share = Double(progress.bytes) / Double(total)
    parts.append("\(Numbers.bytes(progress.bytes)) of \(Numbers.bytes(total))")
    parts.append("\(Int(share * 100)) %")
    // The first second says little about the others.
    if share > 0, share < 1, progress.seconds >= 1 {
      parts.append("\(Numbers.duration(seconds: progress.seconds / share - progress.seconds)) left")
    }
    return parts
  }
}
