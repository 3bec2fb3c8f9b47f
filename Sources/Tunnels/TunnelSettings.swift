public import Secrets

/// How to reach and enter an SSH server: plain values, with paths that are absolute.
public struct TunnelSettings: Sendable {
  /// The server's name or address, or a name of `configuration`.
  public var host: String
  public var port: Int
  /// Nothing: what ssh itself would use, as for all that follows.
  public var username: String?
  public var identityFile: String?
  public var password: Secret?
  /// The one key that the server may have, as known_hosts writes it: kind and base64.
  public var hostKey: String?
  public var knownHostsFile: String?
  /// The file that ssh reads in place of the user's configuration.
  public var configuration: String?
  /// Where ssh runs: what `configuration` names is relative to that.
  public var folder: String

  /// Settings that leave all to ssh but where the server is.
  public init(host: String, port: Int = 22, folder: String) {
    self.host = host
    self.port = port
    self.folder = folder
  }
}

/// Where a forward leads, as the SSH server sees it.
public enum TunnelTarget: Sendable, Hashable {
  /// A host's name or address, and a port.
  case tcp(host: String, port: Int)
  /// The path of a unix socket.
  case socket(String)
}

extension TunnelTarget: CustomStringConvertible {
  /// The host, or the socket's path.
  public var host: String {
    switch self {
    case .tcp(let host, _): host
    case .socket(let path): path
    }
  }

  /// `db.internal:5432`, or the socket's path.
  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .socket(let path): path
    }
  }
}
