internal import Diagnostics
internal import YAML

extension Record {
  /// Reports an entry that is none of the fields, with what was probably meant.
  func unknown(_ entry: Entry, _ given: inout Given, _ reading: inout Reading, _ others: OtherFields) {
    if others.contain(entry.key) { return }
    var diagnostic = Diagnostic.unknownField(entry.key, in: words, known: names + others.names, at: entry.keyPlace)
    if entry.key == "<<" {
      given.hasMergeKey = true
      diagnostic.help = [
        "YAML 1.2 has no merge keys: repeat the fields, put them under `defaults:` in sluice.yaml, or take all of them"
          + " with `name: *anchor`"
      ]
    } else if let position = meant(by: entry.key) {
      given.mistyped.insert(fields[position].name)
      diagnostic.help[0] = help(for: entry, meaning: position, reading)
    } else if let opposite = FieldSynonyms.opposite(of: entry.key, among: names),
      let value = entry.value.scalar?.boolValue
    {
      diagnostic.help.insert("write `\(opposite): \(!value)`", at: 0)
    } else if let position = place(for: entry, given, reading) {
      given.mistyped.insert(fields[position].name)
      let value = entry.value.scalar.flatMap { WrittenValue.scalar($0) } ?? "..."
      diagnostic.help.insert("write `\(fields[position].name): {\(entry.key): \(value)}`", at: 0)
    } else if positions["manifests"] != nil, Kind.allCases.contains(where: { $0.mapName == entry.key }) {
      diagnostic.help.insert("`\(entry.key)` belongs in a manifest: any other .yaml file of the project", at: 0)
    } else if entry.key == "schema", positions["table"] != nil {
      let schema = entry.value.scalar?.text ?? "sales"
      diagnostic.help.insert(
        "the schema is a part of `table`, as in `table: \(schema).orders`; for all flows it is the destination's"
          + " `defaultSchema`", at: 0)
    }
    reading.report(diagnostic)
  }

  /// The field that was meant by `name`: one that is called so elsewhere, else one of nearly these letters.
  private func meant(by name: String) -> Int? {
    (FieldSynonyms.field(meantBy: name, among: names) ?? nearest(to: name, in: names)).flatMap { positions[$0] }
  }

  /// What to write for an entry under a wrong name, whose value may have to be another one too.
  private func help(for entry: Entry, meaning position: Int, _ reading: Reading) -> String {
    let name = fields[position].name
    var (trial, model) = (Reading(root: reading.root), empty())
    _ = trial.member(name, at: entry.value.place) { fields[position].read(entry.value, &$0, &model) }
    if let instead = trial.instead { return "write `\(name): \(instead)`" }
    let help = trial.diagnostics.first?.help.first { $0.hasPrefix("write `\(name): ") }
    return help ?? "did you mean `\(name)`?"
  }

  /// The field that is a map in which `entry` would stand well; nothing where it is written already.
  private func place(for entry: Entry, _ given: Given, _ reading: Reading) -> Int? {
    guard entry.value.scalar != nil else { return nil }
    let outer = fields.indices.filter { index in
      let members = fields[index].members
      guard !members.areNamed, given.isMissing(fields[index].name) else { return false }
      return members.fields().contains { $0.name == entry.key }
    }
    guard outer.count == 1 else { return nil }
    var (trial, model) = (Reading(root: reading.root), empty())
    let map = Node(.mapping([entry]), at: entry.value.place)
    _ = fields[outer[0]].read(map, &trial, &model)
    return trial.errorCount == 0 ? outer[0] : nil
  }

  /// The map that was meant by a value alone: `{attempts: 5}` by `5`. Its first field takes it.
  func map(holding node: Node, _ reading: Reading) -> String? {
    guard let field = fields.first, let scalar = node.scalar, scalar.kind != .null,
      let value = WrittenValue.scalar(scalar)
    else { return nil }
    var (trial, model) = (Reading(root: reading.root), empty())
    return field.read(node, &trial, &model) ? "{\(field.name): \(value)}" : nil
  }
}

extension Diagnostic {
  static func missing(_ name: String, in words: String, at place: Place, help: [String] = []) -> Diagnostic {
    Diagnostic(.error, "missing-field", "\(words) needs `\(name)`", at: place, help: help)
  }

  static func unknownField(_ name: String, in words: String, known: [String], at place: Place) -> Diagnostic {
    var help = suggestions(for: name, in: known, called: "fields")
    if let field = FieldSynonyms.field(meantBy: name, among: known) {
      if nearest(to: name, in: known) != nil { help.removeFirst() }
      help.insert("did you mean `\(field)`?", at: 0)
    }
    return Diagnostic(.error, "unknown-field", "\(words) has no field `\(name)`", at: place, help: help)
  }
}
