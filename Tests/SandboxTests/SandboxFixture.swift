import Diagnostics
import Foundation
import Manifests
import Postgres
import Sandbox
import SystemPackage
import TestSupport
import Testing

/// Lends a sandbox of a project of its own, and wipes it afterwards, whatever happened.
func withSandbox(
  files: [String: String] = [:], _ body: (Sandbox, TemporaryProject) async throws -> Void
) async throws {
  let project = try TemporaryProject(files)
  let sandbox = try Sandbox(project: project.path, environment: ["PATH": "/usr/bin:/bin"])
  func wipe() async throws {
    let folder = try await sandbox.status().socketFolder
    try await sandbox.reset()
    try? FileManager.default.removeItem(atPath: folder.string)
  }
  do { try await body(sandbox, project) } catch {
    try? await wipe()
    throw error
  }
  try await wipe()
}

/// The diagnostic of the `Failure` that `body` throws.
func diagnostic(
  _ body: () async throws -> Void, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> Diagnostic {
  let failure = await #expect(throws: Failure.self, sourceLocation: sourceLocation) { try await body() }
  return try #require(failure?.diagnostics.first, sourceLocation: sourceLocation)
}

extension Sandbox {
  /// Runs `work` as an authorizer.
  func perform<T: Sendable>(
    as authorizer: Resource<Authorizer>, _ work: @Sendable (borrowing Database) throws -> T
  ) async throws -> T {
    let connection = try await Connection.open(connectionParameters(for: authorizer), timeout: .seconds(30))
    defer { _ = connection }
    let value = try await connection.perform(work)
    await connection.close()
    return value
  }

  /// The first column of a query, as an authorizer.
  func values(_ sql: SQL, as authorizer: Resource<Authorizer>) async throws -> [String?] {
    try await perform(as: authorizer) { try $0.rows(sql) { $0.text(0) } }
  }
}

/// A project of authorizers, destinations and flows, as manifests would make it.
struct ProjectBuilder {
  var project = Project()

  @discardableResult
  mutating func authorizer(
    _ name: String, user: String? = nil, database: String? = nil, role: String? = nil
  ) -> Resource<Authorizer> {
    var spec = Authorizer()
    spec.username = user
    spec.database = database
    spec.role = role
    let resource = Resource(name: name, spec: spec, places: places(name, ["username": user, "database": database]))
    project.authorizers[name] = resource
    return resource
  }

  mutating func destination(
    _ name: String, authorizer: String, defaultSchema: String? = nil, ledgerSchema: String? = nil
  ) {
    var spec = Destination()
    spec.authorizer = authorizer
    if let defaultSchema { spec.defaultSchema = defaultSchema }
    spec.ledgerSchema = ledgerSchema
    project.destinations[name] = Resource(
      name: name, spec: spec, places: places(name, ["defaultSchema": defaultSchema]))
  }

  mutating func flow(_ name: String, destination: String, table: String? = nil, readers: [String] = []) {
    var spec = Flow()
    spec.destination = destination
    spec.table = table
    spec.grantSelect = readers
    project.flows[name] = Resource(name: name, spec: spec, places: places(name, ["table": table]))
  }

  private func places(_ name: String, _ fields: [String: String?]) -> Places {
    let place = Place(file: "\(name).yaml", line: 1, column: 1)
    var places = Places(resource: place)
    for (field, value) in fields where value != nil { places.fields.add(field, place) }
    return places
  }
}
