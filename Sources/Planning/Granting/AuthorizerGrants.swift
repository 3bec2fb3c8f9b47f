public import Catalog
public import Manifests

/// The least privileges that flows need by one authorizer, to write or to read: what `sluice grants` prints.
///
/// Each one is needed: without it a plan has a failed check. They are given
/// - to the role that statements run as, which is the authorizer's `role` where it has one; the login role then needs
///   CONNECT and membership in it, and nothing else;
/// - on whole tables, as that is how people read grants and how new columns stay covered. A role that has what it needs
///   by grants on single columns is left to them;
/// - on nothing that the role makes itself: of its tables it is the owner. CREATE on a schema is asked for while there is
///   something to make in it: a table, an index, the ledger. Who wants to grant no CREATE lets `sluice plan --sql` make
///   them;
/// - by the default privileges of another role where that one makes the table: two authorizers of one database share the
///   ledger of a schema, and may share a table. It is made by the first of them, and the other one can be granted nothing
///   on it before it is there. (ALTER DEFAULT PRIVILEGES covers all tables that the role will make in the schema, as
///   PostgreSQL knows no narrower way; when the table is there, the grants are on the table alone.)
public struct AuthorizerGrants: Sendable {
  /// The authorizer's name.
  public var authorizer: String
  /// Whether it was connected to; else the grants are those that a database with the schemas and no tables wants.
  public var isObserved: Bool
  public var database: Identifier
  /// The role that statements run as.
  public var role: Identifier
  /// Whether the role is a superuser, who needs none of them.
  public var isSuperuser: Bool
  public var grants: [Grant]
  /// Those of its flows' schemas that do not exist, so that nothing can be granted on them.
  public var missingSchemas: [Identifier]
  /// The addresses of flows that read a query of which nothing tells the tables.
  public var unknownQueries: [String]
}

extension AuthorizerGrants {
  /// The grants of each authorizer that flows write or read through, by name.
  ///
  /// - Parameters:
  ///   - needs: what each flow needs.
  ///   - assumed: the authorizers that were not connected to.
  ///   - onlyMissing: whether what the roles have is left out, by whatever way they have it.
  public static func of(
    _ project: Project, needs: [FlowNeeds], in observation: Observation, assumed: Set<String>, onlyMissing: Bool
  ) -> [AuthorizerGrants] {
    let designs = Dictionary(grouping: project.designs(), by: \.authorizer)
    var users: [String: [FlowNeeds]] = designs.mapValues { _ in [] }
    for flow in needs {
      for name in Set(flow.sources.keys).union([flow.authorizer]) { users[name, default: []].append(flow) }
    }
    return users.keys.sorted().compactMap { name in
      guard case .reached(let live)? = observation.databases[name] else { return nil }
      let flows = users[name] ?? []
      let wanted = flows.flatMap { flow in
        flow.needs(of: name).filter { !onlyMissing || !$0.isMet || assumed.contains(name) }
          .map { (requirement: $0.requirement, grantee: $0.grantee, flow: flow.address) }
      }
      let schemas = Set((designs[name] ?? []).flatMap { [$0.table.schema, $0.ledger.schema] })
      return AuthorizerGrants(
        authorizer: name, isObserved: !assumed.contains(name), database: Identifier(live.server.database),
        role: live.server.role, isSuperuser: live.server.isSuperuser, grants: Grant.all(of: wanted),
        missingSchemas: schemas.filter { live.schemas[$0] == nil }.sorted(),
        unknownQueries: flows.filter { $0.unknownQueries.contains(name) }.map(\.address))
    }
  }
}

extension LiveDatabase {
  /// A database that nobody looked at: it has the schemas that the project's flows name and nothing else, and the roles
  /// have no privileges.
  ///
  /// - Parameters:
  ///   - login: the role that connects.
  ///   - role: the role that statements run as.
  ///   - host: tells databases of one name apart.
  public init(
    assumedFor authorizer: String, of project: Project, login: String, role: String?, database: String, host: String
  ) {
    self.init(
      server: Server(
        versionNumber: 120000, version: "unknown", tls: nil, role: Identifier(role ?? login), isSuperuser: false,
        database: database, databaseOwner: "", privileges: [], isInRecovery: false, isReadOnly: false,
        identity: "unknown/\(database)@\(host)", login: Identifier(login)))
    for design in project.designs() where design.authorizer == authorizer {
      for name in [design.table.schema, design.ledger.schema] {
        schemas[name] = Schema(name: name, owner: "", privileges: [])
      }
      for column in design.spec.columns?.columns ?? [] {
        types[column.type] = .known(column.type)
        guard let schema = schemaPart(ofType: column.type), !schema.name.hasPrefix("pg_") else { continue }
        schemas[schema] = Schema(name: schema, owner: "", privileges: [])
      }
    }
    assumeSources(of: project.designs().flatMap(\.databaseSources).filter { $0.authorizer == authorizer })
  }
  /// The tables that flows read must be there; which ones a query reads, only the catalog could tell.
  private mutating func assumeSources(of read: [PostgresSource]) {
    for case .table(let name)? in read.map(\.object) {
      schemas[name.schema] = schemas[name.schema] ?? Schema(name: name.schema, owner: "", privileges: [])
      tables[name] = Table(name: name, owner: "", isOwned: false, columns: [])
    }
  }
}
