/// An SSH forward that authorizers may go through.
public struct Tunnel: Equatable, Sendable {
  public var host: String = ""
  public var port: Int = 22
  public var username: String?
  /// Relative to the project.
  public var identityFile: String?
  public var password: SecretReference?
  /// The server's public key, pinned.
  public var hostKey: String?
  /// Relative to the project.
  public var knownHostsFile: String?
  /// Relative to the project.
  public var sshConfig: String?

  /// A tunnel with the defaults.
  public init() {}
}
