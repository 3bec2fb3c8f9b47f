public import Catalog
internal import Diagnostics
public import Manifests

/// A flow's rules as one statement, which looks at all rows of a load at once: a row of numbers, how many rows there are
/// and then, for each rule, how many break it (of a rule about the load as a whole, 1 or 0); then the bounds that it has
/// worked out, for `Answer`.
public struct QualityQuestion: Sendable {
  /// `SELECT count(*), ...`.
  public let statement: BoundSQL
  /// Values that are compared with, and the type that they must have.
  public let comparisons: [Transformation.Comparison]
  private let rules: [QualityRule]
  private let rows: RowsTable
  private let conditions: [RowCondition?]
  /// Where each rule's own text stands in the statement as it is sent, in characters from 1.
  private let spans: [(path: String, range: Range<Int>)]

  /// Puts the question together.
  ///
  /// - Parameter defaultSchema: that of other tables that are written without one: the destination's.
  /// - Throws: `TransformProblem`, of the first rule that cannot be asked of these columns.
  public init(
    _ rules: [QualityRule], of rows: RowsTable, defaultSchema: Identifier
  ) throws(TransformProblem) {
    self.rules = rules
    self.rows = rows
    var conditions: [RowCondition?] = []
    var comparisons: [Transformation.Comparison] = []
    for (index, rule) in rules.enumerated() {
      let path = "quality[\(index)]"
      guard rule.kind.takesColumn else {
        conditions.append(nil)
        continue
      }
      guard let column = rows.columns.first(where: { $0.name == rule.column }) else {
        throw TransformProblem(
          "unknown-column", "`quality` names `\(rule.column ?? "")`, which is no column of the table",
          at: "\(path).column",
          help: suggestions(for: rule.column ?? "", in: rows.columns.map(\.name), called: "columns"))
      }
      do { conditions.append(try rule.condition(column, in: rows, index: index, defaultSchema: defaultSchema)) } catch {
        throw TransformProblem(error.code, error.message, at: "\(path).\(error.path)", help: error.help)
      }
      comparisons += rule.comparisons(with: column, at: path)
    }
    self.conditions = conditions
    self.comparisons = comparisons

    var statement: BoundSQL = "SELECT count(*)"
    var spans: [(String, Range<Int>)] = []
    for (index, rule) in rules.enumerated() {
      statement.append(",\n  ")
      let start = statement.sentLength() + 1
      statement.append(rule.count(conditions[index], rows))
      spans.append(("quality[\(index)]" + (rule.kind == .sql ? ".query" : ""), start..<statement.sentLength() + 1))
    }
    for bounds in conditions.compactMap({ $0?.bounds?.columns }).joined() { statement.append(",\n  \(sql: bounds)") }
    statement.append("\nFROM \(sql: rows.relation) AS s")
    for (index, condition) in conditions.enumerated() {
      guard let join = condition?.join else { continue }
      statement.append("\n")
      let start = statement.sentLength() + 1
      statement.append(join)
      spans.append(("quality[\(index)]", start..<statement.sentLength() + 1))
    }
    self.statement = statement
    self.spans = spans
  }

  /// The rule that the character at `position` of the statement as it is sent is of, and its position there.
  public func rule(at position: Int) -> (path: String, position: Int)? {
    spans.first { $0.range.contains(position) }.map { ($0.path, position - $0.range.lowerBound + 1) }
  }

  /// The ordinals of the rows that break the rule at `index`; nothing for a rule that is not about rows.
  ///
  /// Of rows with the same value the first one is fine.
  ///
  /// - Parameters:
  ///   - ordinal: the column that numbers the rows.
  ///   - answer: what the statement gave.
  public func brokenRows(of index: Int, ordinal: Identifier, _ answer: Answer) -> BoundSQL? {
    let rule = rules[index]
    if rule.kind == .unique, let column = rule.column.map({ Identifier($0) }) {
      return """
        SELECT n.\(identifier: ordinal) FROM (
          SELECT s.\(identifier: ordinal), row_number() OVER (
            PARTITION BY s.\(identifier: column) ORDER BY s.\(identifier: ordinal)) AS number
          FROM \(sql: rows.relation) AS s WHERE s.\(identifier: column) IS NOT NULL) AS n WHERE n.number > 1
        """
    }
    guard let condition = conditions[index] else { return nil }
    if let bounds = condition.bounds {
      return """
        SELECT s.\(identifier: ordinal) FROM \(sql: rows.relation) AS s
        WHERE \(sql: bounds.isBroken(answer.bounds[index] ?? []))
        """
    }
    return """
      SELECT s.\(identifier: ordinal) FROM \(sql: rows.relation) AS s
      \(sql: condition.join ?? "") WHERE \(sql: condition.isBroken)
      """
  }

  /// The row of numbers, read.
  public struct Answer: Sendable {
    /// How many rows there are.
    public var rows: Int
    /// For each rule, how many break it.
    public var broken: [Int]
    /// The bounds that rules have, by the rules' numbers.
    fileprivate var bounds: [Int: [String?]] = [:]
  }

  /// Reads the statement's one row, whose columns are handed in order as text.
  public func answer(_ columns: [String?]) -> Answer {
    let counts = columns.prefix(rules.count + 1).map { $0.flatMap { Int($0) } ?? 0 }
    var answer = Answer(rows: counts.first ?? 0, broken: Array(counts.dropFirst()))
    var rest = columns.dropFirst(rules.count + 1)
    for (index, condition) in conditions.enumerated() {
      guard let bounds = condition?.bounds else { continue }
      answer.bounds[index] = Array(rest.prefix(bounds.columns.count))
      rest = rest.dropFirst(bounds.columns.count)
    }
    return answer
  }

  /// How many columns the statement gives.
  public var columnCount: Int {
    1 + rules.count + conditions.reduce(0) { $0 + ($1?.bounds?.columns.count ?? 0) }
  }

  /// The rows that a rule's own query gives; nothing for another rule.
  public func queriedRows(of index: Int) -> BoundSQL? {
    rules[index].kind == .sql ? rules[index].queried(rows) : nil
  }
}

extension QualityRule {
  /// How many rows break it.
  fileprivate func count(_ condition: RowCondition?, _ rows: RowsTable) -> BoundSQL {
    let value: BoundSQL = "s.\(identifier: Identifier(column ?? ""))"
    switch kind {
    case .unique: return "count(\(sql: value)) - count(DISTINCT \(sql: value))"
    case .fresh:
      let age = "\(within?.components.seconds ?? 0) seconds"
      return """
        CASE WHEN count(*) > 0 AND coalesce(max(\(sql: value)) < now() - \(value: age)::pg_catalog.interval, true) \
        THEN 1 ELSE 0 END
        """
    case .rowCount:
      let bounds: [BoundSQL?] = [
        min.map { "count(*) < \(value: $0.comparedText)::pg_catalog.int8" },
        max.map { "count(*) > \(value: $0.comparedText)::pg_catalog.int8" },
      ]
      return "CASE WHEN \(sql: bounds.compactMap { $0 }.joined(separator: " OR ")) THEN 1 ELSE 0 END"
    case .sql: return "(SELECT count(*) FROM (\n\(sql: queried(rows))\n) AS q)"
    case .notNull, .notZero, .anomaly, .matches, .between, .oneOf, .existsIn:
      return "count(*) FILTER (WHERE \(sql: condition?.isBroken ?? "false"))"
    }
  }

  /// Its own query, with the load's rows as `rows`.
  fileprivate func queried(_ rows: RowsTable) -> BoundSQL {
    let names: [BoundSQL] = rows.columns.map { "s.\(identifier: Identifier($0.name))" }
    return """
      WITH rows AS NOT MATERIALIZED (SELECT \(sql: names.joined(separator: ", ")) FROM \(sql: rows.relation) AS s)
      SELECT * FROM (
      \(raw: SQLLexer.withoutEnd(query ?? ""))
      ) AS broken
      """
  }

  /// The values that a column's are compared with.
  fileprivate func comparisons(with column: TransformColumn, at path: String) -> [Transformation.Comparison] {
    switch kind {
    case .between:
      return [(min, "min"), (max, "max")].compactMap { value, name in
        value.map { .init(value: $0.comparedText, type: column.bareType, path: "\(path).\(name)") }
      }
    case .oneOf:
      return (values ?? []).map { .init(value: $0.comparedText, type: column.bareType, path: "\(path).values") }
    case .matches: return [.init(value: pattern ?? "", type: nil, path: "\(path).pattern")]
    default: return []
    }
  }
}
