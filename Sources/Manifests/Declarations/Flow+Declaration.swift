internal import Diagnostics
internal import YAML

extension Flow: Specification {
  public static var kind: Kind { .flow }
  public static let declaration = Declaration(record)

  static let record = Record<Flow>(
    "a flow", { Flow() }, inputFields + tableFields + rowFields + runFields, check: FlowCheck.check)

  private static let inputFields: [Field<Flow>] = [
    Field(
      "source", .input, "Where the rows come from: the name of a source, or a source itself; or else `sources`.",
      example: "{path: data/orders.csv}"
    ) { flow, input in
      flow.inputs = [NamedInput(name: nil, input: input)] + flow.inputs
    } get: { flow in
      flow.inputs.first { $0.name == nil }?.input
    },
    Field(
      "sources", .inputs, "Several sources with names, united by column name.",
      example: "{eu: orders_eu, us: orders_us}"
    ) { flow, inputs in
      flow.inputs += inputs
    } get: { flow in
      let named = flow.inputs.filter { $0.name != nil }
      return named.isEmpty ? nil : named
    },
    Field(
      "destination", \.destination, .text, "The destination that is written to.", example: "wh", isRequired: true),
  ]

  private static let tableFields: [Field<Flow>] = [
    Field(
      "table", \.table, .tableName, "The table, with or without its schema; left out, the flow's name.",
      example: "sales.orders"),
    Field("writeMode", \.writeMode, .choice, "What a load does with its rows.", example: "upsert"),
    Field(
      "key", \.key, .names(of: .identifier, "a list of columns"),
      "The columns that tell rows apart; left out, the table's primary key, else the source table's.",
      example: "[order_id]"),
    Field(
      "columns", \.columns, .columns,
      "The table's columns, in its order; left out, as recorded, as in the table, or inferred.",
      example: "{order_id: bigint, \"*\": inferred}"),
    Field("tableChanges", \.tableChanges, .choice, "What apply may do to a table that exists.", example: "none"),
    Field(
      "sourceChanges", \.sourceChanges, .choice, "What a load does when the source has moved since apply.",
      example: "fail"),
    Field(
      "readers", \.readers, .choice, "What readers see while truncate_insert loads: they wait, or keep the old rows.",
      example: "keep"),
    Field(
      "deleteMissing", \.deleteMissing, .bool, "For upsert: whether rows that the source no longer has are deleted.",
      example: "true"),
    Field(
      "maxDeletes", \.maxDeletes, .bound, "How many rows `deleteMissing` may delete: `10%` where nothing is written.",
      example: "10%"),
    Field(
      "maxRejects", \.maxRejects, .bound, "How many rows insert_ignore may reject; left out, there is no limit.",
      example: "1%"),
    Field(
      "grantSelect", \.grantSelect, .set(of: .identifier, "a list of roles"), "Roles that may read the table.",
      example: "[analysts]"),
  ]

  private static let rowFields: [Field<Flow>] = [
    Field(
      "transform", .steps, "What is made of the sources' rows, step by step; the last step's rows are loaded.",
      example: "[{name: paid, filter: {from: orders, where: [{column: amount, is: \">\", value: 0}]}}]"
    ) { flow, steps in
      flow.transform = steps
    } get: { flow in
      flow.transform.isEmpty ? nil : flow.transform
    },
    Field(
      "quality", .rules, "What must hold of the rows before they may go to the table.",
      example: "[{column: amount, rule: not_null}]"
    ) { flow, rules in
      flow.quality = rules
    } get: { flow in
      flow.quality.isEmpty ? nil : flow.quality
    },
    Field(
      "afterLoad", .statements, "SQL statements that run in the load's transaction when its rows are in the table.",
      example: "[\"REFRESH MATERIALIZED VIEW sales.totals\"]"
    ) { flow, statements in
      flow.afterLoad = statements
    } get: { flow in
      flow.afterLoad.isEmpty ? nil : flow.afterLoad
    },
  ]

  private static let runFields: [Field<Flow>] = [
    Field(
      "after", \.after, .set(of: .text, "a list of flows"),
      "Flows that a run loads first; where one of them fails, this one is skipped.", example: "[customers]"),
    Field(
      "schedule", \.schedule, .schedule, "When it is due: five cron fields, or day, week, month.",
      example: "\"0 6 * * *\""),
    Field(
      "range", \.range, .range,
      "The days that `{{start}}` and `{{end}}` of a source's query stand for, counted from today.", example: "7d1"),
    Field(
      "timezone", \.timezone, .timezone, "The zone that the schedule is read in, and that days are counted in.",
      example: "Europe/Prague"),
    Field("enabled", \.enabled, .bool, "Whether runs without names load it.", example: "false"),
    Field(
      "retry", \.retry, .record(Retry.record), "How a load that failed for a passing reason is tried again.",
      example: "{attempts: 5}"),
  ]
}

extension Retry {
  static let record = Record<Retry>(
    "retry", { Retry() },
    [
      Field("attempts", \.attempts, .int(1...100), "How often in all, the first time included.", example: "3"),
      Field("backoff", \.backoff, .duration, "The pause before the second attempt, doubled each time.", example: "30s"),
    ])
}
