/// What there is to say of one topic.
public struct Explanation: Hashable, Sendable {
  /// What the topic is; the raw value is the heading of a list of them.
  public enum Group: String, Hashable, Sendable, CaseIterable {
    case kind = "Kinds"
    case field = "Fields"
    case setting = "Settings of sluice.yaml"
    case writeMode = "Write modes"
    case action = "Actions of a plan"
    case hazard = "Hazards of a step"
    case status = "Statuses of a load"
    case flowStatus = "Statuses of a flow"
    case check = "Checks"
    case code = "Codes of diagnostics"
  }

  /// A name and what it means.
  public struct Entry: Hashable, Sendable {
    public var name: String
    public var text: String

    init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }
  }

  /// A stretch of YAML, SQL or a command.
  public struct Example: Hashable, Sendable {
    /// What it shows: `Wrong`, `Right`, `Example`.
    public var title: String
    public var text: String

    init(_ title: String, _ text: String) {
      self.title = title
      self.text = text
    }
  }

  /// The name by which it is asked for: `flow.writeMode`.
  public var topic: String
  public var group: Group
  /// What it is, in one sentence.
  public var summary: String
  /// Why it is so, a paragraph each.
  public var paragraphs: [String] = []
  /// What is known of a field, by its name: `Type`, `Default`.
  public var facts: [Entry] = []
  /// The usual causes of a diagnostic.
  public var causes: [String] = []
  /// The values that a field takes, or the reasons of a diagnostic that have names.
  public var values: [Entry] = []
  /// The fields within it.
  public var fields: [Entry] = []
  public var examples: [Example] = []
  /// Topics that say more.
  public var related: [String] = []

  init(_ topic: String, _ group: Group, _ summary: String) {
    self.topic = topic
    self.group = group
    self.summary = summary
  }
}
