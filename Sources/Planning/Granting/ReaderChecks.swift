internal import Catalog
internal import Diagnostics
internal import JSON
internal import Manifests
internal import State

extension FlowContext {
  /// `table-privileges` for the roles of `grantSelect`: that they exist, and that this role may let them read; with
  /// warnings of what a GRANT on the table alone does not settle.
  func readerChecks() -> [Finding] {
    let unknown = design.readers.filter { !live.roles.contains($0) }
    return unknown.map { missingRole($0) } + grantCheck() + closedToReaders() + noLongerReaders()
  }

  private func missingRole(_ reader: Identifier) -> Finding {
    .failed(
      .tablePrivileges, "there is no role \(reader.sql) that could read table \(design.table.sql)",
      cause: "\(design.authorizer) role \(reader.name)", at: place(of: reader),
      help: nearest(to: reader.name, in: live.roles.map(\.name).sorted()).map { ["did you mean `\($0)`?"] } ?? [],
      remedy: Remedy(
        authorizer: design.authorizer, executor: "whoever may create roles", statements: ["CREATE ROLE \(reader.sql);"])
    )
  }

  /// Only the owner, a member of it, or a role with a grant option can let others read a table.
  private func grantCheck() -> [Finding] {
    guard let table else { return [] }
    let readers = unmet(.tablePrivileges) { $0 != .role }.compactMap(\.grantee.reader)
    guard let first = readers.first else { return [] }
    return [
      failed(
        .tablePrivileges,
        "table \(table.name.sql) belongs to role \(table.owner.sql), so \(role.sql) may not let others read it",
        about: "readers of \(table.name.sql) \(readers.sqlList)", at: place(of: first),
        remedy: Remedy(
          authorizer: design.authorizer, executor: "the owner of table \(table.name.sql)",
          statements: Operation.grantSelect(table.name, to: readers).statements))
    ]
  }

  /// A reader without USAGE on the schema reads nothing in it.
  private func closedToReaders() -> [Finding] {
    guard let schema = live.schemas[design.table.schema] else { return [] }
    let closed = design.readers.filter { live.roles.contains($0) && !schema.readers.contains($0) }
    return closed.map { reader in
      .warning(
        .tablePrivileges,
        "role \(reader.sql) of `grantSelect` has no USAGE on schema \(schema.name.sql), and can read nothing in it",
        cause: "\(design.authorizer) reader \(reader.name) in \(schema.name.name)", at: place(of: reader),
        help: [
          "the owner of schema \(schema.name.sql) can run:",
          "GRANT USAGE ON SCHEMA \(schema.name.sql) TO \(reader.sql);",
        ])
    }
  }

  /// Roles that the manifest has dropped from the list go on reading: nothing is ever taken away.
  private func noLongerReaders() -> [Finding] {
    guard let recorded, let table, recorded.table == design.table.sql else { return [] }
    let before = (recorded.spec["grantSelect"]?.arrayValue ?? []).compactMap(\.stringValue).map { Identifier($0) }
    return before.filter { !design.readers.contains($0) }.map { reader in
      .warning(
        .tablePrivileges,
        "role \(reader.sql) is no longer in `grantSelect`, and goes on reading table \(table.name.sql): "
          + "apply revokes nothing",
        cause: "\(design.authorizer) reader \(reader.name) of \(table.name.sql)",
        at: places.place(of: "grantSelect"),
        help: [
          "the owner of table \(table.name.sql) can run:", "REVOKE SELECT ON \(table.name.sql) FROM \(reader.sql);",
        ])
    }
  }

  private func place(of reader: Identifier) -> Place {
    let index = spec.grantSelect.firstIndex { Identifier($0) == reader }
    return index.flatMap { places.fields["grantSelect[\($0)]"] } ?? places.place(of: "grantSelect")
  }
}
