internal import Catalog
internal import Diagnostics
internal import Manifests

extension FlowContext {
  /// `schema-exists`, `schema-usage` and `schema-create` for the table's schema and the ledger's.
  func schemaChecks() -> [Finding] {
    schemas.flatMap { schemaChecks($0) }
  }

  private func schemaChecks(_ name: Identifier) -> [Finding] {
    guard live.schemas[name] != nil else { return [missing(name)] }
    var findings: [Finding] = [.passed(.schemaExists, "schema \(name.sql) exists")]
    for requirement in requirements where requirement.object == .schema(name) {
      let (id, privilege) = (requirement.check, requirement.privilege)
      findings.append(
        requirement.isMet(in: live)
          ? .passed(id, "\(privilege.rawValue) granted") : lacking(requirement, on: name))
    }
    return findings
  }

  private func lacking(_ requirement: Requirement, on schema: Identifier) -> Finding {
    let privilege = requirement.privilege
    let isLedger = !operations.contains { $0.makesRelation(in: schema) }
    let what =
      isLedger
      ? "the ledger must be created there"
      : table == nil ? "table \(design.table.sql) must be created" : "an index must be created there"
    return failed(
      requirement.check, "role \(role.sql) has no \(privilege.rawValue) on schema \(schema.sql)",
      about: "schema \(schema.name)", at: places.place(of: "table", "destination"),
      label: privilege == .create ? what : nil,
      remedy: remedy([requirement].statements(to: role)))
  }

  private func missing(_ name: Identifier) -> Finding {
    let known = live.schemas.keys.map(\.name).sorted()
    let isTables = name == design.table.schema
    var help: [String] = []
    if isTables, design.schemaOrigin == .rule {
      help.append(
        "write `table: public.\(Identifier(design.table.name.name).sql)`, or set `defaultSchema: public` on "
          + "destination/\(design.destination.name)")
    }
    if let near = nearest(to: name.name, in: known) { help.append("did you mean schema `\(near)`?") }
    help.append(known.isEmpty ? "this database has no schemas" : "schemas here: \(known.joined(separator: ", "))")
    return failed(
      .schemaExists, "schema \"\(name.name)\" does not exist in database \"\(live.server.database)\"",
      about: "schema \(name.name)", at: schemaPlace(isTables), label: schemaLabel(isTables), help: help,
      remedy: remedy("CREATE SCHEMA \(name.sql) AUTHORIZATION \(role.sql);"))
  }

  private func schemaPlace(_ isTables: Bool) -> Place {
    guard isTables else { return design.destination.places.place(of: "ledgerSchema") }
    return design.schemaOrigin == .destination && places.fields["table"] == nil
      ? design.destination.places.place(of: "defaultSchema") : places.place(of: "table", "destination")
  }

  private func schemaLabel(_ isTables: Bool) -> String? {
    guard isTables else { return "the ledger stands in this schema" }
    let resolved = "resolved to \(design.table.sql): no schema is given, and"
    return switch design.schemaOrigin {
    case .written: nil
    case .destination:
      "\(resolved) \(design.table.schema.sql) is the default schema of destination/\(design.destination.name)"
    case .rule: "\(resolved) \(design.table.schema.sql) is the default"
    }
  }
}

extension Operation {
  /// Whether it makes a table or an index in `schema`, for which CREATE on the schema is needed.
  func makesRelation(in schema: Identifier) -> Bool {
    switch self {
    case .createTable, .createUniqueIndex, .createLedger: table.schema == schema
    case .buildUniqueIndex(let build): build.schemas.contains(schema)
    case .addColumn, .setDefault, .grantSelect, .upgradeLedger: false
    }
  }
}
