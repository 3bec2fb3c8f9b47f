extension CodePage {
  /// Schemas, and what roles may do.
  static let privileges: [CodePage] = [
    CodePage(
      "schema-exists", "A flow's schema does not exist in the destination's database.",
      because:
        "Sluice never makes a schema. Where `table` has none, it is the destination's `defaultSchema`, and that is"
        + " `dbo` unless the manifest says otherwise: most servers have no `dbo`.",
      causes: [
        "no schema is given: write `table: public.orders`, or `defaultSchema: public` on the destination",
        "a typing mistake, or another database than was thought",
        "it is yet to be made, by the database's owner, with the CREATE SCHEMA that is shown",
      ],
      wrong: "destinations: {wh: {authorizer: wh}}",
      right: "destinations: {wh: {authorizer: wh, defaultSchema: public}}",
      see: ["destination.defaultSchema", "flow.table", "schema-usage"]),
    CodePage(
      "schema-usage", "The role has no USAGE on a schema that it needs: the table's, the ledger's, or that of a type.",
      because: "Without it nothing in the schema can even be named.",
      causes: ["a new role, or a new schema: its owner runs the GRANT that is shown"],
      right: "GRANT USAGE ON SCHEMA sales TO loader;", see: ["schema-create", "schema-exists"]),
    CodePage(
      "schema-create", "The role has no CREATE on a schema in which a table, an index or the ledger must be made.",
      because: "Apply could not make it. Where all exist already, CREATE is not asked for.",
      causes: [
        "a new role: the schema's owner runs the GRANT that is shown",
        "somebody else is to make the tables: `sluice plan --sql` prints the script for that",
      ],
      right: "GRANT CREATE ON SCHEMA sales TO loader;", see: ["schema-usage", "table-owner"]),
    CodePage(
      "database-temp", "The role has no TEMPORARY on the database, and the flow's write mode stages rows.",
      because: "Rows go to a temporary table first where they are compared with those that are there.",
      causes: ["it was taken from PUBLIC: the database's owner runs the GRANT that is shown"],
      right: "GRANT TEMPORARY ON DATABASE shop TO loader;", see: ["flow.writeMode"]),
    CodePage(
      "table-privileges", "The role lacks a privilege on the table that the write mode needs, or a reader lacks one.",
      because: "The load would fail at night. Just what is missing is named, and nothing more is asked for: INSERT for"
        + " insert; SELECT, INSERT and UPDATE for upsert; DELETE or TRUNCATE where rows go.",
      causes: [
        "the table belongs to another role: its owner runs the GRANT that is shown",
        "a role of `grantSelect` does not exist, or may not use the schema",
        "a role was taken out of `grantSelect`: apply revokes nothing, the owner may (a warning)",
      ],
      right: "GRANT SELECT, INSERT, UPDATE ON sales.orders TO loader;",
      see: ["flow.writeMode", "flow.grantSelect", "permission-denied"]),
    CodePage(
      "table-owner", "A column or an index must be added, and the role does not own the table (or a partition).",
      because: "PostgreSQL lets only the owner, and members of that role, alter a table.",
      causes: [
        "somebody else made the table: its owner runs the statement that is shown, and the plan adopts it",
        "statements are to run as the owner: `role:` of the authorizer",
      ],
      wrong: "wh: {host: db, database: shop, username: loader}",
      right: "wh: {host: db, database: shop, username: loader, role: shop_owner}",
      see: ["authorizer.role", "flow.tableChanges"]),
    CodePage(
      "permission-denied", "The server refused a statement for want of a privilege.",
      because: "The load was rolled back. Plans look for what a load needs beforehand, so something changed since, or a"
        + " trigger or function needs more.",
      causes: [
        "a privilege was taken back: `sluice plan` names it, `sluice grants --missing` prints the GRANT",
        "a trigger, a function in a default, or a view needs a privilege of its own",
      ],
      right: "sluice grants --missing", see: ["table-privileges", "row-security"]),
    CodePage(
      "source-privileges", "The source's role has no SELECT on the table or query that is read.",
      because: "The load could read nothing. For a table only the columns that are loaded are asked for.",
      causes: [
        "a new table, or a new role: the owner runs the GRANT that is shown",
        "a query names a view or function of somebody else",
      ],
      right: "GRANT SELECT ON public.orders TO reader;", see: ["source.table", "source.query", "source-readable"]),
    CodePage(
      "ledger", "The ledger of loads, `_sluice_loads`, cannot be used: for want of a privilege, or as it is another's.",
      because: "Each load writes its row there, in its own transaction: without it nothing would tell what was loaded.",
      causes: [
        "SELECT or INSERT on it is missing: the GRANT is shown",
        "loads of the same project and flow stand there under another state: two projects have one name, or the state"
          + " was lost: give one a `project:` of its own, or bring the state back",
      ],
      wrong: "# two projects, both without a name\nsluice: v1",
      right: "sluice: v1\nproject: shop", see: ["sluice.yaml.project", "destination.ledgerSchema", "state-lineage"]),
    CodePage(
      "row-security", "Policies of row-level security apply to the role: they may hide rows from it, or refuse them.",
      because: "A plan only warns. A load that a policy refuses a row of is rolled back; what is hidden can be neither"
        + " compared nor deleted.",
      causes: [
        "the role is neither the table's owner nor has BYPASSRLS: `SELECT * FROM pg_policies` shows the policies",
        "the owner too obeys them where they are forced (FORCE ROW LEVEL SECURITY)",
      ],
      right: "CREATE POLICY loads ON sales.orders TO loader USING (true) WITH CHECK (true);",
      see: ["permission-denied"]),
  ]
}
