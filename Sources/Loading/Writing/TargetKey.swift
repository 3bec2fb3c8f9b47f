internal import Catalog
internal import Postgres

/// A unique index of a table: the expressions that it compares, of the rows that meet its condition.
struct TargetKey {
  /// Its number among the rules that suspects are told apart by.
  let rule: Int
  private let index: String
  private let expressions: [String]
  private let condition: SQL
  /// By which each is compared.
  private let operators: [String]
  /// Whether two NULLs are the same (NULLS NOT DISTINCT).
  private let hasEqualNulls: Bool
  /// Where the role may read the keys that there are.
  private let table: SQL?
  /// Whether it is checked row by row, in the table itself.
  private let isPlain: Bool
  /// Whether all that it is made of is loaded.
  let isLoaded: Bool

  /// A row of `TargetFacts.keys`.
  init(_ row: borrowing Row, rule: Int) {
    self.rule = rule
    expressions = row.textArray(0) ?? []
    condition = row.text(1).map { " WHERE \(raw: $0)" } ?? ""
    table = row.bool(2) ?? false ? row.text(6).map { "\(raw: $0)" } : nil
    isLoaded = row.bool(3) ?? false
    operators = row.textArray(4) ?? []
    hasEqualNulls = row.bool(5) ?? false
    index = row.text(7) ?? ""
    isPlain = row.bool(8) ?? false
  }

  private var names: [String] { expressions.indices.map { "k\($0)" } }

  private var values: SQL {
    "\(raw: zip(expressions, names).map { "(\($0)) AS \($1)" }.joined(separator: ", "))"
  }

  private func keys(of table: Identifier) -> SQL {
    "(SELECT \(identifier: Stage.ordinal) AS o, \(sql: values) FROM pg_temp.\(identifier: table)\(sql: condition))"
  }

  private func same(_ other: String) -> SQL {
    "\(raw: zip(names, operators).map { "s.\($0) \($1) \(other).\($0)" }.joined(separator: " AND "))"
  }

  /// The condition that a staged row `s` has a key of the table's.
  ///
  /// Said as a value, it is looked up in the index for each row: a join might read all of the table for each batch.
  private func isThere(_ table: SQL) -> SQL {
    """
    (SELECT true FROM (SELECT \(sql: values) FROM \(sql: table)\(sql: condition)) t
      WHERE \(sql: same("t")) LIMIT 1) IS NOT NULL
    """
  }

  /// The queries of staged rows that have the key of an earlier one, or one that is there.
  ///
  /// - Parameter staged: the table of them.
  func suspects(in staged: Identifier) -> [SQL] {
    let staged = keys(of: staged)
    let names = names.joined(separator: ", ")
    var all: [SQL] = [
      """
      SELECT s.o, \(raw: "\(rule)") FROM \(sql: staged) s JOIN (
        SELECT \(raw: names), min(o) AS first FROM \(sql: staged) g GROUP BY \(raw: names) HAVING count(*) > 1) d
      ON \(sql: same("d")) WHERE s.o > d.first
      """
    ]
    if let table { all.append("SELECT s.o, \(raw: "\(rule)") FROM \(sql: staged) s WHERE \(sql: isThere(table))") }
    // No join finds them quickly, and there are few.
    if hasEqualNulls {
      let any = self.names.map { "s.\($0) IS NULL" }.joined(separator: " OR ")
      all.append("SELECT s.o, \(raw: "\(rule)") FROM \(sql: staged) s WHERE \(raw: any)")
    }
    return all
  }

  /// The query of the suspects that break this rule and none that is checked before it, and whose key is there, with
  /// what the server would say to each; nothing where that is not known.
  ///
  /// - Parameters:
  ///   - suspects: the table of suspects.
  ///   - staged: that of the rows themselves.
  func duplicates(among suspects: Identifier, in staged: Identifier) -> SQL? {
    guard let table, isPlain else { return nil }
    let staged = keys(of: staged)
    let message = Literal("duplicate key value violates unique constraint \"\(index)\"")
    let detail = Literal("Key (\(expressions.joined(separator: ", ")))=(")
    let shown = names.map { "format('%s', s.\($0))" }.joined(separator: ", ")
    // `IS TRUE` has the server keep the suspects in a hash table, where a join's size might be mistaken.
    func isSuspect(_ condition: String) -> SQL {
      """
      s.o IN (SELECT \(identifier: Stage.ordinal) FROM pg_temp.\(identifier: suspects) WHERE \(raw: condition))
      """
    }
    return """
      SELECT s.o, '23505', \(literal: message), \(literal: detail) || concat_ws(', ', \(raw: shown)) || ') already exists.',
        NULL::int, NULL
      FROM \(sql: staged) s WHERE (\(sql: isSuspect("rule = \(rule)"))) IS TRUE
        AND (\(sql: isSuspect("rule < \(rule)"))) IS NOT TRUE AND \(sql: isThere(table))
      """
  }
}
