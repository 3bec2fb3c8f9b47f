internal import Catalog
internal import Diagnostics
internal import Manifests
internal import State

extension FlowContext {
  /// `table-kind`: flows load into ordinary and partitioned tables.
  func kindCheck() -> [Finding] {
    guard let table else { return [] }
    if table.kind.takesLoads { return [.passed(.tableKind, "\(design.tableSQL) is a \(table.kind.words)")] }
    return [
      failed(
        .tableKind, "\(table.name.sql) is a \(table.kind.words), not a table", about: "table \(table.name.sql)",
        at: places.place(of: "table"), help: ["flows load into ordinary and partitioned tables: name another `table:`"])
    ]
  }

  /// `table-owner`: a column or an index must be added to a table that somebody else owns.
  func ownerCheck() -> [Finding] {
    guard let table, !changesToTable.isEmpty else { return [] }
    if table.isOwned, let partition = partitionOfOthers(in: table) {
      return [
        failed(
          .tableOwner, "partition \(partition.sql) belongs to another role, so \(role.sql) may build no index on it",
          about: "partition \(partition.sql)", at: placeOfFirstChange,
          remedy: Remedy(
            authorizer: design.authorizer, executor: "the owner of partition \(partition.sql)",
            statements: ["ALTER TABLE \(partition.sql) OWNER TO \(table.owner.sql);"]))
      ]
    }
    if table.isOwned { return [.passed(.tableOwner, "\(role.sql) is the owner of \(table.name.sql)")] }
    return [
      failed(
        .tableOwner, "table \(table.name.sql) belongs to role \(table.owner.sql), so \(role.sql) may not change it",
        about: "table \(table.name.sql)", at: placeOfFirstChange,
        remedy: Remedy(
          authorizer: design.authorizer, executor: "the owner of table \(table.name.sql)",
          statements: changesToTable.flatMap(\.statements)))
    ]
  }

  /// A partition on which an index is to be built, and that is somebody else's.
  private func partitionOfOthers(in table: Table) -> QualifiedName? {
    guard operations.contains(where: { $0.build != nil }) else { return nil }
    return table.partitions.first { !$0.isOwned }?.name
  }

  /// Where the manifest wants the first of these changes.
  private var placeOfFirstChange: Place {
    switch changesToTable.first {
    case .addColumn(_, let column)?, .setDefault(_, let column)?: return place(ofColumn: column.name.name)
    default: break
    }
    return places.place(of: "key", "writeMode", "table")
  }

  /// What apply would do to a table that exists.
  var changesToTable: [Operation] {
    operations.filter { operation in
      switch operation {
      case .addColumn, .setDefault, .createUniqueIndex, .buildUniqueIndex: true
      case .createTable, .grantSelect, .createLedger, .upgradeLedger: false
      }
    }
  }

  /// `table-privileges`: just what the write mode needs.
  func privilegeCheck() -> [Finding] {
    guard let table, table.kind.takesLoads else { return [] }
    let missing = unmet(.tablePrivileges).filter { !isLookup($0) }
    guard !missing.isEmpty else {
      return [.passed(.tablePrivileges, "\(spec.writeMode.rawValue) on \(design.tableSQL) granted")]
    }
    let list = missing.map(\.privilegeSQL).joined(separator: ", ")
    return [
      failed(
        .tablePrivileges, "role \(role.sql) has no \(list) on table \(table.name.sql)\(makerWords(table.name))",
        about: "table \(table.name.sql) \(list)", at: places.place(of: "writeMode", "table"),
        label: privilegeLabel(missing),
        remedy: remedy(granting: missing, on: table.name))
    ]
  }

  private func privilegeLabel(_ missing: [Requirement]) -> String {
    guard spec.writeMode == .truncateInsert, missing.contains(where: { $0.privilege == .delete }) else {
      return "\(spec.writeMode.rawValue) needs it"
    }
    return hasRowSecurity
      ? "under row-level security rows are deleted, not truncated"
      : "with `readers: keep` rows are deleted, not truncated"
  }

  /// `row-security`: what policies change about a load. It never blocks.
  func rowSecurityCheck() -> [Finding] {
    guard let table, hasRowSecurity else { return [] }
    var help = ["rows go through a temporary table and INSERT, as the server refuses COPY there"]
    switch spec.writeMode {
    case .insert: break
    case .insertIgnore: help.append("rows that a policy refuses are rejected")
    case .truncateInsert: help.append("rows are deleted, not truncated: those that policies hide stay")
    case .upsert: help.append("a row of the source whose key a hidden row has fails the load")
    case .delete: help.append("rows that policies hide stay")
    }
    help.append("policies do not apply to roles with BYPASSRLS, nor to the table's owner unless they are forced")
    return [
      .warning(
        .rowSecurity,
        "policies of table \(table.name.sql) apply to role \(role.sql): they may hide or refuse rows",
        cause: "\(design.authorizer) \(table.name.sql) \(spec.writeMode.rawValue)",
        at: places.place(of: "table", "writeMode"), help: help)
    ]
  }

  private func makerWords(_ name: QualifiedName) -> String { makers[name].map { ", which role \($0.sql) makes" } ?? "" }

  func remedy(granting missing: [Requirement], on name: QualifiedName) -> Remedy {
    var remedy = remedy()
    if let maker = makers[name] { remedy.executor = "role \(maker.sql)" }
    remedy.statements = missing.statements(to: role)
    return remedy
  }

  /// `ledger`: it can be read and written, and no other project goes by this one's name.
  func ledgerCheck(lineage: String?) -> [Finding] {
    guard isLedgerThere else { return [] }
    let ledger = design.ledger
    let missing = unmet(.ledger)
    if !missing.isEmpty {
      let list = missing.map(\.privilegeSQL).joined(separator: ", ")
      return [
        failed(
          .ledger, "role \(role.sql) has no \(list) on the ledger \(ledger.sql)\(makerWords(ledger))",
          about: "ledger \(ledger.sql)", at: places.place(of: "destination"),
          remedy: remedy(granting: missing, on: ledger))
      ]
    }
    let names = [design.flow.name] + (recorded?.formerNames ?? [])
    let found = names.flatMap { live.lineages[ledger]?[$0] ?? [] }
    if let lineage, let other = found.filter({ $0 != lineage }).sorted().first {
      return [
        failed(
          .ledger, "another project's loads of \(design.address) stand in the ledger \(ledger.sql)",
          about: "lineage \(ledger.sql)", at: places.resource,
          help: [
            "this state's lineage is \(lineage), the ledger's \(other)",
            "give this project a `project:` name of its own in sluice.yaml, or bring back the state file it had",
          ])
      ]
    }
    return [.passed(.ledger, "ledger \(ledger.sql) is usable")]
  }
}
