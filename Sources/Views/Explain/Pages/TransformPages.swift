extension CodePage {
  /// Steps of `transform:`, rules of `quality:`, and what runs after a load.
  static let transforms: [CodePage] = [
    CodePage(
      "transform", "A check of a plan: the server takes a flow's steps.",
      because: "The server describes what each step makes, so that a mistake is found before a load, at its line.",
      causes: [
        "a column that an input does not have, or two of one name", "types that cannot be compared, joined or united",
        "SQL that the server does not understand",
      ],
      right: "sluice plan orders --sql        # shows the SELECT that loads run",
      see: ["flow.transform", "transform-step", "sql-step"]),
    CodePage(
      "quality", "Rows of a load break a rule of `quality:`; and a check of a plan: the server can ask the rules.",
      because: "Rules are asked of all staged rows before anything is written, so that a blocked load leaves no trace.",
      causes: [
        "`action: block`: nothing is written; the message counts the rows and shows some of them",
        "`action: reject`: such rows are kept out, and stand in `.sluice/rejects`",
        "`action: warn`: they are written, and it is told",
      ],
      wrong: "quality: [{column: amount, rule: not_null}]      # and a row without amount",
      right:
        "sluice preview orders --quality    # asks the rules without writing; run --skip-quality passes over them once",
      see: ["flow.quality", "flow.maxRejects", "quality-rule"]),
    CodePage(
      "unknown-input", "A step reads something that is no source of its flow and no step before it.",
      because: "Steps are made in their order, and see nothing but the flow's own sources.",
      causes: [
        "a name mistyped; a source that is named elsewhere is called by its own name, one that is written in `source:` is "
          + "called `source`",
        "a step that stands further down: move it up", "a table of the database: make it a source, under `sources:`",
      ],
      wrong: "sources: {eu: {path: eu.csv}}\ntransform: [{name: paid, filter: {from: orders, where: [...]}}]",
      right: "sources: {orders: {path: eu.csv}}\ntransform: [{name: paid, filter: {from: orders, where: [...]}}]",
      see: ["flow.transform", "flow.sources"]),
    CodePage(
      "unused-input", "No step uses a source, or a step that is not the last one.",
      because:
        "Only the last step's rows are loaded: what no step on the way there uses would be read for nothing, and was"
        + " most likely meant to be there.",
      causes: ["a step further down reads an earlier one", "a step was taken out, and its input stayed"],
      wrong:
        "sources: {eu: {path: eu.csv}, us: {path: us.csv}}\ntransform: [{name: paid, filter: {from: eu, where: [...]}}]",
      right: "transform: [{name: all, union: [eu, us]}, {name: paid, filter: {from: all, where: [...]}}]",
      see: ["flow.transform"]),
    CodePage(
      "duplicate-name", "Two things of a flow have one name: steps, a step and a source, or rules.",
      because: "Names tell inputs apart, and results of rules.",
      causes: ["choose another name for one of them; of two like rules on a column, give one a `name:`"],
      wrong: "quality: [{column: a, rule: between, min: 1}, {column: a, rule: between, max: 9, action: warn}]",
      right:
        "quality: [{column: a, rule: between, min: 1}, {column: a, rule: between, max: 9, action: warn, name: a high}]",
      see: ["flow.transform", "flow.quality"]),
    CodePage(
      "duplicate-column", "A step would give two columns one name.",
      because: "Nobody could say which of the two is meant further on.",
      causes: ["both inputs of a join have it: take it under another name", "a SELECT gives it twice: `AS` names it"],
      wrong: "join: {left: orders, right: customers, on: {customer_id: id}, take: {note: note}}",
      right: "join: {left: orders, right: customers, on: {customer_id: id}, take: {customer_note: note}}",
      see: ["flow.transform"]),
    CodePage(
      "clashing-types", "Inputs of a union have a column of one name with types that do not go together.",
      because:
        "A union takes rows as they are. Numbers of several types become the widest of them; nothing else is guessed.",
      causes: ["give the column one type before: in a step that is SQL"],
      wrong: "- {name: all, union: [eu, us]}      # zip is bigint here, text there",
      right: "- {name: eu_zip, sql: \"SELECT id, zip::text AS zip FROM eu\"}\n- {name: all, union: [eu_zip, us]}",
      see: ["flow.transform"]),
    CodePage(
      "sql-step", "The SQL of a step, or of a rule, is not one SELECT over its inputs.",
      because:
        "Steps and rules may not write, and may read nothing but what the manifest names: that holds however the SQL"
        + " is written, as the server itself says what it refers to before it is run.",
      causes: [
        "a table of the database: make it a source of the flow, under `sources:`",
        "a function that may read or write something else: `nextval`, `set_config`, one of your own; PostgreSQL's own that"
          + " only make a value of their arguments are fine, and immutable ones of extensions written in C",
        "more than one statement, or no SELECT; a string or a parenthesis without its end",
      ],
      wrong:
        "- {name: named, sql: \"SELECT o.*, c.name FROM orders o JOIN sales.customers c ON c.id = o.customer_id\"}",
      right:
        "sources: {orders: ..., customers: {authorizer: wh, table: sales.customers}}\n- {name: named, sql: \"SELECT"
        + " o.*, c.name FROM orders o JOIN customers c ON c.id = o.customer_id\"}",
      see: ["flow.transform", "flow.sources"]),
    CodePage(
      "transform-step", "The server refuses what a step says.",
      because: "It is the judge of what can be compared and computed; it says so at plan time, at the step's line.",
      causes: [
        "types that cannot be compared: a text with a number, say; cast one in a step that is SQL",
        "a column or a function that does not exist",
        "a value that the server cannot compute, met by a load: a division by zero, a date that is none",
      ],
      wrong: "- {name: odd, sql: \"SELECT id FROM orders WHERE amount = country\"}",
      right: "- {name: odd, sql: \"SELECT id FROM orders WHERE amount::text = country\"}",
      see: ["flow.transform"]),
    CodePage(
      "quality-rule", "A rule cannot be asked of its column.",
      because: "A rule that cannot be asked would hold for ever.",
      causes: [
        "a kind of rule that makes no sense for the column's type: `anomaly` of a boolean",
        "a bound or a value that the type cannot be compared with; an `exists_in` table or key that does not exist",
      ],
      wrong: "quality: [{column: is_paid, rule: anomaly}]", right: "quality: [{column: amount, rule: anomaly}]",
      see: ["flow.quality"]),
    CodePage(
      "after-load", "A statement of `afterLoad:` fails.",
      because: "It runs in the load's transaction: nothing of the load is written.",
      causes: [
        "what it names does not exist, or the role may not do it",
        "it cannot run within a transaction: `VACUUM`, `REFRESH MATERIALIZED VIEW CONCURRENTLY` is fine, `CREATE INDEX"
          + " CONCURRENTLY` is not",
      ],
      wrong: "afterLoad: [\"VACUUM sales.orders\"]", right: "afterLoad: [\"ANALYZE sales.orders\"]",
      see: ["flow.afterLoad"]),
  ]
}
