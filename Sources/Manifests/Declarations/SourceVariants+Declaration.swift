internal import JSON
internal import OrderedCollections
internal import YAML

extension FileSource {
  static let record = Record<FileSource>(
    "a source of files", { FileSource() },
    [
      Field(
        "path", \.path, .dayPath,
        "The files: a glob, relative to the manifest; `{{7d1|Ymd}}` in it stands for each day of a range.",
        example: "data/orders-*.csv", isRequired: true),
      Field("format", \.format, .choice, "The files' format; left out, it follows from their names.", example: "csv"),
      Field(
        "compression", \.compression, .choice, "How the files are compressed; `auto` goes by their names.",
        example: "gzip"),
      Field("csv", \.csv, .record(CSVOptions.record), "How CSV and TSV are written.", example: "{delimiter: \";\"}"),
      Field(
        "files", \.files, .choice,
        "Which files are loaded: `new` ones by default for insert and insert_ignore, else `all`.",
        example: "all"),
      Field("allowEmpty", \.allowEmpty, .bool, "Whether it is fine that there is no row.", example: "true"),
    ]
  ) { source, given, reading in
    refuseCSV(beside: source.format, given, &reading)
  }
}

/// Reports `csv:` beside a format that has nothing of CSV.
private func refuseCSV(beside format: DataFormat?, _ given: Given, _ reading: inout Reading) {
  guard format == .json || format == .jsonl, !given.isBroken("format") else { return }
  reading.refuse(
    "csv", "`csv` says nothing about a source in another format", help: ["remove `csv`, or write `format: csv`"],
    because: "format")
}

extension ProgramSource {
  static let record = Record<ProgramSource>(
    "a source of a program", { ProgramSource() },
    [
      Field(
        "command", \.command, .program, "The program and its arguments; no shell. Its standard output is read.",
        example: "[aws, s3, cp, \"s3://bucket/orders.csv\", \"-\"]", isRequired: true),
      Field("format", \.format, .choice, "The output's format.", example: "csv", isRequired: true),
      Field("compression", \.compression, .choice, "How the output is compressed.", example: "gzip"),
      Field("csv", \.csv, .record(CSVOptions.record), "How CSV and TSV are written.", example: "{delimiter: \";\"}"),
      Field("allowEmpty", \.allowEmpty, .bool, "Whether it is fine that there is no row.", example: "true"),
    ]
  ) { source, given, reading in
    refuseCSV(beside: source.format, given, &reading)
  }
}

extension PostgresSource {
  static let record = Record<PostgresSource>(
    "a source of a database", { PostgresSource() },
    [
      Field(
        "authorizer", \.authorizer, .text, "The authorizer whose database is read.", example: "crm", isRequired: true),
      Field("table", \.table, .tableName, "The table that is read; or else `query`.", example: "public.orders"),
      Field(
        "query", \.query, .query,
        "The query that is read; or else `table`. `{{start}}` and `{{end}}` are the days of the flow's `range`.",
        example: "\"SELECT id, name FROM customers\""),
      Field(
        "cursor", \.cursor, .cursor, "The column that grows with each change, for incremental loads.",
        example: "updated_at"),
      Field(
        "tables", \.tables, .tables,
        "Many tables, a flow each: names or patterns, with `{}`, `skip`, or what is different there.",
        example: "{\"public.*\": {}, public.audit_log: skip}"),
      Field("allowEmpty", \.allowEmpty, .bool, "Whether it is fine that there is no row.", example: "true"),
    ]
  ) { source, given, reading in
    let written = ["table", "query", "tables"].filter { given.isWritten($0) }
    if written.count > 1 {
      reading.refuse(
        written[1], "`\(written[0])` and `\(written[1])` exclude each other", help: ["remove one of the two"],
        because: written[0])
    } else if written.isEmpty {
      guard ["table", "query", "tables"].allSatisfy({ given.isMissing($0) }) else { return }
      reading.report(
        .missing(
          "table` or `query", in: "a source of a database", at: given.place, help: ["write `table: public.orders`"]))
    }
  }
}

extension Shape where Value == Cursor {
  private static let record = Record<Cursor>(
    "cursor", { Cursor(column: "") },
    [
      Field("column", \.column, .identifier, "The column.", example: "updated_at", isRequired: true),
      Field(
        "initial", \.initial, .text, "Where the first load starts; left out, at the beginning.", example: "2024-01-01"),
      Field(
        "lag", \.lag, .duration, "How far back rows are read again: `5m` for timestamps, else nothing.", example: "5m"),
    ])

  /// A column's name, or a map.
  static let cursor: Shape = {
    let column = Shape<String>.identifier
    let full = Shape.record(record)
    return Shape(
      "a column, or a map with `column`", schema: ["anyOf": [column.schema, full.schema]], members: .of(record)
    ) { node, reading in
      if case .mapping = node.content { return full.read(node, &reading) }
      guard case .scalar = node.content else {
        reading.wrongType(node, wants: "a column, or a map with `column`", instead: node.onlyName)
        return nil
      }
      return column.read(node, &reading).map { Cursor(column: $0) }
    } write: {
      full.write($0)
    }
  }()
}
