internal import Connecting
public import Diagnostics
public import Manifests
public import Postgres

/// A connection to a database that a load reads from.
public struct SourceConnection: Sendable {
  let connection: Connection
  /// The statements that its transaction begins with: a value's text means the same as in the destination's.
  let settings: [SQL]

  /// Makes one of a connection to `authorizer`.
  public init(_ connection: Connection, of authorizer: Authorizer) {
    self.connection = connection
    settings = authorizer.sessionSettings() + ["SET LOCAL bytea_output = 'hex'"]
  }
}

/// Connects to the database of the authorizer with this name.
public typealias SourceOpener = @Sendable (_ authorizer: String) async throws(Failure) -> SourceConnection
