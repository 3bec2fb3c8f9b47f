internal import Diagnostics
internal import SystemPackage
internal import YAML

/// What is found while one resource is read: where its fields stand, and all that is wrong with them.
///
/// A shape that cannot read a value reports why and gives nothing; whoever asked goes on with the next one.
struct Reading {
  private(set) var diagnostics: [Diagnostic] = []
  /// The places of all values that are written, by their paths: `columns.total.type`, `key[0]`.
  private(set) var places = FieldPlaces()
  /// The resource's own fields that another one rules out, as reported by `refuse`.
  private(set) var refused: [String] = []
  /// The path of the value that is being read: `columns.total.type`.
  private(set) var path = ""
  /// What could be written in place of the value that was complained of last, as YAML.
  private(set) var instead: String?
  /// The project's folder, absolute; nothing for a spec out of the state, whose paths are relative already.
  let root: FilePath?
  /// Whether only some of a record's fields are there to be read, as under `defaults:`.
  var isPartial: Bool

  init(root: FilePath?, isPartial: Bool = false) {
    self.root = root
    self.isPartial = isPartial
  }

  /// Whether what is read is a spec out of the state, in the form that `write` gives.
  var isRecorded: Bool { root == nil }

  /// How much was wrong so far.
  var errorCount: Int { diagnostics.count }

  /// Reads the member `name` of what is being read.
  mutating func member<Result>(_ name: String, at place: Place, _ read: (inout Reading) -> Result) -> Result {
    within(path.isEmpty ? name : "\(path).\(name)", at: place, read)
  }

  /// Reads the element at `index` of what is being read.
  mutating func element<Result>(_ index: Int, at place: Place, _ read: (inout Reading) -> Result) -> Result {
    within("\(path)[\(index)]", at: place, read)
  }

  private mutating func within<Result>(_ inner: String, at place: Place, _ read: (inout Reading) -> Result) -> Result {
    let outer = path
    path = inner
    places.add(inner, place)
    defer { path = outer }
    return read(&self)
  }

  /// Sets the places of the elements of what is being read anew, in the order that they end up in.
  mutating func reorder(_ elements: [Place], of count: Int) {
    places.remove(Set((0..<count).map { "\(path)[\($0)]" }))
    for (index, place) in elements.enumerated() { places.add("\(path)[\(index)]", place) }
  }

  /// The place of the member `name` of what is being read, if it is written.
  func place(of name: String) -> Place? { places[path.isEmpty ? name : "\(path).\(name)"] }

  /// The place of the element at `index` of what is being read, if there is one.
  func place(ofElement index: Int) -> Place? { places["\(path)[\(index)]"] }

  /// What people call the value that is being read.
  var subject: String { path.isEmpty ? "this" : "`\(path)`" }

  /// Adds `diagnostic`.
  mutating func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }

  /// Adds an error about the member `name`, which is fine in itself but not beside its neighbours.
  mutating func refuse(
    _ name: String, _ message: String, help: [String] = [], because other: String? = nil
  ) {
    guard let place = place(of: name) else { return }
    let related = other.flatMap { self.place(of: $0) }.map { [RelatedPlace("because of this", at: $0)] } ?? []
    if path.isEmpty { refused.append(name) }
    report(Diagnostic(.error, "conflicting-fields", message, at: place, help: help, related: related))
  }

  /// Adds an error about those of `names` that are not written.
  mutating func require(_ names: [String], _ given: Given, in words: String, _ example: (String) -> String?) {
    let missing = names.filter { given.isMissing($0) }
    guard !missing.isEmpty else { return }
    let help = missing.compactMap { name in example(name).map { "write `\(name): \($0)`" } }
    report(.missing(missing.joined(separator: "`, `"), in: words, at: given.place, help: help))
  }

  /// Adds what is wrong with the value of `node`, which `complaint` says of its subject.
  mutating func complain(_ complaint: Complaint, about node: Node) {
    var help = complaint.help
    instead = complaint.instead
    if let instead = complaint.instead {
      help.insert(complaint.isText ? "did you mean `\(instead)`?" : "write `\(leaf)\(instead)`", at: 0)
    }
    var place = node.place
    if let part = complaint.part, let text = node.scalar?.text { place = place.part(part, of: text) }
    report(Diagnostic(.error, complaint.code, "\(subject) \(complaint.message)", at: place, help: help))
  }

  /// The name of the value that is being read, with a colon; nothing for an element of a list.
  private var leaf: String {
    let leaf = path.split(separator: ".").last ?? ""
    return leaf.isEmpty || leaf.hasSuffix("]") ? "" : "\(leaf): "
  }

  /// The text of a scalar that is not null; else reports that `words` are wanted.
  mutating func text(_ node: Node, wants words: String) -> String? {
    let scalar = node.scalar
    guard let scalar, scalar.style == .substituted || scalar.style != .unknown && scalar.kind != .null else {
      wrongType(node, wants: words)
      return nil
    }
    return scalar.text
  }

  /// Reports that `node` is not even of the kind that is wanted. Does not show its value, which may be a secret.
  ///
  /// - Parameter instead: what was probably meant, as YAML; for values that are no secrets.
  mutating func wrongType(_ node: Node, wants words: String, instead: String? = nil) {
    if node.scalar?.style == .unknown { return }
    let found = Self.kind(of: node)
    var complaint = Complaint("wants \(words), found \(found)", code: "wrong-type")
    if found == "nothing" {
      complaint.help = ["write a value, or leave the field out; a text that reads `null` stands in quotes"]
    } else if case .sequence(let nodes) = node.content, nodes.count == 1, instead == nil {
      complaint.help = ["write its one element without the brackets or the `-` of a list"]
    }
    complaint.instead = instead
    complain(complaint, about: node)
  }

  private static func kind(of node: Node) -> String {
    switch node.content {
    case .sequence: return "a list"
    case .mapping: return "a map"
    case .scalar(let scalar):
      switch scalar.kind {
      case .null: return "nothing"
      case .bool: return "true or false"
      case .int, .float: return "a number"
      case .string: return "a text"
      }
    }
  }
}

extension Node {
  /// The scalar, if it is one.
  var scalar: Scalar? { if case .scalar(let scalar) = content { scalar } else { nil } }
}

/// What is wrong with a value, as the rest of a sentence that starts with the value's name.
struct Complaint {
  var code: String
  var message: String
  var help: [String]
  /// What was probably meant, as YAML; it becomes the first line of help.
  var instead: String?
  /// Whether that is a text for the place of the text that is there; else it is shown with its field's name.
  var isText = false
  /// The part of the text that it is about, in Unicode scalars; nothing for all of it.
  var part: Range<Int>?

  init(_ message: String, code: String = "invalid-value", help: [String] = []) {
    self.code = code
    self.message = message
    self.help = help
  }

  /// `wants words, found text`.
  ///
  /// - Parameter meant: the text that was probably meant.
  static func wants(
    _ words: String, found text: String, meant: String? = nil, help: [String] = []
  ) -> Complaint {
    var complaint = Complaint(
      "wants \(words), found \(text.isEmpty ? "an empty text" : "`\(shortened(text))`")", help: help)
    complaint.instead = meant
    complaint.isText = true
    return complaint
  }

  /// `wants words, found text`, and the whole value that was probably meant, as YAML.
  static func wants(_ words: String, found text: String, instead: String?) -> Complaint {
    var complaint = wants(words, found: text, meant: instead)
    complaint.isText = false
    return complaint
  }

  private static func shortened(_ text: String) -> String {
    let line = text.prefix { !$0.isNewline }
    return line.count > 60 || line.count < text.count ? line.prefix(60) + "…" : text
  }
}
