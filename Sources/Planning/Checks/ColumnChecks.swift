internal import Catalog
internal import Diagnostics
internal import Manifests

extension FlowContext {
  /// `table-columns`: the flow's columns fit the table's.
  func columnChecks() -> [Finding] {
    var findings = unknownTypes()
    if resolution.isOpen, table == nil, source == nil { findings.append(openColumns()) }
    guard let table, table.kind.takesLoads, spec.writeMode != .delete else { return findings }
    for column in resolution.columns {
      if let existing = table.column(column.name) { findings += compare(column, with: existing) }
    }
    findings += unfilled(in: table)
    if spec.tableChanges == .none { findings += unwantedAdditions(to: table) }
    if findings.isEmpty { findings.append(.passed(.tableColumns, "\(resolution.columns.count) columns fit")) }
    return findings
  }

  private func unknownTypes() -> [Finding] {
    resolution.unknownTypes.filter { !isClosed(type: $0.column.type) }.map { column, message in
      failed(
        .tableColumns, "the server knows no type \"\(column.type)\" for column \"\(column.name)\": \(message)",
        about: "type \(column.type)", at: place(ofColumn: column.name),
        help: schemaPart(ofType: column.type) == nil
          ? ["a type that is not PostgreSQL's own is written with its schema: `schema.type`"] : [])
    }
  }

  private func openColumns() -> Finding {
    failed(
      .tableColumns, "nothing says which columns table \(design.table.sql) should have",
      about: "columns of \(design.flow.name)", at: places.resource,
      help: ["write `columns:` in flow/\(design.flow.name), or make its source readable here so that they are inferred"]
    )
  }

  private func compare(_ column: PlannedColumn, with existing: Column) -> [Finding] {
    let name = "\(design.table.sql).\(column.name.sql)"
    let about = "column \(name)"
    let place = place(ofColumn: column.name.name)
    if existing.refusesValues {
      let kind = existing.isGenerated ? "a generated column" : "GENERATED ALWAYS AS IDENTITY"
      return [
        failed(
          .tableColumns, "column \(name) is \(kind) and takes no values", about: about, at: place,
          help: ["leave it out of `columns:`"])
      ]
    }
    if column.type != existing.type {
      return [
        failed(
          .tableColumns, "column \(name) is \(existing.type) in the database, and \(column.type) in the flow",
          about: about, at: place, label: "declared \(column.type); the table has \(existing.type)",
          help: ["write `\(column.name.name): \(existing.type)`, or have the table's owner run:"],
          remedy: ownerRemedy(
            "ALTER TABLE \(design.table.sql) ALTER COLUMN \(column.name.sql) TYPE \(column.type) "
              + "USING \(column.name.sql)::\(column.type);"))
      ]
    }
    if !column.isNullable, !existing.isNotNull {
      return [
        failed(
          .tableColumns, "column \(name) may be NULL in the database, and not in the flow", about: about, at: place,
          help: ["leave out `nullable: false`, or have the table's owner run:"],
          remedy: ownerRemedy("ALTER TABLE \(design.table.sql) ALTER COLUMN \(column.name.sql) SET NOT NULL;"))
      ]
    }
    return []
  }

  /// NOT NULL columns of the table that no load would fill.
  private func unfilled(in table: Table) -> [Finding] {
    let filled = Set(resolution.columns.map(\.name))
    return table.columns.filter { !$0.mayBeLeftOut && !filled.contains($0.name) }.map { column in
      failed(
        .tableColumns,
        "column \(table.name.sql).\(column.name.sql) is NOT NULL without a default, and the flow does not fill it",
        about: "column \(table.name.sql).\(column.name.sql)", at: places.place(of: "columns", "table"),
        help: [
          "add `\(column.name.name): \(column.type)` to `columns:`, or have the table's owner run:"
        ],
        remedy: ownerRemedy("ALTER TABLE \(table.name.sql) ALTER COLUMN \(column.name.sql) DROP NOT NULL;"))
    }
  }

  private func unwantedAdditions(to table: Table) -> [Finding] {
    resolution.columns.filter { table.column($0.name) == nil }.map { column in
      let near = nearest(to: column.name.name, in: table.columns.map(\.name.name))
      return failed(
        .tableColumns, "table \(table.name.sql) has no column \(column.name.sql), and `tableChanges: none` adds none",
        about: "column \(table.name.sql).\(column.name.sql)", at: place(ofColumn: column.name.name),
        help: (near.map { ["did you mean `\($0)`?"] } ?? []),
        remedy: ownerRemedy("ALTER TABLE \(table.name.sql) ADD COLUMN \(column.definition);"))
    }
  }

  private func ownerRemedy(_ statement: String) -> Remedy {
    Remedy(
      authorizer: design.authorizer, executor: "the owner of table \(design.table.sql)", statements: [statement])
  }

  func place(ofColumn name: String) -> Place {
    places.place(of: "columns.\(name).type", "columns.\(name)", "columns", "table")
  }
}
