internal import Manifests
internal import Postgres

extension FailedConnection {
  /// The way to the server.
  func network(_ failure: ConnectFailure) -> ConnectionExplanation? {
    let host = target?.host ?? spec.host ?? ""
    return switch failure {
    case .hostNotFound:
      ConnectionExplanation(
        "host \"\(host)\" has no address", at: ["host"],
        help: "check \(part("host")) for a typing mistake, and that this machine's name server knows it")
    case .refused:
      ConnectionExplanation(
        "nothing listens at \(server): the connection was refused", at: ["host", "port"],
        help: "check \(part("host")) and \(part("port")), that the server runs, and its listen_addresses")
    case .socketMissing:
      ConnectionExplanation(
        "there is no server's socket at \(server)", at: ["host", "port"],
        help: "check \(part("host")), the socket's folder, and \(part("port")), which is a part of its name")
    case .timedOut: late()
    case .unreachable:
      ConnectionExplanation(
        "the network has no way to \(server)", at: ["host"],
        help: "check \(part("host")), and what leads there: a VPN, a route\(from)")
    case .connectionClosed:
      ConnectionExplanation(
        "\(server) ended the connection without saying why", at: ["host", "port"],
        help: "its log may say why: a restart, a crash, no memory; or it is a proxy without a server behind it")
    case .notPostgres:
      ConnectionExplanation(
        "what answers at \(server) is not PostgreSQL", at: ["port", "host"],
        help: "check \(part("host")) and \(part("port"))")
    case .parameters:
      ConnectionExplanation("libpq does not take the connection's parameters", at: ["url", "service"])
    default: nil
    }
  }

  private func late() -> ConnectionExplanation {
    switch error.phase {
    case .name:
      ConnectionExplanation(
        "the name server did not say within \(time) where \(spec.host.map { "host \"\($0)\"" } ?? part("host")) is",
        at: ["host", "connectTimeout"], help: "check this machine's name server (/etc/resolv.conf)")
    case .tls, .login, .database:
      ConnectionExplanation(
        "\(server) took the connection, and then did not answer within \(time)", at: ["host", "connectTimeout"],
        help: "check \(part("port")): it may not be PostgreSQL; a server under load may need a longer `connectTimeout:`"
      )
    case .port, .ssh, nil:
      ConnectionExplanation(
        "no answer from \(server) within \(time)", at: ["host", "connectTimeout"],
        help: "a firewall may drop the packets: \(way)")
    }
  }

  /// Which packets a firewall must let through.
  private var way: String {
    if let tunnel = spec.tunnel { return "the host of tunnel/\(tunnel) must be allowed to reach \(farEnd)" }
    return "\(error.target?.localAddress ?? "this machine") must be allowed to reach "
      + "\(target?.address ?? target?.host ?? spec.host ?? "the server"), port \(target?.port ?? String(spec.port))"
  }

  private var from: String { error.target?.localAddress.map { " (from \($0))" } ?? "" }

  /// `10s`, as manifests have it.
  private var time: String {
    let (seconds, attoseconds) = spec.connectTimeout.components
    return attoseconds == 0 ? "\(seconds)s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000)ms"
  }
}
