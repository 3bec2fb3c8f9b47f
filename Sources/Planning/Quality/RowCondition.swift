internal import Catalog
internal import Manifests

/// What a rule about single rows says in SQL of one row, called `s`.
struct RowCondition {
  /// Whether the row breaks it; never NULL.
  var isBroken: BoundSQL
  /// What it looks at besides the row: joined to `s`, at most one row each.
  var join: BoundSQL?
  /// For bounds that come from all rows: what they are, and the condition once they are known.
  var bounds: (columns: [BoundSQL], isBroken: @Sendable ([String?]) -> BoundSQL)?
}

extension QualityRule {
  /// Where its bounds or its partner stand beside `s`.
  static func alias(_ index: Int) -> Identifier { Identifier("_sluice_\(index)") }

  /// The condition; nothing for a rule about a load as a whole, or about rows among each other.
  ///
  /// NULL breaks `not_null` alone, as with CHECK.
  ///
  /// - Parameters:
  ///   - index: the rule's number among the flow's.
  ///   - defaultSchema: that of a table that is written without one.
  func condition(
    _ column: TransformColumn, in rows: RowsTable, index: Int, defaultSchema: Identifier
  ) throws(TransformProblem) -> RowCondition? {
    let value: BoundSQL = "s.\(identifier: Identifier(column.name))"
    func broken(_ sql: BoundSQL) -> RowCondition { RowCondition(isBroken: "coalesce(\(sql: sql), false)") }
    switch kind {
    case .notNull: return RowCondition(isBroken: "\(sql: value) IS NULL")
    case .notZero: return broken("\(sql: value) = \(value: try zero(of: column))")
    case .matches: return broken("\(sql: value)::pg_catalog.text !~ \(value: pattern ?? "")")
    case .oneOf:
      let all: [BoundSQL] = (values ?? []).map { "\(value: $0.comparedText)" }
      return broken("NOT \(sql: value) IN (\(sql: all.joined(separator: ", ")))")
    case .between:
      let bounds: [BoundSQL?] = [
        min.map { "\(sql: value) < \(value: $0.comparedText)" },
        max.map { "\(sql: value) > \(value: $0.comparedText)" },
      ]
      return broken("(\(sql: bounds.compactMap { $0 }.joined(separator: " OR ")))")
    case .existsIn:
      guard let table = table.flatMap({ WrittenName($0) })?.qualified(default: defaultSchema) else { return nil }
      let key = Identifier(self.key ?? column.name)
      let partner = Self.alias(index)
      return RowCondition(
        isBroken: "\(sql: value) IS NOT NULL AND \(identifier: partner).\(identifier: key) IS NULL",
        join: """
          LEFT JOIN (SELECT DISTINCT \(identifier: key) FROM \(name: table)) AS \(identifier: partner)
            ON \(identifier: partner).\(identifier: key) = \(sql: value)
          """)
    case .anomaly:
      let measure = try measure(of: column)
      let bounds = Self.alias(index)
      return RowCondition(
        isBroken: """
          coalesce(\(sql: measure) < \(identifier: bounds).low OR \(sql: measure) > \(identifier: bounds).high, false)
          """,
        join: """
          CROSS JOIN (
            SELECT q[1] - \(value: "\(sensitivity)")::pg_catalog.float8 * (q[2] - q[1]) AS low,
              q[2] + \(value: "\(sensitivity)")::pg_catalog.float8 * (q[2] - q[1]) AS high
            FROM (SELECT percentile_cont(ARRAY[0.25, 0.75]) WITHIN GROUP (ORDER BY \(sql: measure)) AS q
              FROM \(sql: rows.relation) AS s) AS quartiles) AS \(identifier: bounds)
          """,
        bounds: (
          ["min(\(identifier: bounds).low)", "min(\(identifier: bounds).high)"],
          { known in
            // Without any value there are no bounds, and nothing is odd.
            guard known.count == 2, let low = known[0], let high = known[1] else { return "false" }
            return """
              coalesce(\(sql: measure) < \(value: low)::pg_catalog.float8 \
              OR \(sql: measure) > \(value: high)::pg_catalog.float8, false)
              """
          }
        ))
    case .unique, .fresh, .rowCount, .sql: return nil
    }
  }

  /// What programs write where they have no value.
  private func zero(of column: TransformColumn) throws(TransformProblem) -> String {
    switch Category(column) {
    case .number: return "0"
    case .text: return ""
    case .date: return "0001-01-01"
    case .timestamp: return "0001-01-01 00:00:00"
    case nil: throw unfit(column, "numbers, texts, dates and timestamps")
    }
  }

  /// A number for each value, by which it may be odd.
  private func measure(of column: TransformColumn) throws(TransformProblem) -> BoundSQL {
    let value: BoundSQL = "s.\(identifier: Identifier(column.name))"
    switch Category(column) {
    case .number: return "\(sql: value)::pg_catalog.float8"
    case .text: return "char_length(\(sql: value))::pg_catalog.float8"
    case .date, .timestamp: return "extract(epoch FROM \(sql: value))::pg_catalog.float8"
    case nil: throw unfit(column, "numbers, texts, dates and timestamps")
    }
  }

  private func unfit(_ column: TransformColumn, _ types: String) -> TransformProblem {
    TransformProblem(
      "quality-rule", "`\(kind.rawValue)` is for \(types), and column \"\(column.name)\" is \(column.type)",
      at: "column")
  }

  /// What kind of values a type has.
  private enum Category {
    case number, text, date, timestamp

    init?(_ column: TransformColumn) {
      switch column.bareType {
      case "smallint", "integer", "bigint", "numeric", "real", "double precision": self = .number
      case "text", "character varying", "character": self = .text
      case "date": self = .date
      case "timestamp without time zone", "timestamp with time zone": self = .timestamp
      default: return nil
      }
    }
  }
}
