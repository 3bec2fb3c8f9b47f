extension CodePage {
  /// Plans, saved plans, and applying them.
  static let plans: [CodePage] = [
    CodePage(
      "changed-since-plan", "The database has changed between the plan and its step.",
      because: "The step was made for what the plan has seen; it was rolled back.",
      causes: ["somebody else made or changed the table meanwhile: plan again, and look"],
      right: "sluice plan", see: ["plan-stale"]),
    CodePage(
      "step-failed", "The server refused a step of an apply; it was rolled back.",
      because: "Steps done before it are recorded; those that depend on it were not tried.",
      causes: [
        "something that no check foresees, such as an event trigger or an extension's rule: see the server's message"
      ],
      right: "sluice plan", see: ["server-error", "blocked"]),
    CodePage(
      "excluded", "A selected resource needs another one that --exclude leaves out and that has changes.",
      because: "Applied without it, it would rest on what is not there.",
      causes: ["--exclude takes too much: apply the other one first, or do not exclude it"],
      wrong: "sluice apply orders --exclude destination/wh", right: "sluice apply orders"),
    CodePage(
      "in-use", "A resource is gone from the manifests, and something that was applied still uses it.",
      because: "Deleting a resource that another one uses is refused.",
      causes: ["a plan of a part of the project leaves the user out: select it too, so that it is applied or deleted"],
      wrong: "sluice apply --select destination/wh", right: "sluice apply", see: ["delete"]),
    CodePage(
      "protected", "A resource with `protect: true` would be deleted or forgotten.",
      because: "The protection is recorded, so that removing the file does not remove it.",
      causes: [
        "it was taken out of the manifests: bring it back",
        "it is truly to go: apply it with `protect: false` first, a step of its own",
      ],
      wrong: "# the entry is removed at once", right: "orders: {protect: false, source: orders, destination: wh}",
      see: ["flow.protect", "delete"]),
    CodePage(
      "deletes-not-allowed", "The plan deletes more resources than was allowed.",
      because: "--yes does not cover deletes: a job that applies by itself must not delete by mistake.",
      causes: [
        "manifests are missing where the job runs: look at the plan first",
        "they are to go: say how many",
      ],
      wrong: "sluice apply --yes", right: "sluice apply --yes --allow-delete 2", see: ["delete", "not-confirmed"]),
    CodePage(
      "not-confirmed", "Nothing was applied: the question was not answered with yes, or there was nobody to ask.",
      because: "A plan is applied only once somebody has agreed to it.",
      causes: ["there is no terminal, as in CI: add --yes, or apply a saved plan that was reviewed"],
      wrong: "sluice apply", right: "sluice apply --yes", see: ["deletes-not-allowed"]),
    CodePage(
      "several-servers", "`plan --sql` would be one script for databases of one name on several servers.",
      because: "psql connects to one server at a time, and could run a part in the wrong one.",
      causes: ["choose the flows of one server, and make a script for each"],
      wrong: "sluice plan --sql", right: "sluice plan --sql --select region=eu"),
    CodePage(
      "plan-stale", "A saved plan no longer fits: the manifests, the state or the databases have moved on.",
      because: "`apply --plan` applies exactly what was reviewed, once, or nothing.",
      causes: [
        "it was applied already, or somebody applied something else",
        "what it rests on has changed: the parts that moved are named; plan again, and review that",
      ],
      right: "sluice plan --out plan.json && sluice apply --plan plan.json", see: ["changed-since-plan"]),
    CodePage(
      "plan-newer", "A saved plan was written by a newer version of Sluice.",
      because: "It may hold what this version does not know.",
      causes: ["CI and this machine have different versions: use the one that saved it, or plan again"],
      right: "sluice plan --out plan.json"),
    CodePage(
      "plan-file", "The file of a saved plan cannot be read or written.",
      because: "Without it nothing can be reviewed, or applied.",
      causes: ["the folder does not exist, or may not be written to", "a typing mistake in its name"],
      wrong: "sluice plan --out plans/today.json", right: "mkdir -p plans && sluice plan --out plans/today.json"),
    CodePage(
      "not-a-plan", "A file is no saved plan, or a damaged one.",
      because: "Only what `plan --out` wrote can be applied; `plan --output json` prints a document for programs.",
      causes: ["the output of `plan --output json` was saved: save with --out"],
      wrong: "sluice plan --output json > plan.json", right: "sluice plan --out plan.json"),
  ]
}
