internal import Connecting
internal import Diagnostics
internal import Manifests
internal import Postgres

/// The connections of an apply, opened when they are needed and used again; whoever takes one has it alone.
actor ConnectionPool {
  private let connector: any Connector
  private var idle: [String: [Connection]] = [:]
  /// How many connections there are of each authorizer, those in use included.
  private var counts: [String: Int] = [:]

  init(connector: some Connector) { self.connector = connector }

  /// A connection to `authorizer`.
  ///
  /// - Throws: `Failure` where none can be opened.
  func take(_ authorizer: Resource<Authorizer>) async throws(Failure) -> Connection {
    if let connection = idle[authorizer.name]?.popLast() { return connection }
    counts[authorizer.name, default: 0] += 1
    do throws(Failure) {
      return try await connector.open(authorizer)
    } catch {
      counts[authorizer.name, default: 1] -= 1
      throw error
    }
  }

  /// How many connections to an authorizer there are.
  func count(of authorizer: String) -> Int { counts[authorizer] ?? 0 }

  /// Takes back a connection that is as good as new.
  func giveBack(_ connection: Connection, of authorizer: String) {
    idle[authorizer, default: []].append(connection)
  }

  /// Closes a connection that is of no more use.
  func discard(_ connection: Connection, of authorizer: String) async {
    counts[authorizer, default: 1] -= 1
    await connection.close()
  }

  /// Closes all that nobody uses.
  func close() async {
    for connection in idle.values.joined() { await connection.close() }
    idle = [:]
  }
}
