internal import Diagnostics
internal import JSON

extension QualityRule {
  static let record = Record<QualityRule>(
    "a rule", { QualityRule() },
    [
      Field("rule", \.kind, .choice, "What must hold.", example: "not_null", isRequired: true),
      Field("column", \.column, .identifier, "The column of the table that it is about.", example: "amount"),
      Field(
        "action", \.action, .choice,
        "What becomes of the load where it does not hold: nothing is written, those rows are kept out, or it is told.",
        example: "warn"),
      Field(
        "sensitivity", \.sensitivity, .positive,
        "For `anomaly`: how many widths of the middle half of the values lie between that and what is odd.",
        example: "1.5"),
      Field("pattern", \.pattern, .text, "For `matches`: a regular expression.", example: "\"^[^@]+@[^@]+$\""),
      Field("min", \.min, .scalarValue, "For `between` and `row_count`: the least.", example: "1"),
      Field("max", \.max, .scalarValue, "For `between` and `row_count`: the most.", example: "1000"),
      Field("values", \.values, .oneOrMoreValues, "For `in`: the values that are fine.", example: "[CZ, DE]"),
      Field(
        "table", \.table, .tableName, "For `exists_in`: the table that has the value.", example: "sales.customers"),
      Field(
        "key", \.key, .identifier, "For `exists_in`: that table's column; left out, it is called the same.",
        example: "id"),
      Field("within", \.within, .duration, "For `fresh`: how old the newest value may be.", example: "2d"),
      Field("name", \.name, .text, "What it is called; left out, its column and rule.", example: "totals match"),
      Field(
        "query", \.query, .text, "For `sql`: a SELECT that gives the rows that break it, from `rows`.",
        example: "\"SELECT * FROM rows WHERE net + vat <> gross\""),
    ]
  ) { rule, given, reading in
    guard given.isWritten("rule"), !given.isBroken("rule") else { return }
    strangers(rule.kind, given, &reading)
    needs(rule.kind, given, &reading)
    if rule.action == .reject, !rule.kind.isOfRows, !given.isBroken("action") {
      reading.refuse(
        "action", "`\(rule.kind.rawValue)` is about a load as a whole, and there are no single rows to reject",
        help: ["write `action: block` or `action: warn`"], because: "rule")
    }
    if rule.kind == .rowCount {
      for (name, value) in [("min", rule.min), ("max", rule.max)] {
        guard let value, Int(value.comparedText).map({ $0 < 0 }) ?? true else { continue }
        reading.refuse(name, "`\(name)` of `row_count` wants a number of rows", help: ["write `\(name): 1`"])
      }
    }
  }

  /// The fields that belong to some kinds alone.
  private static let fields: [(name: String, kinds: Set<Kind>)] = [
    ("column", Set(Kind.allCases.filter(\.takesColumn))), ("sensitivity", [.anomaly]), ("pattern", [.matches]),
    ("min", [.between, .rowCount]), ("max", [.between, .rowCount]), ("values", [.oneOf]), ("table", [.existsIn]),
    ("key", [.existsIn]), ("within", [.fresh]), ("query", [.sql]),
  ]

  private static func strangers(_ kind: Kind, _ given: Given, _ reading: inout Reading) {
    // In `defaults:` and the like all stand side by side.
    for field in fields where given.isWritten(field.name) && !field.kinds.contains(kind) {
      let owners = Kind.allCases.filter { field.kinds.contains($0) }.map { "`\($0.rawValue)`" }
      let words = owners.count > 3 ? "rules about a column" : owners.joined(separator: " and ")
      reading.refuse(
        field.name, "a rule `\(kind.rawValue)` has no `\(field.name)`, which is for \(words)",
        help: ["remove `\(field.name)`"], because: "rule")
    }
  }

  private static func needs(_ kind: Kind, _ given: Given, _ reading: inout Reading) {
    let wanted: [String] =
      switch kind {
      case .notNull, .notZero, .anomaly, .unique: ["column"]
      case .matches: ["column", "pattern"]
      case .between: ["column"]
      case .oneOf: ["column", "values"]
      case .existsIn: ["column", "table"]
      case .fresh: ["column", "within"]
      case .rowCount: []
      case .sql: ["query"]
      }
    reading.require(wanted, given, in: "a rule `\(kind.rawValue)`") { record.example(of: $0) }
    if kind == .between || kind == .rowCount, given.isMissing("min"), given.isMissing("max") {
      reading.report(
        .missing("min` or `max", in: "a rule `\(kind.rawValue)`", at: given.place, help: ["write `min: 1`"]))
    }
  }
}

extension InlineValue {
  /// The value as text that the server reads by the type of what it is compared with.
  public var comparedText: String {
    switch self {
    case .null: ""
    case .bool(let value): value ? "true" : "false"
    case .number(let text), .text(let text): text
    case .nested(let value): value.text(.line)
    }
  }
}
