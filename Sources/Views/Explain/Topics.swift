public import Diagnostics
internal import Manifests
internal import Planning

/// What `sluice explain` knows, by name.
public enum Topics {
  /// What there is to say of `topic`: several explanations where a name has several meanings, none where it has none.
  ///
  /// A reason of a diagnostic (`wrong-password`) is explained by the page of its code.
  public static func explanations(of topic: String) -> [Explanation] {
    let found =
      words.filter { $0.topic == topic || isMap($0, topic) } + fields(topic)
      + (CodePage.byCode[topic].map { [$0.explanation] } ?? [])
    guard found.isEmpty else { return found }
    return CodePage.all.filter { page in page.reasons.contains { $0.name == topic } }.map(\.explanation)
  }

  /// Each topic once, without the fields within others.
  public static func list(_ group: Explanation.Group) -> [String] {
    switch group {
    case .field: Kind.allCases.flatMap { FieldTopic(root: $0).members.map(\.topic) }
    case .setting: [ProjectSettings.file] + FieldTopic(root: nil).members.map(\.topic)
    case .check, .code: CodePage.all.map(\.explanation).filter { $0.group == group }.map(\.topic).sorted()
    default: words.filter { $0.group == group }.map(\.topic)
    }
  }

  /// All names that ``explanations(of:)`` knows, each once; those of a source within a flow, and of defaults, which are
  /// those of the source and the kind, are left out.
  public static var names: [String] {
    var known: Set<String> = []
    return (words.map(\.topic) + roots.flatMap { within(FieldTopic(root: $0)) } + CodePage.all.map(\.code).sorted())
      .filter { known.insert($0).inserted }
  }

  /// What is wrong with a topic that has no explanation.
  public static func unknown(_ topic: String) -> Diagnostic {
    let near = suggestions(for: topic)
    return Diagnostic(
      .error, "unknown-topic", "there is nothing to explain by the name `\(topic)`",
      help: (near.isEmpty ? [] : ["did you mean \(near.map { "`\($0)`" }.joined(separator: ", "))?"])
        + ["`sluice explain` lists all topics"])
  }

  // MARK: Finding

  private static let words: [Explanation] = WordPages.all + [project]
  private static let roots: [Kind?] = Kind.allCases.map { $0 } + [nil]

  /// sluice.yaml itself.
  private static let project: Explanation = {
    var page = Explanation(
      ProjectSettings.file, .setting, "The settings of a project, in a file of that name at its root; none is required."
    )
    page.fields = WordPages.entries(ProjectSettings.fields)
    page.examples = [
      .init(
        "Example",
        "sluice: v1\nproject: shop\nvariables: {host: localhost}\ndefaults: {flows: {destination: wh}}")
    ]
    return page
  }()

  /// Whether `topic` is a kind's name in manifests: `flows`.
  private static func isMap(_ page: Explanation, _ topic: String) -> Bool {
    page.group == .kind && page.topic + "s" == topic
  }

  private static func fields(_ topic: String) -> [Explanation] {
    let settings = ProjectSettings.file + "."
    if topic.hasPrefix(settings) { return find(topic.dropFirst(settings.count), from: nil) }
    let first = topic.prefix { $0 != "." }
    if let kind = Kind.allCases.first(where: { $0.rawValue == first || $0.mapName == first }) {
      return find(topic.dropFirst(first.count + 1), from: kind)
    }
    // A setting may stand without the file's name, where it is nothing else.
    return find(topic[...], from: nil)
  }

  private static func find(_ path: Substring, from kind: Kind?) -> [Explanation] {
    let path = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    return FieldTopic(root: kind).descend(path)?.explanations ?? []
  }

  private static func within(_ topic: FieldTopic) -> [String] {
    topic.members.flatMap { member -> [String] in
      let isElsewhere = ["flow.source", "flow.sources", "sluice.yaml.defaults"].contains(member.topic)
      return [member.topic] + (isElsewhere ? [] : within(member))
    }
  }

  /// The names that were probably meant, the nearest first.
  private static func suggestions(for topic: String) -> [String] {
    let names = names, wanted = topic.lowercased()
    func leaf(_ name: String) -> String { name.split(separator: ".").last.map(String.init) ?? name }
    var found = names.filter { leaf($0).lowercased() == wanted }
    if let near = nearest(to: topic, in: names) { found.append(near) }
    if let near = nearest(to: leaf(topic), in: names.map(leaf)) { found += names.filter { leaf($0) == near } }
    if found.isEmpty, wanted.count >= 3 { found = names.filter { $0.lowercased().contains(wanted) } }
    var known: Set<String> = []
    return Array(found.filter { known.insert($0).inserted }.prefix(5))
  }
}

extension CodePage {
  /// The page as any other topic is explained.
  var explanation: Explanation {
    var page = Explanation(code, Check.ID(rawValue: code) == nil ? .code : .check, meaning)
    page.paragraphs = [reason]
    page.values = reasons
    page.causes = causes
    page.examples = (mistake.map { [.init("Wrong", $0)] } ?? []) + [.init("Right", repair)]
    page.related = related
    return page
  }
}
