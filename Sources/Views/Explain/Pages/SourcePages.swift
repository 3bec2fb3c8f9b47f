extension CodePage {
  /// Where rows come from.
  static let sources: [CodePage] = [
    CodePage(
      "source-readable", "A source cannot be read: a file, a table or a query.",
      because: "The load would fail at night. Where the columns are known already, a missing file is only a warning: it"
        + " may come later.",
      reasons: [
        .init(
          "no-file",
          "No file is there, or none that was not loaded before: a flow that is due by its schedule waits.")
      ],
      causes: [
        "the file is not there: `path` is relative to the manifest that it stands in",
        "it is empty where a header is wanted, damaged, cut off, or compressed in another way than its name says",
        "the header is one field: another `csv.delimiter` is meant",
        "a query fails, or a table does not exist, in the source's database",
        "with a `cursor` and no `key`, rows may be missed or come twice (a warning)",
      ],
      wrong: "# flows/orders.yaml\nsource: {path: data/orders.csv}     # data/ lies beside flows/",
      right: "source: {path: ../data/orders.csv}", see: ["source.path", "source.csv", "source-privileges"]),
    CodePage(
      "source-field-missing", "The source lacks a field that a column takes, or its cursor.",
      because: "Without it the column would be NULL in every new row, in silence.",
      causes: [
        "the field was renamed or removed in the source: say so with `from`, or take the column out",
        "a typing mistake: the nearest of the source's fields is shown",
      ],
      wrong: "columns: {total: numeric}                        # the file has \"amount\"",
      right: "columns: {total: {type: numeric, from: amount}}", see: ["flow.columns.from", "source-changed"]),
    CodePage(
      "source-changed", "The source has changed since the flow was applied: a new field, or another type.",
      because:
        "With `sourceChanges: fail` nothing is loaded from a source that is no longer as it was. With `adapt` it is"
        + " a warning, and the rows are loaded as far as their values fit.",
      causes: [
        "somebody changed the source on purpose: declare the field in `columns`, and apply",
        "another file than was thought",
      ],
      wrong: "sourceChanges: fail", right: "sourceChanges: adapt", see: ["flow.sourceChanges", "source-field-missing"]),
    CodePage(
      "source-encoding", "The encoding that a source names is not known on this machine.",
      because: "Read as another one, its letters would be wrong.",
      causes: ["a typing mistake, or a name that this system's iconv does not have: `iconv -l` lists them"],
      wrong: "csv: {encoding: win1252}", right: "csv: {encoding: windows-1252}", see: ["source.csv.encoding"]),
    CodePage(
      "source-program", "The program of a `command` source could not be started, or failed.",
      because: "What it printed so far may be half of the rows, so nothing was written.",
      causes: [
        "it is not in PATH; there is no shell, so that `|`, `*` and `$HOME` are plain text",
        "it ended with another status than 0: the end of what it said on standard error is shown",
      ],
      wrong: "command: [\"curl -sf https://example.com/orders.csv\"]",
      right: "command: [curl, -sf, \"https://example.com/orders.csv\"]", see: ["source.command"]),
    CodePage(
      "source-empty", "The source has no rows.",
      because: "An extraction that fails in silence looks just so; with truncate_insert it would empty the table, with"
        + " `deleteMissing` too (where it is a warning, and nothing is deleted).",
      causes: [
        "the file is truly empty today: `allowEmpty` says that this may be",
        "whatever writes the file has failed, or has not finished",
      ],
      wrong: "source: {path: orders.csv}", right: "source: {path: orders.csv, allowEmpty: true}",
      see: ["source.allowEmpty", "flow.deleteMissing"]),
    CodePage(
      "file-changed", "A file has changed: while it was read, or since it was loaded.",
      because:
        "Half of an old and half of a new file is neither; and rows of a file that was loaded would be loaded twice.",
      causes: [
        "it is still being written: write under another name, and rename when it is complete",
        "new rows were appended to a file that was loaded: give them a file of their own, or load all files each time",
      ],
      wrong: "source: {path: orders.csv}                 # insert: new files only",
      right: "source: {path: orders.csv, files: all}", see: ["source.files"]),
    CodePage(
      "cursor-null", "Rows have no place in the order of the cursor, and are never loaded (a warning).",
      because: "NULL is neither before nor after any value, and infinity is after all of them.",
      causes: ["the column is not filled in every row: read a query that fills it, or use another column"],
      wrong: "source: {authorizer: crm, table: orders, cursor: updated_at}",
      right: "source: {authorizer: crm, cursor: changed,\n"
        + "  query: \"SELECT *, coalesce(updated_at, created_at) AS changed FROM orders\"}",
      see: ["source.cursor"]),
  ]
}
