internal import Diagnostics
internal import Manifests
internal import Planning

extension AppliedFlow {
  /// Why its loads cannot be bounded by days; nothing where they can.
  var isUnbounded: Diagnostic? {
    let address = "flow/\(name) cannot be backfilled"
    if design.spec.writeMode == .truncateInsert {
      return Diagnostic(
        .error, "backfill-unbounded", "\(address): with truncate_insert each window would take out the one before",
        help: ["write `writeMode: upsert` with a key, or `writeMode: insert`, and apply"])
    }
    if design.spec.deleteMissing {
      return Diagnostic(
        .error, "backfill-unbounded", "\(address): `deleteMissing` would delete the rows of all other windows",
        help: ["remove `deleteMissing`, and apply"])
    }
    for (name, source) in design.sources {
      guard let help = source.unbounded else { continue }
      let words = name.map { "source `\($0)`" } ?? "its source"
      return Diagnostic(
        .error, "backfill-unbounded", "\(address): nothing says which rows of \(words) belong to a day",
        help: help + ["then apply: sluice apply \(self.name)"])
    }
    return nil
  }
}

extension Source {
  /// What to write so that its rows are of days; nothing where they are.
  fileprivate var unbounded: [String]? {
    switch self {
    case .files(let source):
      source.template == nil
        ? ["write the days into `path`, as in `path: \"data/sales_{{1d1|Ymd}}.csv\"`: a window has one file a day"]
        : nil
    case .postgres(let source):
      source.cursor == nil && source.template == nil
        ? [
          "write `cursor: updated_at`, with a column of type date or timestamp,"
            + " or a query with `{{start}}` and `{{end}}` and `range: 1d1` on the flow"
        ] : nil
    case .rows: ["rows in the manifest are of no days: load them by a flow of their own"]
    case .program:
      ["a program is not told of days: let it write files, and read those by `path: \"data/sales_{{1d1|Ymd}}.csv\"`"]
    }
  }
}
