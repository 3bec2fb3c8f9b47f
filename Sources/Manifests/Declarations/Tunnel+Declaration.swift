internal import JSON
internal import YAML

extension Tunnel: Specification {
  public static var kind: Kind { .tunnel }
  public static let declaration = Declaration(record)

  static let record = Record<Tunnel>(
    "a tunnel", { Tunnel() },
    [
      Field(
        "host", \.host, .sshHost, "The SSH server's name or address.", example: "bastion.example.com", isRequired: true),
      Field("port", \.port, .int(1...65535), "The SSH server's port.", example: "22"),
      Field("username", \.username, .sshUser, "The login; left out, what ssh itself would use.", example: "tunnel"),
      Field(
        "identityFile", \.identityFile, .path, "The private key; left out, what ssh itself would use.",
        example: "keys/bastion"),
      Field(
        "password", \.password, .secret, "Where the password is to be found; ssh gets it by SSH_ASKPASS.",
        example: "{env: BASTION_PASSWORD}"),
      Field("hostKey", \.hostKey, .hostKey, "The server's public key, pinned.", example: "ssh-ed25519 AAAA..."),
      Field(
        "knownHostsFile", \.knownHostsFile, .path, "The file that the server's key stands in.", example: "known_hosts"),
      Field(
        "sshConfig", \.sshConfig, .path, "A configuration for ssh: jumps, keep-alives and the like.",
        example: "ssh_config"),
    ]
  ) { _, given, reading in
    guard given.isWritten("hostKey"), given.isWritten("knownHostsFile") else { return }
    reading.refuse(
      "knownHostsFile", "`hostKey` and `knownHostsFile` exclude each other", help: ["remove one of the two"],
      because: "hostKey")
  }
}

extension Shape where Value == String {
  /// A host as ssh takes it as an argument, where a `-` at the start would make an option of it, and `@` a login.
  fileprivate static let sshHost = text(
    "a host's name or address such as `bastion.example.com`",
    schema: ["type": "string", "pattern": "^[A-Za-z0-9_.:][A-Za-z0-9_.:%-]*$"]
  ) { text in
    if text.isPlain(and: "_.:%-"), !text.hasPrefix("-"), !text.hasPrefix("%") { return nil }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    let isLogin = parts.count == 2 && parts.allSatisfy { $0.isPlain(and: "_.-") }
    return .wants(
      "a host's name or address such as `bastion.example.com`", found: text,
      help: isLogin ? ["write `host: \(parts[1])` and `username: \(parts[0])`"] : [])
  }

  /// A login as ssh takes it as an argument, without characters that no user's name has.
  fileprivate static let sshUser = pattern(
    "a user's name such as `tunnel`", "^[A-Za-z0-9_.@+\\\\][A-Za-z0-9_.@+\\\\-]*$"
  ) { $0.isPlain(and: "_.@+\\-") && !$0.hasPrefix("-") }

  /// A public key as known_hosts and authorized_keys write it.
  fileprivate static let hostKey = pattern(
    "a public key such as `ssh-ed25519 AAAA...`", "^[a-z0-9@.-]+ [A-Za-z0-9+/.]+=*( .*)?$"
  ) {
    let parts = $0.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2 else { return false }
    let isKind = parts[0].isPlain(and: "@.-") && parts[0].lowercased() == parts[0]
    let end = parts[1].lastIndex { $0 != "=" }
    return isKind && end.map { parts[1][...$0].isPlain(and: "+/.") } == true
  }
}
