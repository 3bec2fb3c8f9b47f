extension CodePage {
  /// Names: of resources, and of variables and environments.
  static let references: [CodePage] = [
    CodePage(
      "unknown-reference", "A name stands for a resource, and there is none of that name.",
      because: "The flow could not be planned: it would read from, or write to, nothing.",
      causes: [
        "a typing mistake: the nearest name is shown",
        "the resource's file is not among the manifests (hidden, or not matched by `manifests:`)",
      ],
      wrong: "orders: {source: orders, destination: warehous}",
      right: "orders: {source: orders, destination: warehouse}", see: ["sluice.yaml.manifests"]),
    CodePage(
      "wrong-kind", "A name stands for a resource of one kind, and there is one of that name of another kind only.",
      because: "A destination is more than an authorizer: it says that flows may write there, and to which schema.",
      causes: ["an authorizer's name in `destination:`: declare a destination with it"],
      wrong: "authorizers: {wh: {url: {env: DATABASE_URL}}}\nflows: {orders: {source: orders, destination: wh}}",
      right: "destinations: {wh: {authorizer: wh}}      # besides", see: ["destination", "authorizer"]),
    CodePage(
      "duplicate-resource", "Two resources of one kind have the same name.",
      because: "The order of files carries no meaning, so nothing says which of the two counts.",
      causes: ["a copied file, or one that was split and not removed: both places are shown"],
      wrong: "# a.yaml and b.yaml\nflows: {orders: {source: orders, destination: wh}}",
      right: "# b.yaml\nflows: {orders_eu: {source: orders_eu, destination: wh}}"),
    CodePage(
      "reference-cycle", "Flows wait for each other by `after:`, or one waits for itself.",
      because: "None of them could ever start.",
      causes: ["`after` was written on both sides: keep the one that is needed"],
      wrong: "orders: {after: [customers]}\ncustomers: {after: [orders]}", right: "orders: {after: [customers]}",
      see: ["flow.after"]),
    CodePage(
      "name-clash", "Two tables of `tables:`, or two that `sluice import` reads, would become flows of one name.",
      because: "The names are made of lower-case letters, digits and `_`, so that `a-b` and `a_b` are one.",
      causes: ["tables that differ in case or in such characters only: skip one, and give it a flow of its own"],
      wrong: "tables: {\"public.*\": {}}      # has \"a-b\" and a_b",
      right: "tables: {\"public.*\": {}, public.a-b: skip}", see: ["source.tables"]),
    CodePage(
      "renamed-from-declared", "A resource has `renamedFrom`, and the old name is still in the manifests.",
      because: "Either it is a rename and the old one is gone, or they are two.",
      causes: [
        "the old entry was not removed", "a copy of a renamed resource: leave out `renamedFrom` in what is a new one",
      ],
      wrong: "sales: {renamedFrom: orders}\norders: {source: orders, destination: wh}",
      right: "sales: {renamedFrom: orders, source: orders, destination: wh}", see: ["flow.renamedFrom", "rename"]),
    CodePage(
      "renamed-twice", "Two resources say that they were renamed from the same one.",
      because: "The history (loads, cursor) of the old one can go on in one place only.",
      causes: ["a renamed resource was copied: leave out `renamedFrom` in one of the two"],
      wrong: "a: {renamedFrom: orders}\nb: {renamedFrom: orders}", right: "a: {renamedFrom: orders}",
      see: ["flow.renamedFrom", "rename"]),
    CodePage(
      "undefined-variable", "`${name}` stands for a variable that sluice.yaml does not declare.",
      because: "Variables of the environment are not taken by themselves, so that a manifest cannot print one.",
      causes: [
        "a typing mistake, or a variable that is not declared",
        "a text that is to hold `${` itself: write `$${`",
      ],
      wrong: "host: ${DB_HOST}", right: "variables: {db_host: localhost}      # in sluice.yaml; then ${db_host}",
      see: ["sluice.yaml.variables"]),
    CodePage(
      "variable-not-set", "A variable without a default has no value.",
      because: "An empty text in its place would name another host, schema or file.",
      causes: ["nothing gives it one: --var, the environment chosen, or SLUICE_VAR_ and its name"],
      right: "sluice plan --var host=db.internal", see: ["sluice.yaml.variables", "sluice.yaml.environments"]),
    CodePage(
      "invalid-variable", "`${` is not followed by a variable's name and `}`.",
      because: "It may be a variable with a typing mistake, so it is not taken for text.",
      causes: [
        "a brace too few, or other characters than letters, digits and `_`", "a text that is to hold `${` itself",
      ],
      wrong: "query: SELECT '${'", right: "query: SELECT '$${'", see: ["sluice.yaml.variables"]),
    CodePage(
      "environment-required", "The project has environments, and the command does not say which.",
      because: "Each has its own state and servers: a default would be production for somebody.",
      causes: ["--env is missing, and SLUICE_ENV is not set"],
      wrong: "sluice plan", right: "sluice plan --env staging", see: ["sluice.yaml.environments"]),
    CodePage(
      "unknown-environment", "The project has no environment of that name.",
      because: "Its variables, and its state, would not exist.",
      causes: ["a typing mistake in --env or SLUICE_ENV", "sluice.yaml lists no environments: leave out both"],
      wrong: "sluice plan --env stagin", right: "sluice plan --env staging", see: ["sluice.yaml.environments"]),
  ]
}
