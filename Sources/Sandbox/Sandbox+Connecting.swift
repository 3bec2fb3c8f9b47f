internal import Diagnostics
public import Manifests
public import Postgres
internal import SystemPackage

extension Sandbox {
  /// The parameters that take `authorizer` into the sandbox: its own role and database, on the sandbox's socket.
  public func connectionParameters(for authorizer: Resource<Authorizer>) -> ConnectionParameters {
    let login = SandboxContents.login(authorizer)
    return parameters(user: login.user, database: login.database)
  }

  /// The program and the arguments (its own name first) of a psql session as `authorizer`.
  ///
  /// - Throws: `Failure` where there is no psql.
  public func psqlArguments(for authorizer: Resource<Authorizer>) throws -> [String] {
    let login = SandboxContents.login(authorizer)
    return [
      try ServerPrograms.psql(environment: environment).string, "-h", SandboxFolder.path(of: self).string, "-p",
      Self.port, "-U", login.user, "-d", Self.connectionString(database: login.database),
    ]
  }

  /// A connection string of nothing but the name: psql would take a name such as `host=elsewhere` for one itself.
  private static func connectionString(database: String) -> String {
    "dbname='\(database.replacing("\\", with: "\\\\").replacing("'", with: "\\'"))'"
  }
}
