internal import JSON
internal import Manifests

/// A field by its path from a kind, or from sluice.yaml: `source.csv.delimiter`.
struct FieldTopic {
  /// A step of the path: a field's name, or a name of the user's choosing.
  enum Part: Hashable {
    case field(String)
    case name(String)
  }

  /// The kind; nothing for a setting of sluice.yaml.
  let kind: Kind?
  var parts: [Part] = []
  /// What is declared there, once for each sort of source that says something else.
  var fields: [FieldDescription]

  /// All fields of `kind`, or of sluice.yaml.
  init(root kind: Kind?) {
    self.kind = kind
    fields = kind?.fields ?? ProjectSettings.fields
  }

  /// The name by which it is asked for.
  var topic: String {
    ([kind?.rawValue ?? ProjectSettings.file]
      + parts.map { part in
        switch part {
        case .field(let name): name
        case .name: "NAME"
        }
      }).joined(separator: ".")
  }

  /// The fields directly below.
  var members: [FieldTopic] {
    let all = parts.isEmpty ? fields : fields.flatMap(\.members)
    let isNamed = !parts.isEmpty && fields.contains(where: \.membersAreNamed)
    var known: Set<String> = []
    return all.filter { known.insert($0.name).inserted }.map { member in
      var topic = self
      if isNamed { topic.parts.append(.name(sampleName)) }
      topic.parts.append(.field(member.name))
      topic.fields = all.filter { $0.name == member.name }
      return topic
    }
  }

  /// The field that `path` leads to from here; a name of the user's choosing may stand in it, or be left out.
  func descend(_ path: some Collection<String>) -> FieldTopic? {
    guard let next = path.first else { return parts.isEmpty ? nil : self }
    if let member = members.first(where: { $0.parts.last == .field(next) }) { return member.descend(path.dropFirst()) }
    guard !parts.isEmpty, fields.contains(where: \.membersAreNamed) else { return nil }
    let rest = path.dropFirst()
    guard let inner = rest.first else { return self }
    return members.first { $0.parts.last == .field(inner) }?.descend(rest.dropFirst())
  }

  /// The explanations: one for each sort of source that declares the field in another way.
  var explanations: [Explanation] {
    var groups: [(field: FieldDescription, variants: [String])] = []
    for field in fields {
      var plain = field
      plain.variant = nil
      let variants = field.variant.map { [$0] } ?? []
      if let index = groups.firstIndex(where: { $0.field == plain }) {
        groups[index].variants += variants
      } else {
        groups.append((plain, variants))
      }
    }
    return groups.map { explanation(of: $0.field, in: $0.variants) }
  }

  private func explanation(of field: FieldDescription, in variants: [String]) -> Explanation {
    var page = Explanation(topic, kind == nil ? .setting : .field, field.summary)
    if !variants.isEmpty {
      page.facts.append(.init("For", "a source of \(variants.joined(separator: ", or of "))"))
    }
    page.facts.append(.init("Type", field.words == field.name ? "a map of the fields below" : field.words))
    if let value = field.shownDefault { page.facts.append(.init("Default", value)) }
    page.facts.append(.init("Required", field.isRequired ? "yes" : FieldNotes.required[topic] ?? "no"))
    if let kind, let defaults = defaults(of: field, kind) { page.facts.append(.init("Also in", defaults)) }
    let known = FieldNotes.values[field.name] ?? [:]
    page.values = field.choices.compactMap { choice in known[choice].map { .init(choice, $0) } }
    page.fields = WordPages.entries(field.members)
    if let text = example(field) { page.examples = [.init("Example", text)] }
    page.related = FieldNotes.related[topic] ?? []
    return page
  }

  /// How sluice.yaml sets it for all resources of the kind: the whole of a field, not what is within it.
  private func defaults(of field: FieldDescription, _ kind: Kind) -> String? {
    guard case .field(let first)? = parts.first, first != "renamedFrom" else { return nil }
    let value = parts.count == 1 ? field.example ?? "..." : "..."
    return "\(ProjectSettings.file): `defaults: {\(kind.mapName): {\(first): \(value)}}`"
  }

  // MARK: The example

  private func example(_ field: FieldDescription) -> String? {
    guard let value = field.example else { return nil }
    var keys = kind.map { [$0.mapName, $0.sampleName] } ?? []
    keys += parts.map { part in
      switch part {
      case .field(let name), .name(let name): name
      }
    }
    return keys.enumerated().map { depth, key in
      String(repeating: "  ", count: depth) + key + ":" + (depth == keys.count - 1 ? " \(value)" : "")
    }.joined(separator: "\n")
  }

  /// What stands for a name of the user's choosing below this field.
  private var sampleName: String {
    switch parts.last {
    case .field("sources"): "eu"
    case .field("tables"): "public.orders"
    default: "total"
    }
  }
}

extension Kind {
  /// The name of a resource in examples.
  fileprivate var sampleName: String {
    switch self {
    case .authorizer, .destination: "wh"
    case .tunnel: "bastion"
    case .source, .flow: "orders"
    }
  }
}

extension FieldDescription {
  /// The default as a manifest would have it; nothing where it says nothing.
  fileprivate var shownDefault: String? {
    guard let defaultValue, members.isEmpty, defaultValue != [] else { return nil }
    guard let text = defaultValue.stringValue else { return defaultValue.text(.line) }
    let isPlain = text.first?.isLetter == true || text.last.map { "smhd".contains($0) } == true
    return isPlain ? text : defaultValue.text(.line)
  }
}
