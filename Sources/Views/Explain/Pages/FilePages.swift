extension CodePage {
  /// Files that are no manifests: their bytes, and YAML itself.
  static let files: [CodePage] = [
    CodePage(
      "yaml-syntax", "A file is not valid YAML.",
      because: "Nothing of the file can be trusted, so nothing of it is read.",
      causes: [
        "a tab in the indentation: YAML wants spaces",
        "a text that holds `: ` or ` #`, or begins with `*`, `&`, `{`, `[`, `@` or `%`, without quotes",
        "a quote, `[` or `{` that is never closed: the place shown is where it was opened",
      ],
      wrong: "description: Orders: all of them", right: "description: \"Orders: all of them\""),
    CodePage(
      "duplicate-key",
      "A key stands twice in one map of a file; or a row has a key that another row of the table has already.",
      because:
        "In a file, one of the two values would be lost in silence. In a table, the server's unique index refuses"
        + " the row, and the load is rolled back whole.",
      causes: [
        "in a manifest: two resources of one name, or a field written twice: remove or rename one",
        "in a load with `writeMode: insert`: the rows were loaded before; upsert recognises them by their key",
        "the source holds the key twice, or the table has another unique index than that of the flow's `key`",
      ],
      wrong: "orders: {source: orders, destination: wh, writeMode: insert}",
      right: "orders: {source: orders, destination: wh, writeMode: upsert, key: [order_id]}",
      see: ["duplicate-resource", "duplicate-key-in-source", "upsert", "insert_ignore"]),
    CodePage(
      "complex-key", "A key of a map is a list or a map.",
      because: "Names of fields and resources are texts; YAML allows more than that, a manifest does not.",
      causes: [
        "a line that begins with `? `", "a template's `{{name}}` without quotes: to YAML it is a map within a map",
      ],
      wrong: "table: {{name}}", right: "table: ${name}"),
    CodePage(
      "invalid-character", "A file holds a character that may not stand in YAML, or U+0000 within a value.",
      because:
        "Control characters and line separators are invisible in a review; PostgreSQL's text cannot hold U+0000.",
      causes: [
        "text pasted from a web page or a word processor: write the character as an escape, or remove it",
        "a binary file whose name ends in .yaml: list the manifests in sluice.yaml",
      ],
      wrong: "description: Orders\u{2028}and returns", right: "description: \"Orders\\u2028and returns\""),
    CodePage(
      "invalid-utf8", "A file is not valid UTF-8.",
      because: "Its names would be read as others than those that were meant.",
      causes: [
        "an editor saved the file as Latin-1, Windows-1252 or UTF-16: save it as UTF-8",
        "a binary file whose name ends in .yaml: list the manifests in sluice.yaml",
      ],
      right: "iconv -f windows-1252 -t utf-8 old.yaml > new.yaml"),
    CodePage(
      "too-deep", "Values of a file are nested deeper than a bound, by themselves or through aliases.",
      because: "No manifest needs it, and reading such a file would take unbounded memory.",
      causes: ["a file that a program made wrongly", "anchors that hold each other's aliases"],
      wrong: "description: [[[[[[...]]]]]]",
      right: "description: Orders"),
    CodePage(
      "alias-expansion",
      "The aliases of a file stand for more values than a bound, or one stands within its own anchor.",
      because: "A few lines of aliases of aliases can stand for billions of values.",
      causes: [
        "an alias inside the value that its anchor names",
        "large anchors that are used very often: `defaults:` in sluice.yaml says the same once",
      ],
      wrong: "flows: &flows\n  orders: *flows", right: "flows: {orders: {source: orders, destination: wh}}"),
    CodePage(
      "unknown-anchor", "An alias names an anchor that does not stand before it in the file.",
      because: "There is nothing that it could stand for; anchors do not reach from one file into another.",
      causes: [
        "a typing mistake, or an anchor that stands further down",
        "a text that begins with `*` without quotes, such as a pattern",
      ],
      wrong: "manifests: [*.yaml]", right: "manifests: [\"*.yaml\"]"),
    CodePage(
      "unknown-tag", "A value has a tag that means nothing here.",
      because: "Tags of other programs (`!Ref`, `!vault`) stand for values that Sluice does not know.",
      causes: ["a file of another program", "a text that begins with `!` without quotes"],
      wrong: "password: !vault wh", right: "password: {command: [vault, kv, get, -field=password, wh]}"),
    CodePage(
      "unreadable-file", "A file or a folder of the project cannot be read.",
      because: "A manifest that is left out looks like one that was deleted: its flows would be planned away.",
      causes: ["permissions: the user that runs Sluice may not read it", "a link whose target is gone"],
      right: "chmod u+r flows/orders.yaml"),
    CodePage(
      "not-a-regular-file", "What is named like a manifest is no regular file.",
      because: "Reading a pipe or a device may wait for ever, and gives other bytes each time.",
      causes: ["a pipe, socket, device or folder whose name ends in .yaml or .yml: rename it, or list the manifests"],
      right: "manifests: [\"flows/**/*.yaml\"]   # in sluice.yaml", see: ["sluice.yaml.manifests"]),
    CodePage(
      "no-such-folder", "There is no such folder.",
      because: "A project is a folder; an empty one in its place would mean that everything was deleted.",
      causes: ["a typing mistake in `-C DIR`", "the command runs in another working folder than was thought"],
      wrong: "sluice -C shpo plan", right: "sluice -C shop plan"),
    CodePage(
      "no-manifests", "The project has no manifests (a warning).",
      because: "A command in the wrong folder would otherwise look as if all were well.",
      causes: [
        "the command was run in another folder: `-C DIR` names the project's",
        "the files' names do not end in .yaml or .yml, or begin with a dot",
      ],
      right: "sluice -C shop validate"),
    CodePage(
      "no-match", "A pattern of `manifests:` in sluice.yaml matches no file (a warning).",
      because: "Flows whose files are not found look deleted.",
      causes: [
        "the pattern is relative to the project's folder, and hidden files are left out",
        "`*` stays within one folder; `**/` goes into those below",
      ],
      wrong: "manifests: [\"*.yaml\"]      # the files lie in flows/", right: "manifests: [\"**/*.yaml\"]",
      see: ["sluice.yaml.manifests"]),
  ]
}
