internal import SystemPackage

/// What ssh is started with.
struct SSHCommand {
  /// The arguments, without the program.
  let arguments: [String]
  /// All that it has of an environment.
  let environment: [String: String]

  /// - Parameters:
  ///   - knownHosts: the file with the pinned key, where one is.
  ///   - controlPath: where ssh takes orders to forward.
  init(
    _ settings: TunnelSettings, knownHosts: String?, controlPath: String, program: FilePath, of own: [String: String]
  ) {
    // The first value that ssh meets for an option counts: these come before any configuration.
    var options = [
      // Of options that an older ssh does not know.
      "IgnoreUnknown=KnownHostsCommand,ForkAfterAuthentication,StdinNull,ObscureKeystrokeTiming",
      "StrictHostKeyChecking=yes", "UpdateHostKeys=no", "NumberOfPasswordPrompts=1",
      "ControlMaster=yes", "ControlPath=\(controlPath)", "ControlPersist=no",
      // What the configuration forwards is for people's own sessions, and would take ports that are in use there.
      "ClearAllForwardings=yes", "ExitOnForwardFailure=yes", "ForkAfterAuthentication=no", "StdinNull=no",
      "PermitLocalCommand=no", "RemoteCommand=none", "Tunnel=no",
    ]
    if let knownHosts = knownHosts ?? settings.knownHostsFile.map(Self.quoted) {
      options += [
        "UserKnownHostsFile=\(knownHosts)", "GlobalKnownHostsFile=/dev/null", "KnownHostsCommand=none",
        "VerifyHostKeyDNS=no", "CheckHostIP=no",
      ]
    }
    if let file = settings.identityFile { options += ["IdentityFile=\(Self.quoted(file))", "IdentitiesOnly=yes"] }
    if settings.password == nil {
      options.append("BatchMode=yes")
    } else {
      // A server may let few tries pass: keys that nobody has asked for are not tried before the password.
      let methods = (settings.identityFile == nil ? [] : ["publickey"]) + ["password", "keyboard-interactive"]
      options += ["BatchMode=no", "PreferredAuthentications=\(methods.joined(separator: ","))"]
    }
    if settings.configuration == nil { options += ["ServerAliveInterval=15", "ServerAliveCountMax=3"] }
    var arguments = ["-v", "-N", "-T", "-x", "-a"]
    if let file = settings.configuration { arguments += ["-F", file] }
    for option in options { arguments += ["-o", option] }
    // ssh's own default, unless its configuration says something else.
    if settings.port != 22 { arguments += ["-p", String(settings.port)] }
    if let username = settings.username { arguments += ["-l", username] }
    self.arguments = arguments + ["--", settings.host]

    var environment = own.filter { Self.inherited.contains($0.key) }
    environment["LC_ALL"] = "C"
    environment["SSH_ASKPASS"] = program.string
    environment["SSH_ASKPASS_REQUIRE"] = "force"
    environment[TunnelProgram.askpassVariable] = "1"
    self.environment = environment
  }

  /// What ssh and the programs of its configuration need. Nothing else, as a variable may hold a secret.
  private static let inherited: Set<String> = [
    "HOME", "PATH", "USER", "LOGNAME", "SHELL", "SSH_AUTH_SOCK", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
    "KRB5CCNAME", "KRB5_CONFIG",
  ]

  /// `path` as one word of ssh's configuration, in which `%` begins a token.
  private static func quoted(_ path: String) -> String {
    let escaped = path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("%", with: "%%")
    return "\"\(escaped)\""
  }

  /// Where `ssh` is in PATH.
  static func program(in environment: [String: String]) -> FilePath? {
    for folder in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") where folder.hasPrefix("/") {
      let path = FilePath(String(folder)).appending("ssh")
      if SystemCalls.isExecutable(path) { return path }
    }
    return nil
  }
}
