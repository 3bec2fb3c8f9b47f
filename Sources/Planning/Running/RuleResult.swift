public import JSON
public import Manifests
public import OrderedCollections

/// What asking one rule of a load's rows brought.
public struct RuleResult: Hashable, Sendable {
  /// What the rule is called.
  public var rule: String
  public var kind: QualityRule.Kind
  public var column: String?
  public var action: QualityRule.Action
  /// How many rows break it; for a rule about the load as a whole, 1 or 0.
  public var broken: Int
  /// How many rows it was asked of.
  public var rows: Int
  /// A few of the rows that break it, each an object of columns, and where they stand in the source where that is known.
  public var samples: [Sample] = []

  /// A row that breaks a rule.
  public struct Sample: Hashable, Sendable {
    /// `data/orders.csv:17`.
    public var place: String?
    public var row: JSONValue

    /// Makes a sample.
    public init(place: String?, row: JSONValue) {
      self.place = place
      self.row = row
    }
  }

  /// Makes a result.
  public init(_ rule: QualityRule, broken: Int, rows: Int) {
    self.rule = rule.words
    kind = rule.kind
    column = rule.column
    action = rule.action
    self.broken = broken
    self.rows = rows
  }

  /// Whether the rule holds.
  public var holds: Bool { broken == 0 }

  /// Its members in JSON: no value of any row.
  public var members: OrderedDictionary<String, JSONValue> {
    [
      "rule": .string(rule), "column": .string(column), "kind": .string(kind.rawValue),
      "action": .string(action.rawValue), "broken": .int(broken), "rows": .int(rows),
    ]
  }

  /// What is wrong, for people: `3 of 1000 rows break the rule "amount not_null"`.
  public var words: String {
    switch kind {
    case .rowCount: "the load has \(rows) row\(rows == 1 ? "" : "s"), which breaks the rule \"\(rule)\""
    case .fresh: "the newest value is too old, which breaks the rule \"\(rule)\""
    case .notNull, .notZero, .anomaly, .matches, .between, .oneOf, .unique, .existsIn, .sql:
      "\(broken) of \(rows) rows \(broken == 1 ? "breaks" : "break") the rule \"\(rule)\""
    }
  }
}
