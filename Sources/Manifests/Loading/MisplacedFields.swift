internal import Diagnostics
internal import YAML

/// Finds fields of a resource that stand beside its name, for want of indentation, where other resources should be.
struct MisplacedFields<Spec: Specification> {
  init(of: Spec.Type) {}

  /// `entries` without a resource that has nothing below it and its fields, which follow; and what to say of them.
  func removed(from entries: [Entry]) -> ([Entry], Diagnostic?) {
    guard let index = entries.firstIndex(where: { $0.value.scalar?.kind == .null }) else { return (entries, nil) }
    let own = Set(Spec.kind.fields.map(\.name))
    let fields = entries[(index + 1)...].prefix { own.contains($0.key) }
    guard let first = fields.first else { return (entries, nil) }
    let names = fields.map { "`\($0.key)`" }.joined(separator: ", ")
    let diagnostic = Diagnostic(
      .error, "wrong-type", "the fields of `\(entries[index].key)` stand beside it, not below it", at: first.keyPlace,
      help: ["indent \(names) two spaces more than `\(entries[index].key)`"],
      related: [RelatedPlace("the resource", at: entries[index].keyPlace)])
    return (entries.filter { entry in entry != entries[index] && !fields.contains(entry) }, diagnostic)
  }
}
