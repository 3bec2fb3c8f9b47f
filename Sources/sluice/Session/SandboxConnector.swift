import Connecting
import Diagnostics
import Manifests
import Postgres
import Sandbox

extension Sandbox {
  /// Starts it, and makes what `project` names; says so meanwhile.
  ///
  /// - Returns: whether it did not run before.
  @discardableResult
  func start(for project: Project) async throws -> Bool {
    try await StatusLine.during("Starting the sandbox") {
      let isNew = try await start()
      try await prepare(project)
      return isNew
    }
  }
}

/// Opens connections to the sandbox in place of every authorizer's server.
struct SandboxConnector: Connector {
  let sandbox: Sandbox
  /// What the server is told to be connected to: `sluice run`.
  let command: String

  func open(_ authorizer: Resource<Authorizer>) async throws(Failure) -> Connection {
    do {
      var parameters = sandbox.connectionParameters(for: authorizer)
      parameters.setDefault("fallback_application_name", command)
      return try await Connection.open(parameters, timeout: authorizer.spec.connectTimeout)
    } catch let error as PostgresError {
      var failure = Failure(.connection(error, to: authorizer))
      failure.isTransient = error.isTransient
      throw failure
    } catch {
      throw Failure(
        Diagnostic(.error, "interrupted", "connecting to authorizer \(authorizer.name) was interrupted"))
    }
  }
}
