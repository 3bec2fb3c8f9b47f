extension CodePage {
  /// Tables, their columns, keys and locks.
  static let tables: [CodePage] = [
    CodePage(
      "table-kind", "What a flow writes to is no ordinary or partitioned table.",
      because: "A view, a foreign table or a sequence takes no COPY, or not as a table does.",
      causes: ["`table` names a view: name the table behind it", "two things of similar names in one schema"],
      wrong: "table: sales.orders_view", right: "table: sales.orders", see: ["flow.table"]),
    CodePage(
      "table-columns", "The table's columns and the flow's do not fit, or cannot be made so without rewriting rows.",
      because: "Sluice narrows, drops and rewrites nothing, and values would be refused one by one at night.",
      causes: [
        "the types differ: write the table's type, or have the owner run the ALTER TABLE that is shown",
        "the table has a column that is NOT NULL without a default, and the flow does not fill it",
        "a generated or GENERATED ALWAYS column is to be filled: leave it out of `columns`",
        "a column is to be added that rows already there could not have, or with `tableChanges: none`",
        "nothing says which columns the table should have: the source cannot be read here, and `columns` is not there",
        "the server does not know a type, or does not take a default",
      ],
      wrong: "columns: {total: integer}              # numeric(12,2) in the table",
      right: "columns: {total: \"numeric(12,2)\"}", see: ["flow.columns", "flow.tableChanges"]),
    CodePage(
      "unique-key", "There is no unique index on the flow's key, and none can be made.",
      because: "Upsert finds the row to update by its key, and that must be one row. (For delete it is a warning: it is"
        + " slow without.)",
      causes: [
        "rows that are there have the same key: the query that shows them is printed",
        "`tableChanges: none`, or another owner: the owner runs the CREATE UNIQUE INDEX that is shown",
        "on a partitioned table the key must hold the partition columns",
        "`key` names no column of the table, or there is neither `key` nor a primary key",
      ],
      wrong: "key: [customer]            # customers order more than once", right: "key: [order_id]",
      see: ["flow.key", "upsert", "delete"]),
    CodePage(
      "key-column", "A load finds no key, or no column of the flow fills a column of it.",
      because: "Rows could not be told apart.",
      causes: ["what was applied has no such column: look at `key` and `columns`, then plan and apply again"],
      wrong: "columns: {total: numeric}\nkey: [order_id]",
      right: "columns: {order_id: bigint, total: numeric}\nkey: [order_id]",
      see: ["flow.key", "flow.columns"]),
    CodePage(
      "table-missing", "A table that a load needs does not exist.",
      because: "It did when the flow was applied, so somebody has dropped or renamed it since.",
      causes: [
        "the table was dropped: plan and apply make it anew (its rows are gone)",
        "a trigger or function names a table that is gone",
      ],
      right: "sluice plan      # shows it as a repair", see: ["repair", "column-missing"]),
    CodePage(
      "column-missing", "A column that a load needs does not exist.",
      because: "It did when the flow was applied, so somebody has dropped or renamed it since.",
      causes: ["the table was altered: plan and apply add the column again", "a trigger names a column that is gone"],
      right: "sluice plan      # shows it as a repair", see: ["repair", "table-missing"]),
    CodePage(
      "table-locked", "Another load of the same table is running.",
      because: "One load at a time writes a table, so that each sees the whole of the one before.",
      causes: [
        "the same flow runs on another machine, or from the scheduler: the holder is shown",
        "an earlier load lost its connection, and the server has not noticed yet",
      ],
      right: "sluice run --wait orders"),
    CodePage(
      "table-referenced", "A table cannot be truncated, as foreign keys of other tables refer to it.",
      because: "TRUNCATE would want CASCADE, which empties the other tables too: Sluice never does that.",
      causes: ["`truncate_insert` on such a table: delete the rows instead, or upsert"],
      wrong: "writeMode: truncate_insert", right: "writeMode: truncate_insert\nreaders: keep",
      see: ["flow.readers", "foreign-key-violation"]),
    CodePage(
      "lock-timeout", "Somebody else held a lock for longer than `lockTimeout`, through several tries.",
      because: "Waiting longer would put everybody who uses the table behind this command in a queue.",
      causes: [
        "a long query or an open transaction uses the table: pg_stat_activity shows it",
        "a VACUUM FULL, an index build or a dump is under way: try again later",
      ],
      wrong: "lockTimeout: 1s", right: "lockTimeout: 30s", see: ["authorizer.lockTimeout"]),
    CodePage(
      "index-being-built", "Another apply is building the same index.",
      because: "Two builds would wait for each other.",
      causes: ["two people, or two CI jobs, apply at once: apply again when the other one has ended"],
      right: "sluice apply      # when the other one has ended"),
    CodePage(
      "no-partition", "A partitioned table has no partition for a row.",
      because: "The row has no place to go, so the load is rolled back.",
      causes: ["a new month, or an unexpected value: make a partition for it, or a DEFAULT one"],
      right: "CREATE TABLE sales.orders_rest PARTITION OF sales.orders DEFAULT;"),
    CodePage(
      "disk-full", "The server's disk is full.",
      because: "Trying again at once cannot help, so it is not tried again.",
      causes: ["the data, its indexes, or temporary files of the load: its administrator makes room"],
      right: "SELECT pg_size_pretty(pg_database_size('shop'));"),
    CodePage(
      "statement-cancelled", "The server cancelled a statement.",
      because: "Somebody wanted it to end, so it is not tried again.",
      causes: [
        "`statementTimeout` of the authorizer, or statement_timeout of the role, is too short for the load",
        "an administrator cancelled it",
      ],
      wrong: "statementTimeout: 1m", right: "statementTimeout: 1h", see: ["authorizer.statementTimeout"]),
    CodePage(
      "serialization-failure", "The server ended a transaction because of another one: a deadlock, or a conflict.",
      because: "Run alone, the same would succeed, so a load is tried again by itself (`retry`).",
      causes: ["other programs write the same rows in another order, at the same time"],
      right: "retry: {attempts: 5}", see: ["flow.retry"]),
  ]
}
