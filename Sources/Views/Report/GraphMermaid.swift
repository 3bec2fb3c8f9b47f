extension ProjectGraph {
  /// The graph in Mermaid's language, as GitHub and GitLab draw it in Markdown.
  public func mermaid() -> String {
    var lines = ["flowchart LR"]
    for (index, node) in nodes.enumerated() {
      let label = "\(Self.escaped(node.title))<br/><small>\(Self.escaped(node.note))</small>"
      switch node.kind {
      case .source: lines.append("  n\(index)([\"\(label)\"])")
      case .flow: lines.append("  n\(index)[\"\(label)\"]")
      case .table: lines.append("  n\(index)[(\"\(label)\")]")
      }
    }
    for edge in edges {
      lines.append(edge.isOrder ? "  n\(edge.from) -. before .-> n\(edge.to)" : "  n\(edge.from) --> n\(edge.to)")
    }
    return lines.joined(separator: "\n")
  }

  /// `text` without what Mermaid, or the HTML that it makes, would take for its own: all but plain characters as
  /// Mermaid's entities.
  private static func escaped(_ text: String) -> String {
    text.printable().unicodeScalars.reduce(into: "") { result, scalar in
      let isPlain =
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        || " _-./,:".unicodeScalars.contains(scalar)
      result += isPlain ? String(scalar) : "#\(scalar.value);"
    }
  }
}
