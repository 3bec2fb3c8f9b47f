/// What there is to say of one code of diagnostics, or of one check.
public struct CodePage: Hashable, Sendable {
  /// The code.
  public var code: String
  /// What it means, in one sentence.
  public var meaning: String
  /// Why it is looked for: what would go wrong.
  public var reason: String
  /// Causes that are told apart by a name of their own.
  public var reasons: [Explanation.Entry]
  /// The usual causes, and what to do about each.
  public var causes: [String]
  /// A short example of the mistake; nothing where it is none of a file or a command.
  public var mistake: String?
  /// How the example is repaired, or what to run or to look at.
  public var repair: String
  /// Topics that say more.
  public var related: [String]

  init(
    _ code: String, _ meaning: String, because reason: String, reasons: [Explanation.Entry] = [],
    causes: [String], wrong mistake: String? = nil,
    right repair: String, see related: [String] = []
  ) {
    self.code = code
    self.meaning = meaning
    self.reason = reason
    self.reasons = reasons
    self.causes = causes
    self.mistake = mistake
    self.repair = repair
    self.related = related
  }

  /// The pages by what their codes are about.
  public static let families: [(name: String, pages: [CodePage])] = [
    ("Files", files), ("Fields of manifests", manifests), ("Names", references),
    ("Connections and servers", connections),
    ("Schemas and privileges", privileges), ("Tables", tables), ("Rows", rows),
    ("Transformations and rules", transforms), ("Sources", sources), ("Loads", loads),
    ("Plans", plans), ("Commands", commands), ("State", state), ("Sandbox", sandbox),
  ]

  /// All pages, a family of codes after the other.
  public static let all: [CodePage] = families.flatMap(\.pages)

  /// The page of each code.
  public static let byCode = Dictionary(all.map { ($0.code, $0) }) { first, _ in first }
}
