internal import Diagnostics
internal import Manifests
internal import Postgres
public import SystemPackage

/// A private PostgreSQL cluster of one project, for planning, applying and running it with no other server.
///
/// It listens on a unix socket in a folder that its user alone may enter, never on TCP, and asks for no password. What
/// it holds is meant to be thrown away, so the server does not wait for the disk (`fsync` is off): a crash of the
/// machine may cost it, a crash of the server does not. It goes on running when the command ends.
public struct Sandbox: Sendable {
  /// The project's folder: its real path.
  public let project: FilePath
  let environment: [String: String]
  /// Whether the project is a stranger's, who may have put data or links where the sandbox would have its data.
  let isUntrusted: Bool
  let account: ServerAccount

  /// Looks at nothing but the project's path and the environment.
  ///
  /// - Parameters:
  ///   - environment: for `PATH` and `XDG_RUNTIME_DIR`.
  ///   - isUntrusted: whether the project is a stranger's: its sandbox is another one, with nothing in the project's
  ///     folder, as a cluster's data say which programs its server runs.
  /// - Throws: `Failure` where the folder does not exist, or root has no user to run the server as.
  public init(project: FilePath, environment: [String: String], isUntrusted: Bool = false) throws {
    self.project = try RealPath.of(project)
    self.environment = environment
    self.isUntrusted = isUntrusted
    account = try ServerAccount.forServer()
  }

  /// What a sandbox is doing.
  public enum State: String, Sendable, Hashable {
    /// It was never made, or wiped.
    case absent
    case stopped
    case running
  }

  /// What a sandbox is doing, and where it is.
  public struct Status: Sendable, Hashable {
    /// What it is doing.
    public var state: State
    /// The folder of its socket: the `host` to connect to.
    public var socketFolder: FilePath
    /// The folder of its data, if there is one.
    public var dataFolder: FilePath?
    /// The server's version, where it runs: `15.18`.
    public var serverVersion: String?
  }

  /// Asks the server itself whether it runs.
  ///
  /// - Throws: `Failure` where the socket's folder is not to be trusted; `CancellationError`.
  public func status() async throws -> Status {
    let folder = try SandboxFolder.existing(of: self)
    let place = SandboxFolder.path(of: self)
    guard let folder, let data = folder.data else { return Status(state: .absent, socketFolder: place) }
    guard let version = try await runningVersion() else {
      return Status(state: .stopped, socketFolder: place, dataFolder: data)
    }
    return Status(state: .running, socketFolder: place, dataFolder: data, serverVersion: version)
  }

  /// The number in the socket's name; nothing listens on it.
  static let port = "5432"
  /// The cluster's superuser. No manifest may name it.
  static let superuser = "sluice_admin"
  /// The role, without superuser rights, that owns the databases and runs the `init` files.
  static let owner = "sluice_sandbox"
  /// The database for what concerns the whole cluster. No manifest may name it.
  static let maintenance = "sluice_sandbox"

  /// Parameters of a connection to the running server.
  func parameters(user: String, database: String) -> ConnectionParameters {
    ConnectionParameters([
      ("host", SandboxFolder.path(of: self).string), ("port", Self.port), ("user", user), ("dbname", database),
      ("sslmode", "disable"),
    ])
  }

  /// The running server's version; nothing where none answers.
  func runningVersion() async throws -> String? {
    do {
      let connection = try await Connection.open(
        parameters(user: Self.superuser, database: "template1"), timeout: .seconds(10))
      let version = try await connection.perform { $0.parameterStatus("server_version") }
      await connection.close()
      return version.map { String($0.prefix { $0 != " " }) } ?? ""
    } catch let error as PostgresError where error.kind == .connect {
      return nil
    }
  }
}
