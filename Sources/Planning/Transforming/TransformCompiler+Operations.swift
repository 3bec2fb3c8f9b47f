internal import Catalog
internal import Diagnostics
internal import Manifests

extension TransformCompiler {
  mutating func union(_ names: [String], at path: String) -> Made? {
    var columns: [TransformColumn] = []
    var origins: [String: String] = [:]
    for (index, name) in names.enumerated() {
      for column in known[name] ?? [] {
        guard let position = columns.firstIndex(where: { $0.name == column.name }) else {
          columns.append(column)
          origins[column.name] = name
          continue
        }
        guard let type = Self.common(columns[position], column) else {
          problems.append(
            TransformProblem(
              "clashing-types",
              "column \"\(column.name)\" is \(columns[position].type) in `\(origins[column.name] ?? "")`, and "
                + "\(column.type) in `\(name)`", at: "\(path)[\(index)]",
              help: [
                "give it one type in a step of its own before: `sql: SELECT \(Identifier(column.name).sql)::"
                  + "\(columns[position].bareType), ... FROM \(Identifier(name).sql)`"
              ]))
          continue
        }
        columns[position].type = type
      }
    }
    let selects = names.map { name -> BoundSQL in
      let own = Set((known[name] ?? []).map(\.name))
      let taken: [BoundSQL] = columns.map { column in
        own.contains(column.name)
          ? "\(identifier: Identifier(column.name))"
          : "NULL::\(raw: column.type) AS \(identifier: Identifier(column.name))"
      }
      return "SELECT \(sql: taken.joined(separator: ", ")) FROM \(identifier: Identifier(name))"
    }
    return (columns, selects.joined(separator: "\nUNION ALL\n"))
  }

  private static let numbers = ["smallint", "integer", "bigint", "numeric", "real", "double precision"]

  /// The type that two columns of one name have together; nothing where they have none.
  private static func common(_ left: TransformColumn, _ right: TransformColumn) -> String? {
    if left.type == right.type { return left.type }
    if left.bareType == right.bareType { return left.bareType }
    guard let first = numbers.firstIndex(of: left.bareType), let second = numbers.firstIndex(of: right.bareType) else {
      return nil
    }
    return numbers[max(first, second)]
  }

  mutating func make(_ join: TransformStep.Join, at path: String) -> Made? {
    guard let left = known[join.left], let right = known[join.right] else { return nil }
    for pair in join.on {
      look(for: pair.name, in: left, of: join.left, at: "\(path).on.\(pair.name)")
      look(for: pair.other, in: right, of: join.right, at: "\(path).on.\(pair.name)")
    }
    let matched = Set(join.on.map(\.other))
    let taken =
      join.take ?? right.filter { !matched.contains($0.name) }.map { .init(name: $0.name, other: $0.name) }
    var columns = left
    for pair in taken {
      guard let column = look(for: pair.other, in: right, of: join.right, at: "\(path).take.\(pair.name)") else {
        continue
      }
      if left.contains(where: { $0.name == pair.name }) {
        problems.append(
          TransformProblem(
            "duplicate-column", "`\(join.left)` has a column \"\(pair.name)\" too", at: "\(path).take.\(pair.name)",
            help: ["take it under another name: `take: {\(join.right)_\(pair.name): \(pair.other)}`"]))
      }
      columns.append(TransformColumn(name: pair.name, type: column.type))
    }
    let names: [BoundSQL] =
      left.map { "l.\(identifier: Identifier($0.name))" }
      + taken.map { "r.\(identifier: Identifier($0.other)) AS \(identifier: Identifier($0.name))" }
    let same: [BoundSQL] = join.on.map {
      "l.\(identifier: Identifier($0.name)) = r.\(identifier: Identifier($0.other))"
    }
    return (
      columns,
      """
      SELECT \(sql: names.joined(separator: ", "))
      FROM \(identifier: Identifier(join.left)) AS l
      \(raw: join.type == .left ? "LEFT JOIN" : "JOIN") \(identifier: Identifier(join.right)) AS r
        ON \(sql: same.joined(separator: " AND "))
      """
    )
  }

  mutating func make(_ filter: TransformStep.Filter, at path: String) -> Made? {
    guard let columns = known[filter.from] else { return nil }
    var conditions: [BoundSQL] = []
    for (index, condition) in filter.conditions.enumerated() {
      let inner = "\(path).where[\(index)]"
      guard let column = look(for: condition.column, in: columns, of: filter.from, at: "\(inner).column") else {
        continue
      }
      for value in condition.values {
        comparisons.append(
          .init(
            value: value.comparedText, type: condition.comparator == .matches ? nil : column.bareType,
            path: "\(inner).value"))
      }
      conditions.append(condition.sql)
    }
    return (
      columns,
      "SELECT * FROM \(identifier: Identifier(filter.from))\nWHERE \(sql: conditions.joined(separator: "\n  AND "))"
    )
  }

  mutating func make(_ choice: TransformStep.Choice, at path: String) -> Made? {
    guard let columns = known[choice.from] else { return nil }
    var kept: [TransformColumn] = []
    if let keep = choice.keep {
      for (index, name) in keep.enumerated() {
        look(for: name, in: columns, of: choice.from, at: "\(path).keep[\(index)]").map { kept.append($0) }
      }
    } else if let discard = choice.discard {
      for (index, name) in discard.enumerated() {
        look(for: name, in: columns, of: choice.from, at: "\(path).discard[\(index)]")
      }
      kept = columns.filter { !discard.contains($0.name) }
      if kept.isEmpty {
        problems.append(TransformProblem("unknown-column", "no column is left", at: "\(path).discard"))
      }
    }
    let names: [BoundSQL] = kept.map { "\(identifier: Identifier($0.name))" }
    return (kept, "SELECT \(sql: names.joined(separator: ", ")) FROM \(identifier: Identifier(choice.from))")
  }

  @discardableResult
  private mutating func look(
    for name: String, in columns: [TransformColumn], of input: String, at path: String
  ) -> TransformColumn? {
    if let column = columns.first(where: { $0.name == name }) { return column }
    problems.append(
      TransformProblem(
        "unknown-column", "`\(input)` has no column \"\(name)\"", at: path,
        help: suggestions(for: name, in: columns.map(\.name), called: "columns of `\(input)`")))
    return nil
  }
}
