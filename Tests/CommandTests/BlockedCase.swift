import Testing

/// A flow that cannot be applied, and how it is told to the user.
///
/// The table is loaded by a role that owns nothing, with USAGE and CREATE on the schema `sales`. In `sql` and `help`,
/// ROLE and DBNAME stand for the names of both.
struct BlockedCase: CustomTestStringConvertible, Sendable {
  var testDescription: String
  /// What a superuser has done before.
  var sql: String
  /// The lines of flow/orders besides its source and its destination.
  var flow: String
  /// The check that fails; also the diagnostic's code.
  var check: String
  /// What the diagnostic points at, in flows.yaml; its first occurrence.
  var at: String
  /// A part of the diagnostic's message.
  var message: String
  /// What the diagnostic's help says, among other things. Where statements are among it, they mend the matter.
  var help: [String]

  init(
    _ description: String, sql: String = "", flow: String, check: String, at: String, message: String = "",
    help: [String]
  ) {
    testDescription = description
    self.sql = sql
    self.flow = flow
    self.check = check
    self.at = at
    self.message = message
    self.help = help
  }
}

private let orders = "CREATE TABLE sales.orders (id bigint PRIMARY KEY, total numeric);"
private let columns = "columns: {id: bigint, total: numeric}"

extension BlockedCase {
  /// The schema and what is in the database besides tables.
  static let schemas: [BlockedCase] = [
    BlockedCase(
      "the schema does not exist", flow: "table: slaes.orders\nwriteMode: insert", check: "schema-exists",
      at: "slaes.orders", message: #"schema "slaes" does not exist in database "DBNAME""#,
      help: [
        "did you mean schema `sales`?", "schemas here: public, sales",
        "CREATE SCHEMA slaes AUTHORIZATION ROLE;",
      ]),
    BlockedCase(
      "no USAGE on the schema",
      sql: "\(orders) GRANT INSERT ON sales.orders TO ROLE; REVOKE USAGE ON SCHEMA sales FROM ROLE;",
      flow: "table: sales.orders\nwriteMode: insert\n\(columns)", check: "schema-usage", at: "sales.orders",
      message: "role ROLE has no USAGE on schema sales", help: ["GRANT USAGE ON SCHEMA sales TO ROLE;"]),
    BlockedCase(
      "no CREATE for a new table", sql: "REVOKE CREATE ON SCHEMA sales FROM ROLE;",
      flow: "table: sales.orders\nwriteMode: insert", check: "schema-create", at: "sales.orders",
      message: "role ROLE has no CREATE on schema sales", help: ["GRANT CREATE ON SCHEMA sales TO ROLE;"]),
    BlockedCase(
      "no CREATE for the ledger",
      sql: "\(orders) GRANT INSERT ON sales.orders TO ROLE; REVOKE CREATE ON SCHEMA sales FROM ROLE;",
      flow: "table: sales.orders\nwriteMode: insert\n\(columns)", check: "schema-create", at: "sales.orders",
      help: ["GRANT CREATE ON SCHEMA sales TO ROLE;"]),
    BlockedCase(
      "the database takes no writes", sql: "ALTER DATABASE DBNAME SET default_transaction_read_only = on;",
      flow: "table: sales.orders\nwriteMode: insert", check: "server-writable", at: "", message: "read-only", help: []),
  ]

  /// What each write mode needs, one privilege missing at a time.
  static let privileges: [BlockedCase] = {
    let modes: [(mode: String, has: String, lacks: String)] = [
      ("insert", "SELECT, UPDATE, DELETE, TRUNCATE", "INSERT"),
      ("insert_ignore", "SELECT", "INSERT"), ("insert_ignore", "INSERT", "SELECT"),
      ("truncate_insert", "SELECT, TRUNCATE, DELETE", "INSERT"), ("truncate_insert", "INSERT", "TRUNCATE"),
      ("upsert", "SELECT, INSERT", "UPDATE"), ("upsert", "SELECT, UPDATE", "INSERT"),
      ("upsert", "INSERT, UPDATE", "SELECT"),
      ("delete", "SELECT", "DELETE"), ("delete", "DELETE", "SELECT"),
    ]
    let missing = modes.map { mode, has, lacks in
      BlockedCase(
        "\(mode) without \(lacks)", sql: "\(orders) GRANT \(has) ON sales.orders TO ROLE;",
        flow:
          "table: sales.orders\nwriteMode: \(mode)\n\(mode == "upsert" || mode == "delete" ? "key: [id]\n" : "")\(columns)",
        check: "table-privileges", at: mode, message: "role ROLE has no \(lacks) on table sales.orders",
        help: ["GRANT \(lacks) ON sales.orders TO ROLE;"])
    }
    let temporary = ["insert_ignore", "upsert", "delete"].map { mode in
      BlockedCase(
        "\(mode) without TEMPORARY",
        sql: "\(orders) GRANT ALL ON sales.orders TO ROLE; REVOKE TEMPORARY ON DATABASE DBNAME FROM PUBLIC;",
        flow: "table: sales.orders\nwriteMode: \(mode)\n\(mode == "insert_ignore" ? "" : "key: [id]\n")\(columns)",
        check: "database-temp", at: mode, message: "role ROLE may not make temporary tables in database DBNAME",
        help: ["GRANT TEMPORARY ON DATABASE DBNAME TO ROLE;"])
    }
    return missing + temporary
  }()

  /// Tables of other roles.
  static let owners: [BlockedCase] = [
    BlockedCase(
      "another role's table lacks a column",
      sql: "CREATE TABLE sales.orders (id bigint); GRANT ALL ON sales.orders TO ROLE;",
      flow: "table: sales.orders\nwriteMode: insert\n\(columns)", check: "table-owner", at: "numeric",
      message: "table sales.orders belongs to role postgres, so ROLE may not change it",
      help: ["ALTER TABLE sales.orders ADD COLUMN total numeric;"]),
    BlockedCase(
      "another role's table lacks a unique index",
      sql: "CREATE TABLE sales.orders (id bigint, total numeric); GRANT ALL ON sales.orders TO ROLE;",
      flow: "table: sales.orders\nwriteMode: upsert\nkey: [id]\n\(columns)", check: "table-owner", at: "[id]",
      help: ["CREATE UNIQUE INDEX orders_id_sluice_key ON sales.orders (id);"]),
    BlockedCase(
      "the ledger cannot be written",
      sql:
        "CREATE TABLE sales._sluice_loads (project text, flow text, lineage text); GRANT SELECT ON sales._sluice_loads TO ROLE;",
      flow: "table: sales.orders\nwriteMode: insert", check: "ledger", at: "wh",
      message: "role ROLE has no INSERT on the ledger sales._sluice_loads",
      help: ["GRANT INSERT ON sales._sluice_loads TO ROLE;"]),
  ]

  /// Tables that are not as the flow wants them.
  static let tables: [BlockedCase] = [
    BlockedCase(
      "a view", sql: "CREATE VIEW sales.orders AS SELECT 1::bigint AS id; GRANT ALL ON sales.orders TO ROLE;",
      flow: "table: sales.orders\nwriteMode: insert", check: "table-kind", at: "sales.orders",
      message: "sales.orders is a view, not a table", help: []),
    BlockedCase(
      "a materialized view",
      sql: "CREATE MATERIALIZED VIEW sales.orders AS SELECT 1::bigint AS id; GRANT ALL ON sales.orders TO ROLE;",
      flow: "table: sales.orders\nwriteMode: insert", check: "table-kind", at: "sales.orders",
      message: "sales.orders is a materialized view, not a table", help: []),
    BlockedCase(
      "a column of another type",
      sql: "CREATE TABLE sales.orders (id bigint, total text); GRANT ALL ON sales.orders TO ROLE;",
      flow: "table: sales.orders\nwriteMode: insert\n\(columns)", check: "table-columns", at: "numeric",
      message: "column sales.orders.total is text in the database, and numeric in the flow",
      help: [
        "write `total: text`, or have the table's owner run:",
        "ALTER TABLE sales.orders ALTER COLUMN total TYPE numeric USING total::numeric;",
      ]),
    BlockedCase(
      "a NOT NULL column that nothing fills",
      sql:
        "CREATE TABLE sales.orders (id bigint, total numeric, region text NOT NULL); GRANT ALL ON sales.orders TO ROLE;",
      flow: "table: sales.orders\nwriteMode: insert\n\(columns)", check: "table-columns", at: "{id: bigint",
      message: "column sales.orders.region is NOT NULL without a default, and the flow does not fill it",
      help: ["ALTER TABLE sales.orders ALTER COLUMN region DROP NOT NULL;"]),
    BlockedCase(
      "a column that may be NULL in the table alone",
      sql: "CREATE TABLE sales.orders (id bigint, total numeric); GRANT ALL ON sales.orders TO ROLE;",
      flow: "table: sales.orders\nwriteMode: insert\ncolumns: {id: {type: bigint, nullable: false}, total: numeric}",
      check: "table-columns", at: "bigint",
      help: ["ALTER TABLE sales.orders ALTER COLUMN id SET NOT NULL;"]),
    BlockedCase(
      "a generated column",
      sql:
        "CREATE TABLE sales.orders (id bigint, total numeric GENERATED ALWAYS AS (id * 2) STORED); GRANT ALL ON sales.orders TO ROLE;",
      flow: "table: sales.orders\nwriteMode: insert\n\(columns)", check: "table-columns", at: "numeric",
      message: "column sales.orders.total is a generated column and takes no values",
      help: ["leave it out of `columns:`"]),
    BlockedCase(
      "an identity column of its own values",
      sql:
        "CREATE TABLE sales.orders (id bigint GENERATED ALWAYS AS IDENTITY, total numeric); GRANT ALL ON sales.orders TO ROLE;",
      flow: "table: sales.orders\nwriteMode: insert\n\(columns)", check: "table-columns", at: "bigint",
      message: "column sales.orders.id is GENERATED ALWAYS AS IDENTITY and takes no values",
      help: ["leave it out of `columns:`"]),
    BlockedCase(
      "a type that the server does not know", flow: "table: sales.orders\nwriteMode: insert\ncolumns: {id: bigmint}",
      check: "table-columns", at: "bigmint", message: #"the server knows no type "bigmint" for column "id""#, help: []),
    BlockedCase(
      "a column that tableChanges forbids to add",
      sql: "CREATE TABLE sales.orders (id bigint); ALTER TABLE sales.orders OWNER TO ROLE;",
      flow: "table: sales.orders\nwriteMode: insert\ntableChanges: none\n\(columns)", check: "table-columns",
      at: "numeric", message: "table sales.orders has no column total, and `tableChanges: none` adds none",
      help: ["ALTER TABLE sales.orders ADD COLUMN total numeric;"]),
    BlockedCase(
      "a NOT NULL column for rows that are there",
      sql:
        "CREATE TABLE sales.orders (id bigint); INSERT INTO sales.orders VALUES (1); ALTER TABLE sales.orders OWNER TO ROLE;",
      flow: "table: sales.orders\nwriteMode: insert\ncolumns: {id: bigint, total: {type: numeric, nullable: false}}",
      check: "table-columns", at: "numeric",
      message: "column sales.orders.total cannot be NOT NULL: there are rows already, and no default to fill it with",
      help: ["give it a `default:`, or leave out `nullable: false`"]),
    BlockedCase(
      "a column whose default would write all rows anew",
      sql:
        "CREATE TABLE sales.orders (id bigint); INSERT INTO sales.orders VALUES (1); ALTER TABLE sales.orders OWNER TO ROLE;",
      flow:
        "table: sales.orders\nwriteMode: insert\ncolumns: {id: bigint, total: {type: numeric, default: {sql: random()}}}",
      check: "table-columns", at: "{sql: random()",
      message: "adding column sales.orders.total would write every row anew, as its default differs by row",
      help: ["ALTER TABLE sales.orders ADD COLUMN total numeric DEFAULT random();"]),
    BlockedCase(
      "a column whose type would check all rows",
      sql:
        "CREATE TABLE sales.orders (id bigint); INSERT INTO sales.orders VALUES (1); ALTER TABLE sales.orders OWNER TO ROLE; CREATE DOMAIN sales.money AS numeric CHECK (VALUE > 0);",
      flow: "table: sales.orders\nwriteMode: insert\ncolumns: {id: bigint, total: sales.money}",
      check: "table-columns", at: "sales.money",
      message:
        "adding column sales.orders.total would write every row anew, as its type sales.money is a domain with constraints",
      help: ["ALTER TABLE sales.orders ADD COLUMN total sales.money;"]),
    BlockedCase(
      "a default that is none",
      flow: "table: sales.orders\nwriteMode: insert\ncolumns: {id: {type: bigint, default: {sql: nosuch()}}}",
      check: "table-columns", at: "{sql: nosuch()",
      message: "the server does not take the default of column id: function nosuch() does not exist", help: []),
    BlockedCase(
      "an index that tableChanges forbids to make",
      sql: "CREATE TABLE sales.orders (id bigint, total numeric); ALTER TABLE sales.orders OWNER TO ROLE;",
      flow: "table: sales.orders\nwriteMode: upsert\nkey: [id]\ntableChanges: none\n\(columns)", check: "unique-key",
      at: "[id]", help: ["CREATE UNIQUE INDEX orders_id_sluice_key ON sales.orders (id);"]),
    BlockedCase(
      "rows of the same key",
      sql:
        "CREATE TABLE sales.orders (id bigint, total numeric); INSERT INTO sales.orders VALUES (7, 1), (7, 2), (8, 1), (NULL, 1), (NULL, 1); ALTER TABLE sales.orders OWNER TO ROLE;",
      flow: "table: sales.orders\nwriteMode: upsert\nkey: [id]\n\(columns)", check: "unique-key", at: "[id]",
      message: "rows of sales.orders have the same key (id)",
      help: ["keys that stand more than once: 7 (2 rows)"]),
    BlockedCase(
      "a partitioned table whose key leaves out the partition key",
      sql:
        "CREATE TABLE sales.orders (id bigint, total numeric) PARTITION BY RANGE (total); ALTER TABLE sales.orders OWNER TO ROLE;",
      flow: "table: sales.orders\nwriteMode: upsert\nkey: [id]\n\(columns)", check: "unique-key", at: "[id]",
      help: ["add total to `key:`"]),
    BlockedCase(
      "a delete by a column that the table does not have",
      sql: "CREATE TABLE sales.orders (idd bigint, total numeric); GRANT ALL ON sales.orders TO ROLE;",
      flow: "table: sales.orders\nwriteMode: delete\nkey: [id]\n\(columns)", check: "unique-key", at: "[id]",
      message: "the key's column id is not a column of table sales.orders", help: ["did you mean `idd`?"]),
    BlockedCase(
      "a field that the source does not have",
      flow: "table: sales.orders\nwriteMode: insert\ncolumns: {id: bigint, totl: numeric}", check: "source-readable",
      at: "numeric", message: #"the source has no field "totl""#, help: ["did you mean `total`?"]),
  ]
}
