extension CodePage {
  /// Rows that are refused.
  static let rows: [CodePage] = [
    CodePage(
      "bad-row", "A row of a file cannot be taken apart into fields.",
      because: "Guessing where a field ends would put values into the wrong columns. With insert_ignore the row is"
        + " rejected, else nothing is written.",
      causes: [
        "too many or too few fields: a field that holds the delimiter must stand in quotes",
        "a quote that is never closed, or one within a field that is not doubled",
        "another encoding than UTF-8: say it with `csv.encoding`; or a NUL byte",
        "in JSON: no valid JSON, or a row that is no object",
      ],
      wrong: "1002,Müller, Jürgen,15.00", right: "1002,\"Müller, Jürgen\",15.00",
      see: ["source.csv", "source.csv.delimiter", "source.csv.encoding", "insert_ignore"]),
    CodePage(
      "bad-value", "A value is not one of its column's type.",
      because: "The server is the judge, and nothing is cut or guessed. The place, the value and the type are shown.",
      causes: [
        "the column's type is narrower than the data: too long, too large, a text for a number",
        "a date such as 05/01/2024: `csv.dateOrder` says which is the day",
        "a decimal comma: `csv.decimal`; a word for NULL: `csv.null`",
      ],
      wrong: "csv: {}                      # 31.12.2024 and 1234,50",
      right: "csv: {dateOrder: dmy, decimal: \",\"}",
      see: ["flow.columns.type", "source.csv.dateOrder", "source.csv.decimal", "source.csv.null"]),
    CodePage(
      "not-null-violation", "A row has no value for a column that may not be NULL.",
      because: "The server refuses it; with insert_ignore the row is rejected, else nothing is written.",
      causes: [
        "an empty field: unquoted it is NULL, quoted (`\"\"`) it is an empty text",
        "the source lacks the value: write `nullable: true`, or have the source filter such rows",
        "the key of an upsert is NULL: no row can be found by it",
      ],
      wrong: "total: {type: numeric, nullable: false}", right: "total: {type: numeric}",
      see: ["flow.columns.nullable", "flow.columns.default", "source.csv.null"]),
    CodePage(
      "foreign-key-violation", "A row refers to one that is not there, or a row that is to go is referred to.",
      because: "The server refuses it; with insert_ignore the row is rejected, else nothing is written.",
      causes: [
        "the table that is referred to is loaded later: `after` puts the flows in order",
        "truncate_insert or `deleteMissing` takes away rows that others need: upsert leaves them alone",
      ],
      wrong: "orders: {source: orders, destination: wh}",
      right: "orders: {source: orders, destination: wh, after: [customers]}", see: ["flow.after", "table-referenced"]),
    CodePage(
      "check-violation", "A row breaks a CHECK of the table or of a domain.",
      because: "The server refuses it; with insert_ignore the row is rejected, else nothing is written.",
      causes: ["the data is wrong, or the rule is out of date: the constraint's name is shown"],
      wrong: "1004,Jan,-5.00                 # CHECK (total >= 0)",
      right: "writeMode: insert_ignore",
      see: ["insert_ignore", "flow.maxRejects"]),
    CodePage(
      "exclusion-violation", "A row conflicts with another by an exclusion constraint, as ranges that overlap do.",
      because: "The server refuses it; with insert_ignore the row is rejected, else nothing is written.",
      causes: ["the data overlaps with itself, or with what the table holds: the constraint's name is shown"],
      wrong: "7,2024-05-01,2024-05-09       # overlaps with 2024-05-08",
      right: "writeMode: insert_ignore",
      see: ["insert_ignore", "flow.maxRejects"]),
    CodePage(
      "row-rejected", "A row was kept out of the table by insert_ignore; shown by `preview`.",
      because: "The rest is loaded; each such row stands in the file of rejects, with its place and the reason.",
      causes: ["a wrong type, NULL, a CHECK, a key that is there already: the SQLSTATE says which"],
      wrong: "1004,Jan,abc                  # total is numeric",
      right: "1004,Jan,15.00",
      see: ["insert_ignore", "rows-rejected"]),
    CodePage(
      "rows-rejected", "A load by insert_ignore kept rows out (a warning).",
      because: "The load is done all the same, so that the number would otherwise go unseen.",
      causes: ["rows that do not fit: the file that is named holds each with its place, reason and values"],
      right: "maxRejects: 1%      # on the flow: more than that fails the load",
      see: ["insert_ignore", "flow.maxRejects", "too-many-rejects"]),
    CodePage(
      "too-many-rejects", "A load kept out more rows than `maxRejects` allows: nothing was written.",
      because: "A few odd rows are one thing; a source that has changed its form is another.",
      causes: [
        "the source has changed: the file of rejects shows how",
        "the limit is too small for this source: raise `maxRejects`",
      ],
      wrong: "maxRejects: 0", right: "maxRejects: 1%", see: ["flow.maxRejects", "rows-rejected"]),
    CodePage(
      "rejects-unwritable", "The file of rejected rows cannot be written.",
      because: "Rows would be lost without a trace, so the load fails instead.",
      causes: ["the folder .sluice/rejects of the project is not writable, or the disk is full"],
      right: "ls -ld .sluice .sluice/rejects"),
    CodePage(
      "duplicate-key-in-source", "A key comes several times in a table or query that an upsert reads.",
      because: "The last row of a key wins, and a database has no last row without an order.",
      causes: [
        "the source keeps every version of a row: a `cursor` says which is the last",
        "the key is not one: name all of its columns, or have a `query` give each once",
      ],
      wrong: "source: {authorizer: crm, table: public.prices}",
      right: "source: {authorizer: crm, table: public.prices, cursor: changed_at}",
      see: ["source.cursor", "flow.key", "upsert"]),
  ]
}
