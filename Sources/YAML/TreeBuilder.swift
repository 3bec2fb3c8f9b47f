internal import Diagnostics

/// Makes trees of a text's events: resolves aliases, and refuses what manifests may not hold.
struct TreeBuilder: ~Copyable {
  /// What an anchor stands for, once its value has ended.
  private struct Anchored {
    var node: Node
    var size: Int
    var height: Int
  }

  private(set) var diagnostics: [Diagnostic] = []
  private var events: EventReader
  private let file: String
  private let limits: Limits
  private var anchors: [String: Anchored] = [:]
  /// Anchors whose value has not ended: an alias to one would hold itself.
  private var open: Set<String> = []
  private var aliased = 0
  private var tooManyAliases = false
  /// The values read so far, aliased ones included, and the deepest that was reached: what an anchor's value adds.
  private var size = 0
  private var deepest = 0

  init(_ events: consuming EventReader, file: String, limits: Limits) {
    self.events = events
    self.file = file
    self.limits = limits
  }

  /// The next document's value; nothing at the end.
  mutating func document() throws(SyntaxProblem) -> Node? {
    while true {
      switch try events.next() {
      case .streamStart, .documentEnd: continue
      case .documentStart:
        anchors = [:]
        open = []
        return try node(of: try events.next(), depth: 0)
      default: return nil
      }
    }
  }

  private mutating func node(of event: Event, depth: Int) throws(SyntaxProblem) -> Node {
    let start = events.start
    size += 1
    deepest = max(deepest, depth)
    switch event {
    case .alias(let name): return alias(name, depth: depth)
    case .scalar(let text, let isPlain, let properties):
      let node = scalar(text, isPlain: isPlain, properties.tag)
      if let anchor = properties.anchor { anchors[anchor] = Anchored(node: node, size: 1, height: 0) }
      return node
    case .sequenceStart(let properties):
      return try collection(properties, "seq", from: start, depth) { (builder) throws(SyntaxProblem) in
        .sequence(try builder.elements(depth: depth + 1))
      }
    case .mappingStart(let properties):
      return try collection(properties, "map", from: start, depth) { (builder) throws(SyntaxProblem) in
        try builder.map(depth: depth + 1)
      }
    default: preconditionFailure("libyaml balances its events")
    }
  }

  /// A list or a map, with its anchor and its tag.
  private mutating func collection(
    _ properties: Event.Properties, _ tag: String, from start: Mark, _ depth: Int,
    _ content: (inout TreeBuilder) throws(SyntaxProblem) -> Node.Content
  ) throws(SyntaxProblem) -> Node {
    checkTag(properties.tag, isOneOf: [tag])
    // libyaml's time is quadratic in the depth, so that the rest is not even passed over.
    guard depth < limits.depth else { throw SyntaxProblem(deeperThan: limits.depth, at: start) }
    guard let anchor = properties.anchor else {
      let content = try content(&self)
      return Node(content, at: place(start, around: content))
    }
    let (sizeBefore, deepestBefore) = (size, deepest)
    deepest = depth
    open.insert(anchor)
    let content = try content(&self)
    let node = Node(content, at: place(start, around: content))
    open.remove(anchor)
    anchors[anchor] = Anchored(node: node, size: size - sizeBefore + 1, height: deepest - depth)
    deepest = max(deepest, deepestBefore)
    return node
  }

  private mutating func elements(depth: Int) throws(SyntaxProblem) -> [Node] {
    var elements: [Node] = []
    while true {
      let event = try events.next()
      if case .sequenceEnd = event { return elements }
      elements.append(try node(of: event, depth: depth))
    }
  }

  private mutating func map(depth: Int) throws(SyntaxProblem) -> Node.Content {
    var entries = KeyedEntries()
    var hasComplexKey = false
    while true {
      let event = try events.next()
      if case .mappingEnd = event {
        // What was meant is not known, and nothing more is to be said of it.
        return hasComplexKey && entries.all.isEmpty ? .scalar(Scalar("", .unknown)) : .mapping(entries.all)
      }
      let key = try node(of: event, depth: depth)
      let value = try node(of: try events.next(), depth: depth)
      guard case .scalar(let scalar) = key.content else {
        diagnostics.append(
          Diagnostic(
            .error, "complex-key", "a key is a text, not a list or a map", at: Self.firstScalar(of: key),
            help: ["a value that starts with `{{` stands in quotes; a variable is written `${name}`"]))
        hasComplexKey = true
        continue
      }
      let entry = Entry(key: scalar.text, keyPlace: key.place, value: value)
      if let first = entries.insert(entry) {
        diagnostics.append(
          Diagnostic(
            .error, "duplicate-key", "the key `\(entry.key)` stands here a second time", at: entry.keyPlace,
            help: ["remove one of the two"], related: [RelatedPlace("the first one", at: first)]))
      }
    }
  }

  /// The start of a node that may span lines.
  private static func firstScalar(of node: Node) -> Place {
    Place(file: node.place.file, line: node.place.line, column: node.place.column)
  }

  private mutating func alias(_ name: String, depth: Int) -> Node {
    let place = place(events.start, events.end)
    let nothing = Node(.scalar(Scalar("", .unknown)), at: place)
    guard let anchored = anchors[name] else {
      let message =
        open.contains(name) ? "`*\(name)` stands for a value that holds it" : "there is no `&\(name)` before"
      diagnostics.append(
        open.contains(name)
          ? Diagnostic(.error, "alias-expansion", message, at: place)
          : Diagnostic(
            .error, "unknown-anchor", message, at: place,
            help: ["write the value itself; a text that starts with `*` stands in quotes"]))
      return nothing
    }
    aliased += anchored.size
    guard aliased <= limits.aliasedNodes else {
      if !tooManyAliases {
        diagnostics.append(
          Diagnostic(
            .error, "alias-expansion", "the file's aliases stand for more than \(limits.aliasedNodes) values", at: place
          ))
      }
      tooManyAliases = true
      return nothing
    }
    guard depth + anchored.height <= limits.depth else {
      diagnostics.append(
        Diagnostic(.error, "too-deep", "with `*\(name)`, values are nested more than \(limits.depth) deep", at: place))
      return nothing
    }
    size += anchored.size
    deepest = max(deepest, depth + anchored.height)
    return anchored.node
  }

  private mutating func scalar(_ text: String, isPlain: Bool, _ tag: String?) -> Node {
    let place = place(events.start, events.end)
    if text.utf8.contains(0) {
      diagnostics.append(
        Diagnostic(.error, "invalid-character", "a value may not hold U+0000, as PostgreSQL takes none", at: place))
    }
    guard let tag else { return Node(.scalar(Scalar(text, isPlain ? .plain : .quoted)), at: place) }
    guard tag != "!", tag != Self.core + "str" else { return Node(.scalar(Scalar(text, .quoted)), at: place) }
    switch ScalarKind(plain: text) {
    case .null: checkTag(tag, isOneOf: ["null"])
    case .bool: checkTag(tag, isOneOf: ["bool"])
    case .int: checkTag(tag, isOneOf: ["int", "float"])
    case .float: checkTag(tag, isOneOf: ["float"])
    case .string: checkTag(tag, isOneOf: [])
    }
    return Node(.scalar(Scalar(text, .plain)), at: place)
  }

  private static let core = "tag:yaml.org,2002:"

  private mutating func checkTag(_ tag: String?, isOneOf names: [String]) {
    guard let tag, tag != "!", !names.contains(where: { tag == Self.core + $0 }) else { return }
    let shown = tag.hasPrefix(Self.core) ? "!!" + tag.dropFirst(Self.core.count) : tag
    diagnostics.append(
      Diagnostic(
        .error, "unknown-tag", "the tag `\(shown)` means nothing here",
        at: Place(file: file, line: Int(events.start.line) + 1, column: Int(events.start.column) + 1),
        help: ["remove the tag"]))
  }

  /// The place of a list or a map that has just ended: one without brackets ends with what it holds last.
  private func place(_ start: Mark, around content: Node.Content) -> Place {
    var place = place(start, events.end)
    let hasBrackets = events.start != events.end
    let last: Place? =
      switch content {
      case .scalar: nil
      case .sequence(let nodes): nodes.last?.place
      case .mapping(let entries): entries.last?.value.place
      }
    guard !hasBrackets, let last, (last.line, last.column) >= (place.line, place.column) else { return place }
    (place.endLine, place.endColumn) = (last.endLine, last.endColumn)
    return place
  }

  private func place(_ start: Mark, _ end: Mark) -> Place {
    Place(
      file: file, line: Int(start.line) + 1, column: Int(start.column) + 1, endLine: Int(end.line) + 1,
      endColumn: Int(end.column) + 1)
  }
}
