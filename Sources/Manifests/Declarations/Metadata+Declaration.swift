internal import YAML

extension Metadata {
  static let record = Record<Metadata>(
    "a resource", { Metadata() },
    [
      Field(
        "description", \.description, .anyText, "What it is for, in your words.", example: "Orders of the web shop"),
      Field(
        "labels", \.labels, .texts("a map of labels", keys: .label), "Labels to select by.", example: "{team: sales}"),
      Field("protect", \.protect, .bool, "Whether it may not be deleted.", example: "true"),
      Field(
        "renamedFrom", \.renamedFrom, .name, "The name that it had: a rename, not a delete and a create.",
        example: "old_orders"),
    ])
}

extension Shape where Value == String {
  /// A label's name, as `--select name=value` can spell it.
  fileprivate static let label = pattern("a label such as `team`", "^[A-Za-z0-9_./-]+$") { $0.isPlain(and: "_./-") }
}
