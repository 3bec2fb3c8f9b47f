internal import Catalog
internal import Manifests

extension FlowContext {
  /// What reading one source needs to be granted in its database.
  func requirements(of input: DatabaseInput) -> [Requirement] {
    guard let live = input.live else { return [] }
    let relations = input.relations
    let schemas = Set(relations.map(\.name.schema)).sorted()
    return Requirement.connecting(to: live)
      + schemas.map { Requirement(.usage, on: .schema($0), check: .sourcePrivileges) }
      + relations.flatMap { select(on: $0, by: input) }
  }

  private func select(on table: Table, by input: DatabaseInput) -> [Requirement] {
    let object = Requirement.Object.table(table.name)
    if case .table = input.object {
      let columns = table.columns.map(\.name).filter(taken(from: input).contains)
      return [Requirement(.select, on: object, columns: columns, check: .sourcePrivileges)]
    }
    // A query that the server would run says that the privileges there are suffice, on whatever columns they are.
    let isRefused = if case .refused(let refusal) = input.query?.problem { refusal.isOfPrivilege } else { false }
    let granted = table.columns.filter { $0.privileges.contains(.select) }.map(\.name)
    if isRefused || table.privileges.contains(.select) {
      return [Requirement(.select, on: object, check: .sourcePrivileges)]
    }
    return granted.isEmpty ? [] : [Requirement(.select, on: object, columns: granted, check: .sourcePrivileges)]
  }

  /// The names of a source's fields that a load reads.
  private func taken(from input: DatabaseInput) -> Set<Identifier> {
    let key = Set(key ?? [])
    var names = Set(
      resolution.columns.filter { spec.writeMode != .delete || key.contains($0.name) }.map { Identifier($0.from) })
    if let cursor = input.source.cursor { names.insert(Identifier(cursor.column)) }
    return names
  }
}

extension Requirement {
  /// What it takes to connect to a database, and to work as the authorizer's role there.
  static func connecting(to live: LiveDatabase) -> [Requirement] {
    let connect = Requirement(
      .connect, on: .database(Identifier(live.server.database)), to: .login, check: .connection)
    if live.server.login == live.server.role { return [connect] }
    return [Requirement(.usage, on: .role(live.server.role), to: .login, check: .connection), connect]
  }
}
