extension CodePage {
  /// Names on the command line.
  static let commands: [CodePage] = [
    CodePage(
      "unknown-flow", "There is no flow of that name.",
      because: "A pattern that fits nothing is more often a mistake than meant.",
      causes: ["a typing mistake: the nearest name is shown", "the flow is of another project or environment"],
      wrong: "sluice run order", right: "sluice run orders", see: ["selects-nothing"]),
    CodePage(
      "selects-nothing", "--select, --exclude or an argument fits no resource.",
      because: "A command that then does nothing would look as if all were well.",
      causes: ["a typing mistake, or a label that no resource has", "an address wants its kind: flow/orders"],
      wrong: "sluice plan --select team=sale", right: "sluice plan --select team=sales",
      see: ["flow.labels", "unknown-flow"]),
    CodePage(
      "unknown-topic", "`sluice explain` knows nothing of that name.",
      because: "Names are those of the manifests, of plans and of diagnostics, to the letter.",
      causes: [
        "a typing mistake: the nearest topics are shown",
        "a field without what it is a field of: `sluice explain` alone lists all topics",
      ],
      wrong: "sluice explain deleteMising", right: "sluice explain flow.deleteMissing"),
    CodePage(
      "init-exists", "`sluice init` would write over files that are there.",
      because: "They may be somebody's work: nothing was written at all.",
      causes: ["the folder has a project already", "the wrong folder"],
      wrong: "sluice init .", right: "sluice init shop"),
    CodePage(
      "init-unwritable", "A file of the new project could not be written.",
      because: "What was written before it is still there.",
      causes: ["no permission, or no room, in that folder"], right: "sluice init ~/shop"),
    CodePage(
      "report-file", "The file of `sluice report --out` cannot be written.",
      because: "A report is written whole or not at all: what was there is still there.",
      causes: ["the folder does not exist, or you may not write in it"], right: "sluice report --out report.html"),
    CodePage(
      "no-schedule", "`sluice export` has nothing to write, as no flow has a schedule.",
      because: "A scheduler that starts nothing would look as if all were well.",
      causes: [
        "the flows have no `schedule`, or it is not applied yet", "they have `enabled: false`",
        "others were named, or another environment is meant: --env",
      ],
      wrong: "sluice export cron", right: "schedule: \"0 6 * * *\"", see: ["flow.schedule"]),
    CodePage(
      "export-path", "A path has more than one line, and a crontab cannot hold it.",
      because: "A line of a crontab ends where the text does.",
      causes: ["a folder whose name has an end of line: rename it, or use systemd"], right: "sluice export systemd"),
    CodePage(
      "export-unwritable", "A file of `sluice export --out` could not be written.",
      because: "What was written before it is still there.",
      causes: ["no permission, or no room, in that folder"], right: "sluice export systemd --out units"),
    CodePage(
      "unknown-address", "There is nothing at that address, in the manifests or in the state.",
      because: "The command has nothing to work on.",
      causes: ["a typing mistake: the nearest one is shown", "`sluice state list` shows what the state holds"],
      wrong: "sluice state show flow/order", right: "sluice state show flow/orders"),
    CodePage(
      "wrong-address", "`state mv` cannot give a resource that address.",
      because: "A resource stays of its kind, and its name must be one that a manifest may hold.",
      causes: ["another kind, or a name of other characters than lower-case letters, digits, `_`, `.` and `-`"],
      wrong: "sluice state mv flow/orders source/sales", right: "sluice state mv flow/orders flow/sales",
      see: ["invalid-name"]),
    CodePage(
      "address-taken", "`state mv` would put a resource at an address that the state holds already.",
      because: "What is recorded there would be lost.",
      causes: ["both exist: forget one of the two first, or choose another name"],
      right: "sluice state rm flow/sales && sluice state mv flow/orders flow/sales"),
    CodePage(
      "authorizer-required", "The command wants the name of an authorizer, as the project has several, or none.",
      because: "Each is another database.",
      causes: ["the project has more than one: name the one that is meant"],
      wrong: "sluice sandbox psql", right: "sluice sandbox psql warehouse"),
    CodePage(
      "destination-required", "`sluice import` wants the name of a destination, as the project has several, or none.",
      because: "Each flow writes to one.",
      causes: ["the project has more than one: name the one that is meant", "the project declares none yet"],
      wrong: "sluice import data/orders.csv", right: "sluice import data/orders.csv --to warehouse",
      see: ["flow.destination", "destination"]),
    CodePage(
      "import-no-table", "No table of the authorizer's database is called that, or fits the pattern.",
      because: "There is nothing to write a flow of.",
      causes: [
        "a typing mistake: the nearest name is shown", "the schema is not written, and it is not `public`",
        "a view: patterns fit tables alone, and views are named one by one",
        "a shell took `*` for files: the pattern stands in quotes",
      ],
      wrong: "sluice import crm --tables 'sale.*'", right: "sluice import crm --tables 'sales.*'",
      see: ["source.tables"]),
    CodePage(
      "import-known", "`sluice import` left out a flow whose name the project has already.",
      because: "What stands in a manifest is never written over, and no two flows have one name.",
      causes: [
        "it was imported before: only what is new is written", "another flow has that name: give one with --name",
      ],
      right: "sluice import data/orders.csv --name orders_2024", see: ["duplicate-resource"]),
    CodePage(
      "import-left-out", "`sluice import` left out a field, or a flow, that no manifest can hold.",
      because: "The manifest must load again, and mean the same.",
      causes: [
        "a field whose name begins with `$`, which stands for what the load itself knows: read it with a query that names "
          + "it otherwise",
        "a table without columns, or one that exists and has none of the source's fields",
      ],
      right: "source: {authorizer: crm, query: 'SELECT \"$id\" AS id FROM orders'}", see: ["flow.columns"]),
    CodePage(
      "import-onto-itself", "An imported flow would write into the very table that it reads.",
      because: "It would empty the table, or change it while it is read.",
      causes: ["the destination is in the database of the authorizer that is imported: name another one with --to"],
      wrong: "sluice import warehouse --tables 'sales.*'", right: "sluice import crm --tables 'sales.*' --to warehouse"),
    CodePage(
      "import-exists", "`sluice import --out` would write over a file that is there.",
      because: "It may be somebody's work: nothing was written.",
      causes: ["an earlier import's file: name a new one, the order of files has no meaning"],
      wrong: "sluice import crm --tables 'sales.*' --out flows.yaml",
      right: "sluice import crm --tables 'sales.*' --out flows/sales.yaml"),
    CodePage(
      "import-unwritable", "The new manifest could not be written.", because: "Nothing was written.",
      causes: ["the folder does not exist", "no permission, or no room, in that folder"],
      right: "mkdir flows && sluice import data/*.csv --out flows/files.yaml"),
  ]
}
