/// What is known of fields beyond their declarations: what each of a few values means, and which fields go together.
enum FieldNotes {
  /// A line for each value of a field that takes one of a few, by the field's name.
  static let values: [String: [String: String]] = [
    "sluice": ["v1": "the format that this version of Sluice reads"],
    "type": ["postgresql": "a PostgreSQL server, version 12 or later"],
    "tls": tlsModes,
    "mode": tlsModes,
    "format": [
      "csv": "fields with a delimiter between them, a comma where none is named",
      "tsv": "the same, with a tab",
      "json": "one array of objects",
      "jsonl": "one object a line",
    ],
    "compression": [
      "auto": "by the file's name: .gz, .zst, else none",
      "none": "not compressed, whatever the name",
      "gzip": "as gzip writes it",
      "zstd": "as zstd writes it",
    ],
    "files": [
      "new": "those that the ledger has no load of",
      "all": "all, each time",
    ],
    "decimal": [".": "1234.50", ",": "1234,50"],
    "dateOrder": [
      "dmy": "05/01/2024 is the fifth of January",
      "mdy": "05/01/2024 is the first of May",
      "ymd": "24/01/05 is the fifth of January",
    ],
    "from": [
      "$loadedAt": "when the load began",
      "$loadId": "the load's id, a UUID, as in the ledger",
      "$file": "the path of the row's file, relative to the project",
      "$line": "the line of the file that the row begins in",
    ],
    "writeMode": Dictionary(uniqueKeysWithValues: WordPages.writeModes.map { ($0.topic, $0.summary) }),
    "tableChanges": [
      "additive": "make the table, add columns and indexes; nothing is dropped, narrowed or rewritten",
      "none": "nothing: what is missing blocks the step, with the statement for the owner",
    ],
    "sourceChanges": [
      "adapt": "load as far as the values fit: a new field is left out and counted, another type is a warning",
      "fail": "load nothing",
    ],
    "readers": [
      "wait": "TRUNCATE: readers wait until the load has ended",
      "keep": "DELETE: readers see the old rows until the load has ended",
    ],
  ]

  private static let tlsModes = [
    "disable": "never encrypted",
    "prefer": "encrypted where the server can, else plain",
    "require": "encrypted or not at all; whose server it is is not checked",
    "verify-ca": "encrypted, and the certificate is vouched for by one that is trusted",
    "verify-full": "that, and the certificate is for `host`: the one to use over a network that is not yours",
  ]

  /// When a field must be written that is not always required, by its topic.
  static let required: [String: String] = [
    "authorizer.host": "unless `url` or `service` is there",
    "authorizer.database": "unless `url` or `service` is there",
    "authorizer.username": "unless `url` or `service` is there",
    "source.table": "one of `table`, `query` and `tables`",
    "source.query": "one of `table`, `query` and `tables`",
    "source.tables": "one of `table`, `query` and `tables`",
    "flow.source": "unless `sources` is there",
    "flow.sources": "unless `source` is there",
    "flow.key": "for upsert and delete, where neither the table nor the source's table has a primary key",
  ]

  /// Topics that say more of a field, by its topic.
  static let related: [String: [String]] = [
    "authorizer.host": ["authorizer.url", "authorizer.service", "connection"],
    "authorizer.password": ["secret", "plain-text-secret", "authorizer.url"],
    "authorizer.url": ["authorizer.host", "authorizer.tls", "secret"],
    "authorizer.tls": ["authorizer.tls.mode", "authorizer.tls.rootCertificate", "tls-fallback", "connection"],
    "authorizer.tls.mode": ["tls-fallback", "connection"],
    "authorizer.tunnel": ["tunnel"],
    "authorizer.lockTimeout": ["lock-timeout"],
    "authorizer.statementTimeout": ["statement-cancelled"],
    "authorizer.role": ["table-owner", "connection"],
    "tunnel.hostKey": ["tunnel.knownHostsFile"],
    "tunnel.knownHostsFile": ["tunnel.hostKey"],
    "source.path": ["source.files", "source.format", "source-readable", "range-syntax"],
    "source.files": ["file-changed"],
    "source.csv": ["bad-row", "bad-value"],
    "source.csv.delimiter": ["source.csv.quote", "bad-row"],
    "source.csv.encoding": ["source-encoding"],
    "source.csv.null": ["not-null-violation"],
    "source.csv.dateOrder": ["bad-value"],
    "source.csv.decimal": ["bad-value"],
    "source.table": ["source.query", "source.tables", "source-privileges"],
    "source.query": ["source.table", "flow.range", "source-privileges"],
    "source.tables": ["name-clash"],
    "source.cursor": ["flow.key", "cursor-null", "duplicate-key-in-source"],
    "source.command": ["source-program"],
    "source.allowEmpty": ["source-empty"],
    "destination.defaultSchema": ["schema-exists", "flow.table"],
    "destination.ledgerSchema": ["ledger"],
    "flow.source": ["source", "flow.sources"],
    "flow.sources": ["flow.source"],
    "flow.destination": ["destination"],
    "flow.table": ["destination.defaultSchema", "schema-exists", "table-kind"],
    "flow.writeMode": ["flow.key", "flow.deleteMissing", "flow.maxRejects", "flow.readers"],
    "flow.key": ["flow.writeMode", "unique-key", "unknown-column"],
    "flow.columns": ["flow.tableChanges", "table-columns"],
    "flow.tableChanges": ["flow.columns", "table-columns", "unique-key"],
    "flow.sourceChanges": ["source-changed", "source-field-missing"],
    "flow.readers": ["truncate_insert", "table-referenced"],
    "flow.deleteMissing": ["flow.maxDeletes", "upsert", "too-many-deletes"],
    "flow.maxDeletes": ["flow.deleteMissing", "too-many-deletes"],
    "flow.maxRejects": ["insert_ignore", "too-many-rejects"],
    "flow.grantSelect": ["table-privileges"],
    "flow.after": ["reference-cycle", "skipped"],
    "flow.schedule": ["flow.timezone", "flow.enabled"],
    "flow.range": ["flow.timezone", "source.query", "range-syntax", "range-missing", "range-unused"],
    "flow.timezone": ["flow.schedule", "flow.range"],
    "flow.retry": ["connection-lost", "flow.retry.attempts", "flow.retry.backoff"],
    "sluice.yaml.project": ["ledger"],
    "sluice.yaml.manifests": ["no-match"],
    "sluice.yaml.variables": ["sluice.yaml.environments", "variable-not-set"],
    "sluice.yaml.environments": ["sluice.yaml.variables", "environment-required"],
    "sluice.yaml.sandbox.init": ["sandbox-init-failed"],
  ]
}
