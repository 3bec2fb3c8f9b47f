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
  ]
}
