import JSON
import Postgres
import TestSupport
import Testing

/// What is wrong with steps and rules is told at its place, before anything is loaded.
@Suite("Mistakes in steps and rules", .freshDatabase, .timeLimit(.minutes(15)))
struct TransformMistakeTests {
  private func world(
    _ transform: String, quality: String = "",
    sources: String = "{orders: {path: orders.csv}, customers: {path: customers.csv}}"
  ) throws -> World {
    try World(
      """
      made:
        sources: \(sources)
        destination: wh
        writeMode: insert
        transform:
      \(transform.split(separator: "\n").map { "    - \($0)" }.joined(separator: "\n"))
      \(quality.isEmpty ? "" : "  quality:\n" + quality.split(separator: "\n").map { "    - \($0)" }.joined(separator: "\n"))
      """,
      files: [
        "orders.csv": "id,customer_id,amount,zip,ok\n1,1,10.5,01234,true\n",
        "customers.csv": "id,name,zip\n1,Ana,12345\n",
      ])
  }

  static let offlineCases: [(name: String, transform: String)] = [
    ("unknown-input", "{name: a, join: {left: order, right: customers, on: {customer_id: id}}}"),
    ("unknown-input-itself", "{name: a, union: [orders, a]}\n{name: b, union: [a, customers]}"),
    ("unknown-input-later", "{name: a, union: [orders, b]}\n{name: b, union: [a, customers]}"),
    ("unused-source", "{name: a, select: {from: orders, keep: [id]}}"),
    (
      "unused-step",
      "{name: a, select: {from: orders, keep: [id]}}\n{name: b, union: [orders, customers]}"
    ),
    ("duplicate-step", "{name: orders, union: [orders, customers]}"),
    ("two-operations", "{name: a, union: [orders, customers], sql: SELECT 1}"),
    ("no-operation", "{name: a}"),
    ("no-select", "{name: a, union: [orders, customers]}\n{name: b, sql: \"DELETE FROM a\"}"),
    ("two-statements", "{name: a, union: [orders, customers]}\n{name: b, sql: \"SELECT * FROM a; DROP TABLE x\"}"),
    ("open-parenthesis", "{name: a, union: [orders, customers]}\n{name: b, sql: \"SELECT (1 FROM a\"}"),
    ("escaping", "{name: a, union: [orders, customers]}\n{name: b, sql: \"SELECT * FROM a), c AS (SELECT 1\"}"),
    (
      "value-missing",
      "{name: a, union: [orders, customers]}\n{name: b, filter: {from: a, where: [{column: id, is: in}]}}"
    ),
    (
      "value-too-much",
      "{name: a, union: [orders, customers]}\n{name: b, filter: {from: a, where: [{column: id, is: is null, value: 1}]}}"
    ),
    (
      "comparator",
      "{name: a, union: [orders, customers]}\n{name: b, filter: {from: a, where: [{column: id, is: \"=\", value: 1}]}}"
    ),
  ]

  @Test("are found without a server", arguments: TransformMistakeTests.offlineCases)
  func offline(name: String, transform: String) async throws {
    let world = try world(transform)
    let outcome = try await world.sluice("validate")
    #expect(outcome.status == 1)
    try expectGolden(outcome.error, "transform-\(name).txt")
  }

  static let describedCases: [(name: String, transform: String, quality: String)] = [
    ("column", "{name: a, join: {left: orders, right: customers, on: {customer: id}, take: {customer: nam}}}", ""),
    ("types", "{name: a, union: [orders, customers]}", ""),
    ("two-columns", "{name: a, join: {left: orders, right: customers, on: {customer_id: id}}}", ""),
    ("join-types", "{name: a, join: {left: orders, right: customers, on: {ok: id}, take: [name]}}", ""),
    (
      "value",
      "{name: a, join: {left: orders, right: customers, on: {customer_id: id}, take: [name]}}\n{name: b, filter: {from: a, where: [{column: amount, is: \">\", value: much}]}}",
      ""
    ),
    (
      "pattern",
      "{name: a, join: {left: orders, right: customers, on: {customer_id: id}, take: [name]}}\n{name: b, filter: {from: a, where: [{column: name, is: matches, value: \"(\"}]}}",
      ""
    ),
    ("sql", "{name: a, sql: \"SELECT o.id, c.nam FROM orders o JOIN customers c ON c.id = o.customer_id\"}", ""),
    ("sql-twice", "{name: a, sql: \"SELECT o.id, c.id FROM orders o, customers c\"}", ""),
    ("sql-table", "{name: a, sql: \"SELECT o.id FROM orders o, customers c, public.secret s WHERE s.id = o.id\"}", ""),
    ("sql-catalog", "{name: a, sql: \"SELECT o.id, r.rolname FROM orders o, customers c, pg_authid r\"}", ""),
    ("sql-unqualified", "{name: a, sql: \"SELECT o.id FROM orders o, customers c, secret s\"}", ""),
    ("sql-function", "{name: a, sql: \"SELECT o.id, public.steal(c.id) FROM orders o, customers c\"}", ""),
    (
      "sql-builtin", "{name: a, sql: \"SELECT o.id, set_config('role', c.name, false) FROM orders o, customers c\"}", ""
    ),
    (
      "rule-column", "{name: a, join: {left: orders, right: customers, on: {customer_id: id}, take: [name]}}",
      "{column: nam, rule: not_null}"
    ),
    (
      "rule-type", "{name: a, join: {left: orders, right: customers, on: {customer_id: id}, take: [name]}}",
      "{column: ok, rule: anomaly}"
    ),
    (
      "rule-value", "{name: a, join: {left: orders, right: customers, on: {customer_id: id}, take: [name]}}",
      "{column: amount, rule: between, min: 1, max: lots}"
    ),
    (
      "rule-table", "{name: a, join: {left: orders, right: customers, on: {customer_id: id}, take: [name]}}",
      "{column: id, rule: exists_in, table: nowhere}"
    ),
    (
      "rule-sql", "{name: a, join: {left: orders, right: customers, on: {customer_id: id}, take: [name]}}",
      "{rule: sql, name: odd, query: \"SELECT * FROM rows WHERE amont > 1\"}"
    ),
  ]

  @Test("are found by the server when a plan is made", arguments: TransformMistakeTests.describedCases)
  func described(name: String, transform: String, quality: String) async throws {
    try await TestDatabase.current.execute(
      """
      CREATE TABLE secret (id bigint);
      CREATE FUNCTION steal(bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT max(id) FROM public.secret'
      """)
    let world = try world(transform, quality: quality)
    let outcome = try await world.sluice("plan")
    #expect(outcome.status == 1)
    try expectGolden(outcome.error, "transform-\(name).txt")
  }

  @Test("that call a function are told of without it being called, though the planner would work out its value")
  func uncalled() async throws {
    try await TestDatabase.current.execute(
      """
      CREATE FUNCTION shout() RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS
        $$ BEGIN RAISE EXCEPTION 'was called'; END $$
      """)
    let call = "SELECT o.id, public.shout() AS n FROM orders o, customers c"
    let step = try await world("{name: a, sql: \"\(call)\"}").sluice("plan")
    #expect(step.status == 1)
    #expect(step.error.contains("error[sql-step]: this calls the function public.shout"), "\(step.error)")
    #expect(!step.error.contains("was called"), "\(step.error)")
    let rule = try await world(
      "{name: a, select: {from: orders, keep: [id]}}",
      quality: "{rule: sql, name: odd, query: \"SELECT * FROM rows WHERE public.shout() > id\"}",
      sources: "{orders: {path: orders.csv}}"
    ).sluice("plan")
    #expect(rule.status == 1)
    #expect(rule.error.contains("public.shout"), "\(rule.error)")
    #expect(!rule.error.contains("was called"), "\(rule.error)")
  }

  static let ruleCases: [(name: String, quality: String)] = [
    ("needs", "{column: amount, rule: matches}"), ("stranger", "{column: amount, rule: not_null, pattern: x}"),
    ("unknown", "{column: amount, rule: notnull}"), ("reject-count", "{rule: row_count, min: 1, action: reject}"),
    ("twice", "{column: amount, rule: between, min: 1}\n{column: amount, rule: between, max: 9}"),
    ("no-bound", "{column: amount, rule: between}"), ("bad-count", "{rule: row_count, min: many}"),
    ("sensitivity", "{column: amount, rule: anomaly, sensitivity: 0}"),
  ]

  @Test("of rules are found without a server", arguments: TransformMistakeTests.ruleCases)
  func rules(name: String, quality: String) async throws {
    let world = try world("{name: all, union: [orders, customers]}", quality: quality)
    let outcome = try await world.sluice("validate")
    #expect(outcome.status == 1)
    try expectGolden(outcome.error, "quality-\(name).txt")
  }
}
