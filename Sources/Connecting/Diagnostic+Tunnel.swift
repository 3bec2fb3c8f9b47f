internal import Diagnostics
internal import Manifests
internal import Tunnels

extension Diagnostic {
  /// Why `tunnel` is not open, where that is written in the manifest, and what to do.
  static func tunnel(_ error: TunnelError, _ tunnel: Resource<Tunnel>) -> Diagnostic {
    let spec = tunnel.spec
    let address = spec.port == 22 ? spec.host : "\(spec.host):\(spec.port)"
    let (what, fields, help) = explanation(error, spec, address: address)
    let places = tunnel.places
    return Diagnostic(
      .error, "tunnel", "tunnel \(tunnel.name): \(what)",
      at: fields.compactMap { places.fields[$0] }.first ?? places.place(of: "host"), help: help + said(error),
      reason: error.failure.rawValue)
  }

  /// The tunnel is open, and the SSH server does not connect to `target`.
  static func tunnel(
    refused error: TunnelError, connecting authorizer: Resource<Authorizer>, to target: TunnelTarget
  ) -> Diagnostic {
    let name = authorizer.spec.tunnel ?? ""
    let places = authorizer.places
    let rule: String
    switch target {
    case .tcp: rule = "`AllowTcpForwarding yes` and `PermitOpen \(target)` in its sshd_config"
    case .socket: rule = "`AllowStreamLocalForwarding yes` in its sshd_config"
    }
    let permission = "its administrator allows it: \(rule), and no `restrict` or `permitopen` against it at the key"
    let reach = "check `host:` and `port:`, as the SSH server reaches them, and that the server runs and listens there"
    if !error.isTransient {
      return Diagnostic(
        .error, "tunnel",
        "authorizer \(authorizer.name): the SSH server of tunnel \(name) is not allowed to connect to \(target)",
        at: places.place(of: "tunnel"), help: [permission] + said(error), reason: error.failure.rawValue)
    }
    // Of a socket, sshd does not say whether it may not or cannot.
    let help = if case .socket = target { [reach, permission] } else { [reach] }
    return Diagnostic(
      .error, "tunnel", "authorizer \(authorizer.name): the SSH server of tunnel \(name) cannot connect to \(target)",
      at: places.place(of: "host", "url", "tunnel"), help: help + said(error), reason: error.failure.rawValue)
  }

  private static func said(_ error: TunnelError) -> [String] {
    (error.words.isEmpty ? [] : ["ssh says: \(error.words.joined(separator: "\n"))"])
      + (error.failure == .other || error.failure == .ended ? error.ending.map { [$0] } ?? [] : [])
  }

  private static func explanation(
    _ error: TunnelError, _ spec: Tunnel, address: String
  ) -> (what: String, fields: [String], help: [String]) {
    let scan = "ssh-keyscan -p \(spec.port) \(spec.host)"
    let identity = spec.identityFile ?? ""
    let user = spec.username.map { "user \"\($0)\"" } ?? "the user"
    switch error.failure {
    case .programMissing:
      return (
        "there is no `ssh` in PATH", [],
        ["apt install openssh-client", "dnf install openssh-clients", "apk add openssh-client"]
      )
    case .hostNotFound:
      return ("the name of its host has no address (\(address))", ["host"], ["check `host:` for a typing mistake"])
    case .refused:
      return (
        "nothing answers at \(address): the connection was refused", ["host", "port"],
        ["check `host:` and `port:`, and that an SSH server runs and listens there"]
      )
    case .timedOut:
      return (
        "\(address) did not let it in in time", ["host"],
        ["a firewall may drop the packets; `connectTimeout` of the authorizer says how long to wait"]
      )
    case .unreachable: return ("\(address) cannot be reached", ["host"], ["check the network, and `host:`"])
    case .closed:
      return (
        "\(address) closed the connection before anybody was let in", ["host", "port"],
        ["it may have too many connections, or let none in from here; its log says which"]
      )
    case .hostKeyChanged:
      return (
        "the key of \(address) is not the one that is known for it", ["knownHostsFile", "host"],
        [
          "somebody may stand in between: ask the SSH server's administrator for its key, and only then correct the line"
            + " that ssh names, or pin the key with `hostKey:`"
        ]
      )
    case .hostKeyUnknown:
      return (
        "the key of \(address) is not known", ["knownHostsFile", "host"],
        ["write `hostKey:` with the key that its administrator gives; this shows the keys that it has:", scan]
      )
    case .hostKeyMismatch:
      return (
        "the key of \(address) is not the one that `hostKey` pins", ["hostKey"],
        [
          "somebody may stand in between: ask the SSH server's administrator for its key; this shows the keys that it"
            + " has:", scan,
        ]
      )
    case .keyRefused:
      return (
        "\(address) lets \(user) in with none of the keys that ssh has", ["identityFile", "username", "host"],
        [
          spec.identityFile == nil
            ? "write `identityFile:`, or `password:`, or load the key into the agent that SSH_AUTH_SOCK names"
            : "the public key of \(identity) must stand in the user's authorized_keys there; check `username:` too"
        ]
      )
    case .passwordRefused:
      return ("\(user) was not let in at \(address)", ["password", "username"], ["check `username:` and the password"])
    case .identityFileMissing:
      return (
        "the private key \(identity) cannot be read", ["identityFile"],
        ["`identityFile:` is a path relative to the manifest"]
      )
    case .identityFileOpen:
      return (
        "others than its owner can read the private key \(identity), so that ssh does not use it", ["identityFile"],
        ["chmod 600 \(identity)"]
      )
    case .identityFileLocked:
      return (
        "the private key \(identity) has a passphrase, and there is nobody to ask for it", ["identityFile"],
        ["load it into an agent first:", "ssh-add \(identity)"]
      )
    case .configuration:
      return ("ssh does not take its configuration", ["sshConfig", "knownHostsFile"], [])
    case .forwardRefused: return ("\(address) does not forward", ["host"], [])
    case .noPort: return ("there is no free port on this machine", [], [])
    case .ended: return ("it has ended", ["host"], ["it is opened anew when it is next needed"])
    case .other: return ("it cannot be opened", ["host"], [])
    }
  }
}
