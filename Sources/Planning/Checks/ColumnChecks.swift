internal import Catalog
internal import Diagnostics
internal import Manifests

extension FlowContext {
  /// `table-columns`: the flow's columns fit the table's.
  func columnChecks() -> [Finding] {
    var findings = unknownTypes() + refusedDefaults()
    if resolution.isOpen, table == nil, source == nil, transform?.problems.isEmpty ?? true {
      findings.append(openColumns())
    }
    guard let table, table.kind.takesLoads, spec.writeMode != .delete else { return findings }
    for (index, column) in resolution.columns.enumerated() {
      guard let position = table.position(of: column.name, near: index) else { continue }
      findings += compare(column, with: table.columns[position])
    }
    findings += unfilled(in: table)
    if spec.tableChanges == .none {
      findings += unwantedAdditions(to: table)
    } else {
      findings += costlyAdditions(to: table)
    }
    if findings.isEmpty { findings.append(.passed(.tableColumns, "\(resolution.columns.count) columns fit")) }
    return findings
  }

  private func unknownTypes() -> [Finding] {
    resolution.unknownTypes.filter { !isClosed(type: $0.column.type) }.map { column, message in
      failed(
        .tableColumns, "the server knows no type \"\(column.type)\" for column \"\(column.name)\": \(message)",
        about: "type \(column.type)", at: place(ofColumn: column.name),
        help: TypeSynonyms.type(meantBy: column.type).map { ["did you mean `\($0)`?"] }
          ?? (schemaPart(ofType: column.type) == nil
            ? ["a type that is not PostgreSQL's own is written with its schema: `schema.type`"] : []))
    }
  }

  /// Defaults that the server would not take; only those of columns that are to be made were asked about.
  private func refusedDefaults() -> [Finding] {
    resolution.columns.compactMap { column in
      guard let expression = column.defaultSQL, case .refused(let message)? = live.defaults[expression] else {
        return nil
      }
      return failed(
        .tableColumns, "the server does not take the default of column \(column.name.sql): \(message)",
        about: "default \(expression)", at: place(ofDefault: column.name.name), help: ["it was: \(expression)"])
    }
  }

  /// Columns whose addition to the rows that are there would fail, or write all of them anew under a lock.
  private func costlyAdditions(to table: Table) -> [Finding] {
    guard !table.isEmpty else { return [] }
    return table.lacking(of: resolution.columns).compactMap { column in
      let name = "\(table.name.sql).\(column.name.sql)", about = "column \(name)"
      let remedy = ownerRemedy("ALTER TABLE \(table.name.sql) ADD COLUMN \(column.definition);")
      if !column.isNullable, column.defaultSQL == nil {
        return failed(
          .tableColumns, "column \(name) cannot be NOT NULL: there are rows already, and no default to fill it with",
          about: about, at: place(ofColumn: column.name.name),
          help: ["give it a `default:`, or leave out `nullable: false`"])
      }
      if let expression = column.defaultSQL, live.defaults[expression] == .differsByRow {
        return failed(
          .tableColumns, "adding column \(name) would write every row anew, as its default differs by row",
          about: about, at: place(ofDefault: column.name.name),
          help: ["give it a constant `default:`, or have the table's owner run, when nobody needs the table:"],
          remedy: remedy)
      }
      if live.checkedTypes.contains(column.type) {
        return failed(
          .tableColumns,
          "adding column \(name) would write every row anew, as its type \(column.type) is a domain with constraints",
          about: about, at: place(ofColumn: column.name.name),
          help: ["give it another type, or have the table's owner run, when nobody needs the table:"], remedy: remedy)
      }
      return nil
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
    let isNullabilityFine = column.isNullable || existing.isNotNull
    if !existing.refusesValues, column.type == existing.type, isNullabilityFine { return [] }
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
          about: about, at: place,
          label:
            "\(column.origin == .declared ? "declared" : "applied as") \(column.type); the table has \(existing.type)",
          help: ["write `\(column.name.name): \(existing.type)`, or have the table's owner run:"],
          remedy: ownerRemedy(
            "ALTER TABLE \(design.table.sql) ALTER COLUMN \(column.name.sql) TYPE \(column.type) "
              + "USING \(column.name.sql)::\(column.type);"))
      ]
    }
    if !isNullabilityFine {
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
    let needed = table.columns.filter { !$0.mayBeLeftOut }
    return needed.filter { column in !resolution.columns.contains { $0.name == column.name } }.map { column in
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
    table.lacking(of: resolution.columns).map { column in
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

  private func place(ofDefault name: String) -> Place {
    places.place(of: "columns.\(name).default", "columns.\(name)", "columns", "table")
  }

  func place(ofColumn name: String) -> Place {
    places.place(of: "columns.\(name).type", "columns.\(name)", "columns", "table")
  }
}
