internal import Catalog
internal import Manifests

extension FlowContext {
  /// What `requirements` holds.
  func allRequirements() -> [Requirement] {
    var requirements = Requirement.connecting(to: live)
    requirements += schemaRequirements()
    requirements += typeRequirements()
    requirements += databaseRequirements()
    requirements += tableRequirements()
    requirements += lookupRequirements()
    requirements += readerRequirements()
    requirements += ledgerRequirements()
    return requirements
  }

  private func databaseRequirements() -> [Requirement] {
    guard stagesRows else { return [] }
    return [Requirement(.temporary, on: .database(Identifier(live.server.database)), check: .databaseTemp)]
  }

  private func schemaRequirements() -> [Requirement] {
    schemas.flatMap { schema in
      let usage = Requirement(.usage, on: .schema(schema), check: .schemaUsage)
      let create = Requirement(.create, on: .schema(schema), check: .schemaCreate)
      return makesRelation(in: schema) ? [usage, create] : [usage]
    }
  }

  private func typeRequirements() -> [Requirement] {
    typesCalledByName.map { Requirement(.usage, on: .schema($0.schema), check: .schemaUsage) }
  }

  private func makesRelation(in schema: Identifier) -> Bool {
    operations.contains { $0.makesRelation(in: schema) } || (table == nil && design.table.schema == schema)
      || (!isLedgerThere && design.ledger.schema == schema)
  }

  /// What the write mode needs on a table that exists; of one that the role will make it is the owner.
  private func tableRequirements() -> [Requirement] {
    guard let table, table.kind.takesLoads else { return [] }
    let loaded = loadedColumns.enumerated().compactMap { table.position(of: $1, near: $0) == nil ? nil : $1 }
    let key = key ?? []
    let object = object(table.name)
    func need(_ privilege: Privilege, on columns: [Identifier]) -> [Requirement] {
      guard !columns.isEmpty else { return [] }
      return [Requirement(privilege, on: object, columns: columns, check: .tablePrivileges)]
    }
    let known = leavesOutKnown ? need(.select, on: key) : []
    let delete = Requirement(.delete, on: object, check: .tablePrivileges)
    switch spec.writeMode {
    case .insert: return known + need(.insert, on: loaded)
    case .insertIgnore:
      var seen: Set<Identifier> = []
      let matched = table.uniqueIndexes.flatMap(\.columns) + (leavesOutKnown ? key : [])
      return need(.select, on: matched.filter { seen.insert($0).inserted }) + need(.insert, on: loaded)
    case .truncateInsert:
      let truncate = Requirement(.truncate, on: object, orElse: [.delete], check: .tablePrivileges)
      // Readers keep the old rows with DELETE alone; TRUNCATE would take rows away that policies hide.
      let empties = spec.readers == .keep || table.hasRowSecurity ? delete : truncate
      return need(.insert, on: loaded) + [empties]
    case .upsert:
      let others = loaded.filter { !key.contains($0) }
      return need(.select, on: loaded) + need(.insert, on: loaded) + need(.update, on: others)
        + (spec.deleteMissing ? [delete] : [])
    case .delete: return need(.select, on: key) + [delete]
    }
  }

  /// What rules look values up in must be readable.
  private func lookupRequirements() -> [Requirement] {
    design.lookupTables.filter { live.tables[$0.table] != nil }.flatMap { lookup in
      [Requirement(.select, on: .table(lookup.table), columns: [lookup.key], check: .tablePrivileges)]
        + (schemas.contains(lookup.table.schema)
          ? [] : [Requirement(.usage, on: .schema(lookup.table.schema), check: .schemaUsage)])
    }
  }

  private func ledgerRequirements() -> [Requirement] {
    guard isLedgerThere else { return [] }
    let ledger = object(design.ledger)
    return [.select, .insert].map { Requirement($0, on: ledger, check: .ledger) }
  }

  /// A table that exists is granted on; one that another role will make, by that role's default privileges.
  private func object(_ name: QualifiedName) -> Requirement.Object {
    makers[name].map { .tables(of: $0, in: name.schema) } ?? .table(name)
  }

  /// Where this role may let nobody read, somebody else must have.
  private func readerRequirements() -> [Requirement] {
    guard let table, makers[table.name] == nil, !table.maySelectBeGranted else { return [] }
    return design.readers.filter { live.roles.contains($0) }.map { reader in
      Requirement(.select, on: .table(table.name), to: .reader(reader), check: .tablePrivileges)
    }
  }
}
