internal import Planning

/// A small chart of a flow's last loads, the oldest to the left: rows as bars, seconds as a line, failures in red.
struct LoadChart {
  /// The newest first, as a history has them.
  var loads: [RecordedLoad]

  private static let height = 48, step = 12

  var html: HTML {
    let loads = loads.filter { ![.waiting, .paused, .resumed].contains($0.status) }.reversed()
    let mostRows = max(loads.map { Self.rows($0) }.max() ?? 0, 1)
    let mostSeconds = max(loads.map(\.seconds).max() ?? 0, 0.001)
    let bars = loads.enumerated().map { index, load -> HTML in
      let isFailed = load.status == .failed
      let size = isFailed ? Self.height : max(Self.rows(load) * Self.height / mostRows, 1)
      let kind: HTML = isFailed ? "bar failed" : "bar"
      let words =
        "\(load.started): \(load.status.rawValue), \(Numbers.grouped(Self.rows(load))) rows, "
        + "\(Numbers.fixed(load.seconds, digits: 2)) s"
      return """
        <rect class="\(kind)" x="\(index * Self.step)" y="\(Self.height - size)" width="\(Self.step - 3)" height="\(size)">\
        <title>\(words)</title></rect>
        """
    }
    let points = loads.enumerated().map { index, load -> HTML in
      "\(index * Self.step + 4),\(Self.height - Int(load.seconds / mostSeconds * Double(Self.height - 4)) - 2) "
    }
    let width = loads.count * Self.step
    return """
      <svg class="loads" viewBox="0 0 \(width) \(Self.height)" width="\(width)" height="\(Self.height)" role="img" \
      aria-label="Rows and seconds of the last loads">\(bars)<polyline points="\(points)"/></svg>
      """
  }

  private static func rows(_ load: RecordedLoad) -> Int {
    load.counts.inserted + load.counts.updated + load.counts.deleted
  }

  static let style: HTML = """
    .loads .bar{fill:#7fb2e5}.loads .failed{fill:#d64545;opacity:.55}\
    .loads polyline{fill:none;stroke:#b36b00;stroke-width:1.5}
    """
}
