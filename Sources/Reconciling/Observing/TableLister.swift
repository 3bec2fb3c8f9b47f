public import Catalog
public import Connecting
internal import Diagnostics
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
        group.addTask { (name, try? await authorizer.listTables(through: connector)) }
      }
      var tables: [String: [QualifiedName]] = [:]
      for await (name, found) in group { tables[name] = found }
      return tables
    }
  }
}

extension Resource<Authorizer> {
  /// The tables of its database, those that are parts of others left out.
  ///
  /// - Throws: `Failure` where it cannot be connected to, or does not answer.
  public func tables(through connector: some Connector) async throws -> [QualifiedName] {
    do {
      return try await listTables(through: connector)
    } catch let error as PostgresError {
      throw Failure(.connection(error, to: self))
    }
  }

  fileprivate func listTables(through connector: some Connector) async throws -> [QualifiedName] {
    let connection = try await connector.open(self)
    let settings = spec.sessionSettings()
    do {
      let tables = try await connection.perform { database in
        try database.transaction(prelude: settings, running: [CatalogQueries.tables])
      }
      await connection.close()
      return tables.flatMap { rows in rows.map { QualifiedName($0) } }
    } catch {
      await connection.close()
      throw error
    }
  }
}
