public import Diagnostics
public import Manifests
public import Postgres
internal import Secrets

/// Opens connections to a project's authorizers.
public protocol Connector: Sendable {
  /// Connects.
  ///
  /// - Throws: `Failure` with one diagnostic of the code `connection`, `secret` or `tunnel`, which says what to do about it.
  func open(_ authorizer: Resource<Authorizer>) async throws(Failure) -> Connection

  /// The names by which it would connect, without connecting; nothing where they are not known here.
  func login(of authorizer: Resource<Authorizer>) async -> Login?
}

/// Who connects to which database.
public struct Login: Hashable, Sendable {
  public var role: String
  public var database: String
  /// As written; nothing where it is libpq's own default.
  public var host: String?

  /// Makes a login.
  public init(role: String, database: String, host: String?) {
    self.role = role
    self.database = database
    self.host = host
  }
}

extension Connector {
  public func login(of authorizer: Resource<Authorizer>) async -> Login? { nil }
}

/// Opens connections as the manifests say.
public struct DirectConnector: Connector {
  private let secrets: SecretReader
  private let environment: PostgresEnvironment
  private let isOnlyAuthorizer: Bool
  private let folder: String
  private let command: String
  /// The tunnels that authorizers go through.
  let tunnels: ProjectTunnels

  /// Makes a connector.
  ///
  /// - Parameters:
  ///   - folder: the project's, which certificates are relative to.
  ///   - environment: libpq's own variables, taken out of the process's environment at start.
  ///   - command: what servers are told to be connected to: `sluice run`.
  ///   - isOnlyAuthorizer: whether the project has a single authorizer, so that PGPASSWORD can be meant for no other.
  public init(
    folder: String, secrets: SecretReader, environment: PostgresEnvironment, isOnlyAuthorizer: Bool,
    tunnels: ProjectTunnels, command: String = "sluice"
  ) {
    self.tunnels = tunnels
    self.folder = folder
    self.command = command
    self.secrets = secrets
    self.environment = environment
    self.isOnlyAuthorizer = isOnlyAuthorizer
  }

  public func open(_ authorizer: Resource<Authorizer>) async throws(Failure) -> Connection {
    let parameters = try await parameters(of: authorizer)
    do {
      if let tunnel = authorizer.spec.tunnel { return try await open(authorizer, through: tunnel, parameters) }
      return try await Connection.open(parameters, timeout: authorizer.spec.connectTimeout)
    } catch let failure as Failure {
      throw failure
    } catch let error as PostgresError {
      let isTunnelled = authorizer.spec.tunnel != nil
      let error = isTunnelled ? error : await error.examined(parameters, timeout: authorizer.spec.connectTimeout)
      var failure = Failure(.connection(error, to: authorizer))
      failure.isTransient = error.isTransient
      throw failure
    } catch {
      throw Failure(
        Diagnostic(.error, "interrupted", "connecting to authorizer \(authorizer.name) was interrupted"))
    }
  }

  public func login(of authorizer: Resource<Authorizer>) async -> Login? {
    guard let parameters = try? await parameters(of: authorizer), let names = parameters.login else { return nil }
    return Login(role: names.role, database: names.database, host: parameters.host)
  }

  private func parameters(of authorizer: Resource<Authorizer>) async throws(Failure) -> ConnectionParameters {
    let spec = authorizer.spec
    let places = authorizer.places
    if let tls = spec.tls, let host = spec.host, host.hasPrefix("/"), ![.disable, .prefer].contains(tls.mode) {
      throw Failure(
        Diagnostic(
          .error, "connection", "a unix socket is never encrypted, so `tls: \(tls.mode.rawValue)` cannot hold",
          at: places.place(of: "tls"), help: ["leave `tls` out, or connect by a host's name"]))
    }
    var parameters = ConnectionParameters()
    parameters.setDefault("fallback_application_name", command)
    if let reference = spec.url {
      let what = "the url of authorizer \(authorizer.name)"
      let url = try await secrets.read(reference, for: what, at: places.place(of: "url"))
      guard url.reveal({ ["postgresql://", "postgres://"].contains(where: $0.hasPrefix) || $0.contains("=") }) else {
        // libpq would take it for a database's name, and show it.
        throw Failure(
          Diagnostic(
            .error, "connection", "\(what) is no connection URI", at: places.place(of: "url"),
            help: ["it is to be as in postgresql://role@host:5432/database"], reason: ConnectFailure.parameters.reason))
      }
      parameters.url = url
    }
    parameters["service"] = spec.service
    parameters["host"] = spec.host
    if spec.host != nil { parameters["port"] = String(spec.port) }
    if let database = spec.database { parameters["dbname"] = database }
    parameters["user"] = spec.username
    try await addPassword(to: &parameters, of: authorizer)
    try addTLS(to: &parameters, of: authorizer)
    return parameters
  }

  private func addPassword(
    to parameters: inout ConnectionParameters, of authorizer: Resource<Authorizer>
  ) async throws(Failure) {
    if let reference = authorizer.spec.password {
      let what = "the password of authorizer \(authorizer.name)"
      parameters.setPassword(
        try await secrets.read(reference, for: what, at: authorizer.places.place(of: "password")))
    } else if isOnlyAuthorizer, let password = environment.password {
      // A URL's own goes before it.
      password.reveal { parameters.setDefault("password", $0) }
    }
    parameters.setDefault("passfile", environment.passwordFile)
  }

  private func addTLS(
    to parameters: inout ConnectionParameters, of authorizer: Resource<Authorizer>
  ) throws(Failure) {
    if let tls = authorizer.spec.tls {
      try TLSFiles(authorizer: authorizer, folder: folder).add(tls, to: &parameters)
    } else if authorizer.spec.url == nil, authorizer.spec.service == nil {
      parameters["sslmode"] = Authorizer.TLSMode.prefer.rawValue
    }
  }
}
