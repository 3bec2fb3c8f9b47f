public import Catalog
public import Connecting
public import Manifests
internal import Planning
internal import Postgres

extension Project {
  /// The tables of the databases in which flows read many, by authorizer; a database that is not reached is left out, as
  /// looking at it for the plan says why.
  public func listTables(through connector: some Connector) async -> [String: [QualifiedName]] {
    await withTaskGroup { group in
      for name in authorizersOfManyTables {
        guard let authorizer = authorizers[name] else { continue }
        group.addTask { (name, try? await Self.list(authorizer, through: connector)) }
      }
      var tables: [String: [QualifiedName]] = [:]
      for await (name, found) in group { tables[name] = found }
      return tables
    }
  }

  private static func list(
    _ authorizer: Resource<Authorizer>, through connector: some Connector
  ) async throws -> [QualifiedName] {
    let connection = try await connector.open(authorizer)
    let settings = authorizer.spec.sessionSettings()
    let tables = try? await connection.perform { database in
      try database.transaction(prelude: settings, running: [CatalogQueries.tables])
    }
    await connection.close()
    guard let tables else { throw CancellationError() }
    return tables.flatMap { rows in rows.map { QualifiedName($0) } }
  }
}
