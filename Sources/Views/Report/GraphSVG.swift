extension ProjectGraph {
  /// The graph as an SVG image of its own, with its own style: sources to the left, tables to the right.
  public func svg() -> String { drawing(isAlone: true).text }

  /// - Parameter isAlone: whether it is a file, and not a part of a page.
  func drawing(isAlone: Bool) -> HTML {
    let layout = Layout(self)
    let boxes = nodes.indices.map { box(nodes[$0], at: layout.origins[$0]) }
    let lines = edges.map { line($0, layout) }
    let head: HTML = isAlone ? #"<svg xmlns="http://www.w3.org/2000/svg""# : "<svg"
    let style: HTML = isAlone ? "<style>\(Self.style)</style>" : ""
    return """
      \(head) class="graph" viewBox="0 0 \(layout.width) \(layout.height)" width="\(layout.width)" \
      height="\(layout.height)" role="img" aria-label="Sources, flows and tables">\(style)\
      <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
      <path d="M0 0 8 4 0 8z"/></marker></defs>
      \(lines)\(boxes)</svg>
      """
  }

  static let style: HTML = """
    .graph{font:13px system-ui,sans-serif}.graph rect{fill:#fff;stroke:#8aa0b5;rx:6px}.graph .flow rect{fill:#e8f1fb;stroke:#3572b0}\
    .graph .table rect{fill:#eef7ec;stroke:#4c8c4a}.graph text{fill:#1b2733}.graph .note{fill:#5c6b7a;font-size:11px}\
    .graph .edge{fill:none;stroke:#8aa0b5;stroke-width:1.5;marker-end:url(#tip)}.graph marker path{fill:#8aa0b5}\
    .graph .order{stroke-dasharray:4 4}
    """

  private static let boxWidth = 240, boxHeight = 44

  /// Where each node stands.
  private struct Layout {
    var origins: [(x: Int, y: Int)] = []
    var width = 3 * boxWidth + 2 * 110 + 20
    var height = 0

    init(_ graph: ProjectGraph) {
      var rows: [Node.Kind: Int] = [:]
      for node in graph.nodes {
        let column = node.kind == .source ? 0 : node.kind == .flow ? 1 : 2
        let row = rows[node.kind, default: 0]
        rows[node.kind] = row + 1
        origins.append((10 + column * (boxWidth + 110), 10 + row * (boxHeight + 14)))
      }
      height = (rows.values.max() ?? 0) * (boxHeight + 14) + 10
    }
  }

  private func box(_ node: Node, at origin: (x: Int, y: Int)) -> HTML {
    let kind: HTML = node.kind == .source ? "source" : node.kind == .flow ? "flow" : "table"
    return """
      <g class="\(kind)"><title>\(node.title)</title>\
      <rect x="\(origin.x)" y="\(origin.y)" width="\(Self.boxWidth)" height="\(Self.boxHeight)"/>\
      <text x="\(origin.x + 12)" y="\(origin.y + 19)">\(Self.shortened(node.title))</text>\
      <text class="note" x="\(origin.x + 12)" y="\(origin.y + 35)">\(Self.shortened(node.note))</text></g>

      """
  }

  private func line(_ edge: Edge, _ layout: Layout) -> HTML {
    let from = layout.origins[edge.from], to = layout.origins[edge.to]
    let middle = Self.boxHeight / 2
    guard !edge.isOrder else {
      // Both stand in one column: around its left side.
      let x = from.x
      return """
        <path class="edge order" d="M\(x) \(from.y + middle)C\(x - 60) \(from.y + middle) \(x - 60) \(to.y + middle) \(x) \
        \(to.y + middle)"/>

        """
    }
    let start = from.x + Self.boxWidth
    return """
      <path class="edge" d="M\(start) \(from.y + middle)C\(start + 60) \(from.y + middle) \(to.x - 60) \(to.y + middle) \
      \(to.x) \(to.y + middle)"/>

      """
  }

  /// As much as fits into a box; the whole is its title.
  private static func shortened(_ text: String) -> String {
    text.count > 30 ? "\(text.prefix(14))…\(text.suffix(15))" : text
  }
}
