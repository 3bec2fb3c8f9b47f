extension CodePage {
  /// Loads as a whole.
  static let loads: [CodePage] = [
    CodePage(
      "load-failed", "A load failed, and nothing more is known of why.",
      because: "It was rolled back: the table is as it was.",
      causes: ["a mistake in Sluice: please report it with the command's output"],
      right: "sluice run orders", see: ["connection-lost"]),
    CodePage(
      "preview-failed", "A preview was not made, and nothing more is known of why.",
      because: "A preview is a load that is rolled back, and nothing was written.",
      causes: ["a mistake in Sluice: please report it with the command's output"],
      right: "sluice preview orders"),
    CodePage(
      "skipped", "A flow was not loaded, as one that it comes after has failed.",
      because: "`after` says that it needs those rows.",
      causes: ["the other flow failed: mend that one first, then run what failed"],
      right: "sluice run --failed", see: ["flow.after"]),
    CodePage(
      "slot-pending", "A flow was not begun, as one that it comes after has yet to load its own slot (a warning).",
      because: "Its rows build on those of the other flow, and its slot would be taken without them.",
      causes: [
        "the other flow waits for its file, or another session has its table: the next `sluice run --due` looks again"
      ],
      right: "sluice run --due", see: ["flow.after", "waiting"]),
    CodePage(
      "notify-failed", "A program of `notify:` was not told what has happened to a flow (a warning).",
      because: "A load is what it is, whoever was told: only the message is lost.",
      causes: [
        "there is no such program, or it ended with another exit status than 0",
        "it took longer than ten seconds: let it hand the message on, and end",
        "it wants a variable that holds a secret, or one of libpq's: it inherits neither",
      ],
      wrong: "notify: [{on: [broken], command: [page]}]", right: "notify: [{on: [broken], command: [bin/page]}]",
      see: ["sluice.yaml.notify"]),
    CodePage(
      "not-applied", "A flow was never applied, so it cannot be run (in a run of all flows: a warning).",
      because: "`run` loads flows as applied, so that a half-edited manifest moves no data.",
      causes: ["it is new: apply first, or do both at once", "the state is another one: --env, --state or the folder"],
      wrong: "sluice run orders", right: "sluice run --apply orders", see: ["changes-not-applied"]),
    CodePage(
      "changes-not-applied", "A flow has changes that are not applied, and runs as applied (a warning).",
      because: "Somebody who has just edited a manifest expects it to count.",
      causes: [
        "the manifest was edited: plan and apply it", "the flow was taken out of the manifests: apply deletes it",
      ],
      right: "sluice plan orders && sluice apply orders", see: ["not-applied"]),
    CodePage(
      "manifests-invalid", "The manifests have errors, and flows run as applied (a warning).",
      because: "A run depends on what was applied alone, so it goes on.",
      causes: ["a manifest is being edited: `sluice validate` shows what is wrong"], right: "sluice validate",
      see: ["changes-not-applied"]),
    CodePage(
      "full-refresh-doubles", "A full refresh would append all rows once more.",
      because: "With insert and no key nothing tells which rows are there already.",
      causes: ["the flow appends without a key: give it one, let it replace the table, or empty the table first"],
      wrong: "writeMode: insert", right: "writeMode: upsert\nkey: [order_id]", see: ["flow.writeMode", "flow.key"]),
    CodePage(
      "backfill-unbounded", "A flow cannot be backfilled, as nothing bounds its loads by days.",
      because: "Each window would load all rows once more, or take out what the others brought.",
      causes: [
        "files: write the days into their path", "a table: give the source a cursor of type date or timestamp",
        "a query: write `{{start}}` and `{{end}}` in it, and `range` on the flow",
        "truncate_insert or `deleteMissing`: another write mode keeps what other windows brought",
      ],
      wrong: "orders: {source: {path: data/orders.csv}, destination: wh}",
      right: "orders: {source: {path: \"data/orders_{{1d1|Ymd}}.csv\"}, destination: wh}",
      see: ["flow.range", "source.path", "source.query", "source.cursor"]),
    CodePage(
      "too-many-deletes", "`deleteMissing` would delete more rows than `maxDeletes` allows: nothing was written.",
      because: "A source that has lost half of its rows is more often broken than right.",
      causes: [
        "the source is not complete: look there first",
        "so many are truly to go: allow it this once, or raise `maxDeletes`",
      ],
      right: "sluice run customers --allow-delete 1200", see: ["flow.deleteMissing", "flow.maxDeletes"]),
  ]
}
