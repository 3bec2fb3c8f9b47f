extension CodePage {
  /// What is wrong with a field or its value.
  static let manifests: [CodePage] = [
    CodePage(
      "unknown-field", "A map has a field that it cannot have.",
      because: "A field that is passed over in silence (`writemode:`) leaves a default where something else was meant.",
      causes: [
        "a typing mistake, or another case: names are camelCase",
        "a field at the wrong depth, or of another kind; one of sluice.yaml in a manifest",
        "a YAML file of another program: list the manifests in sluice.yaml",
      ],
      wrong: "orders: {source: orders, destination: wh, writemode: upsert}",
      right: "orders: {source: orders, destination: wh, writeMode: upsert}", see: ["flow", "sluice.yaml.manifests"]),
    CodePage(
      "missing-field", "A field that must be written is not there, and `defaults:` does not have it either.",
      because: "There is no value that would be right for everybody.",
      causes: [
        "it was forgotten, or its indentation puts it elsewhere",
        "a source says nothing of what it is: it needs one of path, authorizer, rows and command",
      ],
      wrong: "flows:\n  orders: {source: {path: orders.csv}}",
      right: "flows:\n  orders: {source: {path: orders.csv}, destination: wh}", see: ["sluice.yaml.defaults"]),
    CodePage(
      "wrong-type", "A value is of another sort than its field takes: a list for a text, a text for a number.",
      because: "Nothing is converted in silence.",
      causes: [
        "brackets or dashes too many, or too few", "nothing is written behind the colon",
        "a text that YAML reads as nothing (`null`, `~`): put it in quotes",
      ],
      wrong: "key: order_id", right: "key: [order_id]"),
    CodePage(
      "invalid-value", "A value is of the right sort, and none that its field takes.",
      because: "It would fail later, or mean something else than was meant.",
      causes: [
        "a typing mistake in one of a few words: the nearest one is named",
        "a number out of range, a duration without its unit, a path that begins with `~`",
      ],
      wrong: "writeMode: replace\nretry: {backoff: 30}", right: "writeMode: truncate_insert\nretry: {backoff: 30s}"),
    CodePage(
      "range-syntax", "A range of days, or an expression in `{{...}}`, cannot be read.",
      because: "Other days would be read than were meant, or none.",
      causes: [
        "a range is `N unit M`, N not less than M: `7d1` is from seven days ago to one day ago",
        "a path's expression is a range, `today` or `yesterday`, then `|` and a format of `Y y m n d j H i s`;"
          + " `\\` goes before any other letter",
        "a query knows `{{start}}` and `{{end}}` alone, and they stand without quotes: they are dates",
      ],
      wrong: "path: \"data/sales_{{1d7|YYYYMMDD}}.csv\"", right: "path: \"data/sales_{{7d1|Ymd}}.csv\"",
      see: ["flow.range", "source.path", "source.query"]),
    CodePage(
      "range-missing", "A query asks for the days of a range, and the flow that reads it has none.",
      because: "Nothing would say which days `{{start}}` and `{{end}}` are.",
      causes: [
        "`range` was forgotten", "a source that several flows share has placeholders: each of them needs a range",
      ],
      wrong: "orders:\n  source: {authorizer: crm, query: \"SELECT ... WHERE day >= {{start}}\"}\n  destination: wh",
      right: "orders:\n  source: {authorizer: crm, query: \"SELECT ... WHERE day >= {{start}}\"}\n  destination: wh"
        + "\n  range: 7d1", see: ["flow.range", "source.query"]),
    CodePage(
      "range-unused", "A flow has a range, and no query of its sources asks for its days.",
      because: "It looks as if rows were bounded, and all of them would be read.",
      causes: [
        "the query lost its placeholders, or the source is a table: write a query",
        "the source is of files: a path has a range of its own",
      ],
      wrong: "source: {path: data/sales.csv}\nrange: 7d1", right: "source: {path: \"data/sales_{{7d1|Ymd}}.csv\"}",
      see: ["flow.range", "source.query", "source.path"]),
    CodePage(
      "invalid-name", "A resource's name is not of the form of names.",
      because: "Names stand in addresses, patterns and file names, where other characters would need quoting.",
      causes: [
        "upper-case letters, spaces, or a first or last character that is no letter or digit",
        "more than 63 characters",
      ],
      wrong: "flows: {\"Daily Orders\": {source: orders, destination: wh}}",
      right: "flows: {daily_orders: {source: orders, destination: wh, table: '\"Daily Orders\"'}}",
      see: ["flow.table"]),
    CodePage(
      "name-too-long", "A name of PostgreSQL has more than 63 bytes.",
      because: "The server cuts such names in silence, so that two of them may become one.",
      causes: ["a long name, or one of many characters that take several bytes each: choose a shorter one"],
      wrong: "table: sales.orders_of_all_shops_in_all_countries_since_the_beginning_of_time",
      right: "table: sales.orders_all_time",
      see: ["flow.table", "flow.columns"]),
    CodePage(
      "invalid-type", "A column's type is not of the form of types.",
      because: "A type is followed by nothing else; what a serial hides (a sequence, its owner) is no type.",
      causes: [
        "`serial`: write bigint, and GENERATED BY DEFAULT AS IDENTITY in the table itself",
        "constraints behind the type: `nullable` and `default` are fields of their own",
        "`inferred` for one column: only `\"*\": inferred` stands for what the source has",
      ],
      wrong: "columns: {total: numeric(12,2) not null}",
      right: "columns: {total: {type: \"numeric(12,2)\", nullable: false}}", see: ["flow.columns.type"]),
    CodePage(
      "conflicting-fields", "Two fields are each fine, and do not go together.",
      because: "One of the two would be passed over in silence.",
      causes: [
        "fields that exclude each other: `table` and `query`, `source` and `sources`, `url` and `host`",
        "a field for one write mode beside another: deleteMissing (upsert), maxRejects (insert_ignore), readers:"
          + " keep (truncate_insert)",
        "`deleteMissing` with a source that is not read whole: `cursor`, or `files: new`",
        "a field of another kind of source than the rest",
      ],
      wrong: "orders: {source: orders, destination: wh, writeMode: insert, deleteMissing: true}",
      right: "orders: {source: orders, destination: wh, writeMode: upsert, deleteMissing: true}",
      see: ["flow.writeMode", "flow.deleteMissing", "source"]),
    CodePage(
      "plain-text-secret", "A secret itself is written where a reference to it belongs.",
      because: "Manifests are kept in git, where a password can be read by many, for ever. The value is not shown"
        + " again; where it was committed already, change the password.",
      causes: ["the password or URL was written in place of where it is to be found"],
      wrong: "password: example", right: "password: {env: WAREHOUSE_PASSWORD}",
      see: ["authorizer.password", "secret"]),
    CodePage(
      "unknown-column", "`key` names a column that `columns` does not have.",
      because: "Rows could not be told apart by a column that the table will not have.",
      causes: [
        "a typing mistake, or the source's name in place of the column's (`from:`)",
        "`columns` lists some only, without `\"*\": inferred`",
      ],
      wrong: "columns: {id: {type: bigint, from: order_id}}\nkey: [order_id]",
      right: "columns: {id: {type: bigint, from: order_id}}\nkey: [id]", see: ["flow.key", "flow.columns"]),
    CodePage(
      "secret", "A secret that a manifest refers to cannot be had.",
      because: "Without it there is no connection, and libpq's defaults are not what the manifest asks for.",
      causes: [
        "`env`: the variable is not set, or empty, where Sluice runs (cron has few of a shell's variables)",
        "`file`: it is missing, or others than its owner can read it",
        "`command`: the program is not there, fails, or takes longer than half a minute",
      ],
      wrong: "password: {env: PASSWORD}     # not set", right: "WAREHOUSE_PASSWORD=... sluice plan",
      see: ["authorizer.password", "plain-text-secret"]),
  ]
}
