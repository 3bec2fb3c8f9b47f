internal import Catalog
public import Manifests
internal import Planning

/// Where a project's rows come from and go to: sources, flows and tables, and what leads from one to the other.
public struct ProjectGraph: Sendable {
  /// A source, a flow or a table.
  public struct Node: Sendable, Hashable {
    /// What it is.
    public enum Kind: Sendable, Hashable { case source, flow, table }

    public var kind: Kind
    /// What is shown first: a path, a flow's name, a table.
    public var title: String
    /// What is shown below: the name of the source, the write mode, the authorizer.
    public var note: String
  }

  /// A way that rows go, or an order of flows.
  public struct Edge: Sendable, Hashable {
    /// The positions of its ends among the nodes.
    public var from: Int
    public var to: Int
    /// Whether the one merely comes after the other (`after:`).
    public var isOrder: Bool
  }

  /// Sources, then flows, then tables, each in the order of the flows.
  public private(set) var nodes: [Node] = []
  public private(set) var edges: [Edge] = []

  /// The graph of a project.
  public init(_ project: Project) {
    let designs = project.designs()
    var positions: [Node: Int] = [:]
    func position(_ node: Node) -> Int {
      if let known = positions[node] { return known }
      positions[node] = nodes.count
      nodes.append(node)
      return nodes.count - 1
    }
    let flows = designs.map { Node(kind: .flow, title: $0.flow.name, note: $0.spec.writeMode.rawValue) }
    let inputs = designs.map { design in
      design.sources.map { source in
        let name = design.spec.inputs.first { $0.name == source.name }?.sourceName
        return Node(kind: .source, title: source.source.place, note: name ?? source.source.kindInWords)
      }
    }
    let tables = designs.map { design in
      Node(kind: .table, title: design.table.sql, note: design.authorizer)
    }
    for node in inputs.joined() { _ = position(node) }
    for node in flows { _ = position(node) }
    for node in tables { _ = position(node) }
    let places = Dictionary(flows.map { ($0.title, position($0)) }) { first, _ in first }
    for (index, design) in designs.enumerated() {
      let flow = position(flows[index])
      for input in inputs[index] { edges.append(Edge(from: position(input), to: flow, isOrder: false)) }
      edges.append(Edge(from: flow, to: position(tables[index]), isOrder: false))
      for name in design.spec.after {
        if let before = places[name] { edges.append(Edge(from: before, to: flow, isOrder: true)) }
      }
    }
  }
}

extension Flow.NamedInput {
  fileprivate var sourceName: String? { if case .named(let name) = input { name } else { nil } }
}

extension Source {
  /// Where its rows are, in a few words.
  fileprivate var place: String {
    switch self {
    case .files(let source): source.path
    case .postgres(let source): "\(source.authorizer): \(source.table ?? source.query.map(Self.shortened) ?? "")"
    case .rows(let source): "\(source.rows.count) rows"
    // Arguments may hold what is nobody's business.
    case .program(let source): source.command.first ?? ""
    }
  }

  fileprivate var kindInWords: String {
    switch self {
    case .files: "files"
    case .postgres: "PostgreSQL"
    case .rows: "rows in the manifest"
    case .program: "a program"
    }
  }

  private static func shortened(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count > 40 ? "\(words.prefix(40))…" : words
  }
}
