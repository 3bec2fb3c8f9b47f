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
  ///     orders   9,876,543 rows read   the server is at work   2 min 5 s
  ///
  /// - Parameter nameWidth: the cells for the flow's name, so that several lines stand below one another.
  public func terminalLine(_ progress: LoadProgress, nameWidth: Int) -> String {
    var line = name(progress.flow, nameWidth)
    for part in parts(of: progress) {
      let longer = line + "   " + part
      if longer.displayWidth > style.width { break }
      line = longer
    }
    return line
  }

  /// The line of a flow that waits, at most `style.width` cells.
  ///
  ///     orders   another load of sales.orders is running (process 4711, sluice, since 2024-01-01 06:00:00+00)
  public func waitingLine(_ flow: String, _ message: String, nameWidth: Int) -> String {
    "\(name(flow, nameWidth))   \(message.printable())".cut(to: style.width)
  }

  /// The line of what the command waits for, at most `style.width` cells: `Looking at warehouse… 3 s`.
  public func activityLine(_ words: String, seconds: Int) -> String {
    let time = seconds > 0 ? "… \(Numbers.grouped(seconds)) s" : "…"
    return style.paint((words.printable() + time).cut(to: style.width), .dim)
  }

  /// The lines that fit on a terminal of so many rows: what is left out is counted in the last one.
  public func fitting(_ lines: [String], rows: Int) -> [String] {
    let room = max(1, rows - 1)
    if lines.count <= room { return lines }
    let more = "… and \(Numbers.grouped(lines.count - (room - 1))) more".cut(to: style.width)
    return lines.prefix(room - 1) + [more]
  }

  /// The cells for the names of `flows`: those of the longest one, but no more than a third of the line.
  public func nameWidth(of flows: [String]) -> Int {
    let longest = flows.map { $0.printable().displayWidth }.max() ?? 0
    return min(longest, max(8, style.width / 3))
  }

  private func name(_ flow: String, _ width: Int) -> String {
    flow.printable().cut(to: min(width, style.width)).padded(to: min(width, style.width))
  }

  /// A flow's line in a log: `orders: 1,234,567 rows, 45,000 rows/s, 120.5 MB of 1.2 GB, 10 %, 24 s left`.
  public func logLine(_ progress: LoadProgress) -> String {
    "\(progress.flow.printable()): \(parts(of: progress).joined(separator: ", "))"
  }

  /// `window 12 of 182 (2024-01-12)`.
  static func words(for window: LoadWindow) -> String {
    "window \(Numbers.grouped(window.number)) of \(Numbers.grouped(window.count)) (\(window.range))"
  }

  /// The line of a log when a window has ended: `orders: window 12 of 182 (2024-01-12): loaded, 1,234 rows`.
  public func windowLine(_ outcome: LoadOutcome) -> String? {
    outcome.window.map { window in
      let rows = outcome.status == .loaded ? ", \(Numbers.counted(outcome.counts.read, "row"))" : ""
      return "\(outcome.flow.printable()): \(Self.words(for: window)): \(outcome.status.rawValue)\(rows)"
    }
  }

  private func parts(of progress: LoadProgress) -> [String] {
    var parts = progress.window.map { [Self.words(for: $0)] } ?? []
    if progress.isServerAtWork {
      if progress.rows > 0 { parts.append("\(Numbers.counted(progress.rows, "row")) read") }
      return parts + ["the server is at work", Numbers.duration(seconds: progress.seconds)]
    }
    parts.append(Numbers.counted(progress.rows, "row"))
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
