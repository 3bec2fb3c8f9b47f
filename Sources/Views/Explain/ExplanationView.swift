/// Draws explanations for people.
public struct ExplanationView {
  /// Colour and width.
  public var style: Style

  /// Makes a view.
  public init(style: Style) { self.style = style }

  /// The explanations, one below the other; no newline at the end.
  public func text(_ pages: [Explanation]) -> String {
    pages.map { lines($0).joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// All topics by their groups, for a command without one.
  public func list() -> String {
    let groups = Explanation.Group.allCases.map { group in
      [style.paint(group.rawValue, .bold)]
        + topics(group).flatMap { title, topics in
          title.map { ["  " + style.paint($0, .dim)] + wrapped(topics.joined(separator: " "), indentation: 4) }
            ?? wrapped(topics.joined(separator: " "), indentation: 2)
        }
    }
    let hint = "`sluice explain TOPIC` explains one; fields within others go on with a dot: source.csv.delimiter"
    return (groups + [wrapped(hint)]).map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// The topics of a group, under titles of their own where they are many.
  private func topics(_ group: Explanation.Group) -> [(title: String?, topics: [String])] {
    let all = Topics.list(group)
    switch group {
    case .field:
      return Topics.list(.kind).map { kind in
        ("\(kind).", all.filter { $0.hasPrefix("\(kind).") }.map { String($0.dropFirst(kind.count + 1)) })
      }
    case .code:
      let codes = Set(all)
      return CodePage.families.map { ($0.name, $0.pages.map(\.code).filter(codes.contains)) }
    default: return [(nil, all)]
    }
  }

  private func lines(_ page: Explanation) -> [String] {
    var blocks = [title(page) + wrapped(page.summary)]
    blocks += page.paragraphs.map { wrapped($0) }
    blocks.append(table(page.facts))
    blocks.append(headed(page.group == .check || page.group == .code ? "Reasons" : "Values", table(page.values)))
    blocks.append(headed("Fields", table(page.fields)))
    blocks.append(
      headed("Usual causes", page.causes.flatMap { wrapped($0, indentation: 4, first: "  - ") }))
    blocks += page.examples.map { example in
      headed(example.title, example.text.printableLines.map { style.paint("    \($0)", .cyan) })
    }
    if !page.related.isEmpty { blocks.append(wrapped("See also: " + page.related.joined(separator: ", "))) }
    return Array(blocks.filter { !$0.isEmpty }.joined(separator: [""]))
  }

  private func title(_ page: Explanation) -> [String] {
    let topic = style.paint(page.topic, .bold), group = style.paint(page.group.singular, .dim)
    let isShort = page.topic.displayWidth + 2 + page.group.singular.displayWidth <= style.width
    return isShort ? ["\(topic)  \(group)"] : [topic, group]
  }

  private func headed(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : [style.paint("\(title):", .bold)] + lines
  }

  /// Names in one column, what they mean in another; below, where the terminal is too narrow for two.
  private func table(_ entries: [Explanation.Entry]) -> [String] {
    let column = min(entries.map(\.name.displayWidth).max() ?? 0, 28)
    guard style.width - column - 4 >= 24 else {
      return entries.flatMap { ["  " + style.paint($0.name, .cyan)] + wrapped($0.text, indentation: 4) }
    }
    return entries.flatMap { entry in
      wrapped(
        entry.text, indentation: column + 4, first: "  " + entry.name.padded(to: column) + "  ", paint: entry.name)
    }
  }

  /// `text` on lines that fit, behind `first` and then `indentation` spaces.
  private func wrapped(
    _ text: String, indentation: Int = 0, first: String? = nil, paint name: String? = nil
  ) -> [String] {
    let space = String(repeating: " ", count: indentation)
    let lines = text.wrapped(to: max(24, min(style.width, 100) - max(indentation, first?.displayWidth ?? 0)))
    var lead = first ?? space
    if let name { lead = lead.replacing(name, with: style.paint(name, .cyan), maxReplacements: 1) }
    return lines.enumerated().map { ($0 == 0 ? lead : space) + $1 }
  }
}

extension Explanation.Group {
  /// What one of them is called.
  var singular: String {
    switch self {
    case .kind: "a kind of resource"
    case .field: "a field"
    case .setting: "a setting"
    case .writeMode: "a write mode"
    case .action: "an action of a plan"
    case .hazard: "a hazard of a step"
    case .status: "a status of a load"
    case .flowStatus: "a status of a flow"
    case .check: "a check"
    case .code: "a code of diagnostics"
    }
  }
}
