internal import Catalog
internal import Manifests
internal import State

/// The columns and the key of a planned flow, as a manifest declares them.
struct ImportedColumns {
  private(set) var columns: [DeclaredColumn] = []
  /// Nothing where rows have none.
  private(set) var key: [String]?
  /// By column: its type in the source, where that is another one.
  private(set) var sourceTypes: [String: String] = [:]
  /// Fields that no manifest can name, and why.
  private(set) var leftOut: [(field: String, reason: String)] = []

  /// - Parameter source: the table that is read; nothing where it is none.
  init(_ step: Step, of source: Table?) {
    var taken = Set(step.columns.map(\.name))
    var names: [Identifier: String] = [:]
    for column in step.columns {
      guard !column.from.hasPrefix("$") else {
        leftOut.append((column.from, "what begins with `$` is something that the load itself knows"))
        continue
      }
      let name = Self.declarable(column.name, beside: &taken)
      names[column.name] = name
      let field = source?.column(Identifier(column.from))
      let isNullable = if case .inferred = column.origin { field?.isNotNull != true } else { column.isNullable }
      columns.append(
        DeclaredColumn(
          name: name, type: column.type, from: name == column.from ? nil : column.from, nullable: isNullable))
      if let type = field?.type, type != column.type { sourceTypes[name] = type }
    }
    let key = (step.record?.key ?? []).compactMap { names[Identifier($0)] }
    if !key.isEmpty, key.count == step.record?.key?.count { self.key = key }
  }

  /// The column's name, or one like it where no manifest may have that: it is too long, or stands for all other fields.
  private static func declarable(_ name: Identifier, beside taken: inout Set<Identifier>) -> String {
    if name.name != "*", !name.name.isEmpty, name.name.utf8.count <= Identifier.maximumBytes { return name.name }
    let base = name.name == "*" ? "star" : name.name.isEmpty ? "unnamed" : name.name
    var number = 1
    while true {
      let end = number == 1 ? "" : "_\(number)"
      let candidate = Identifier(base.prefix(bytes: Identifier.maximumBytes - end.utf8.count) + end)
      if taken.insert(candidate).inserted { return candidate.name }
      number += 1
    }
  }
}

extension String {
  /// As many of its first scalars as fit in `count` bytes.
  fileprivate func prefix(bytes count: Int) -> String {
    var text = ""
    var size = 0
    for scalar in unicodeScalars {
      size += UTF8.width(scalar)
      if size > count { break }
      text.unicodeScalars.append(scalar)
    }
    return text
  }
}
