internal import Manifests
internal import Postgres

extension FailedConnection {
  private static let fields = ["username", "url", "service"]

  /// The role and the database.
  func login(_ failure: ConnectFailure) -> ConnectionExplanation? {
    switch failure {
    case .noHBAEntry: hostBased()
    case .noPassword:
      ConnectionExplanation(
        "\(server) wants a password of \(role), and there is none", at: ["password"] + Self.fields,
        help: spec.url == nil
          ? "write `password: {env: NAME}`, or put it into ~/.pgpass" : "put it into the url, or into ~/.pgpass")
    case .wrongPassword:
      ConnectionExplanation(
        "\(role) was not let in at \(server): the password is wrong, or there is no such role",
        at: ["password"] + Self.fields,
        help:
          "check the password and the role's name: the server does not tell which, nor whether the password is past its end"
      )
    case .notLetIn:
      ConnectionExplanation("\(role) was not let in at \(server)", at: Self.fields, help: otherWays)
    case .unknownRole:
      ConnectionExplanation(
        "\(role) does not exist at \(server)", at: Self.fields,
        help: "check \(part("username")), or have the server's administrator create it")
    case .roleCannotLogin:
      ConnectionExplanation(
        "\(role) may not log in at \(server)", at: Self.fields, help: "ALTER ROLE \(roleSQL) LOGIN;")
    case .unknownDatabase:
      ConnectionExplanation(
        "\(database) does not exist at \(server)", at: ["database", "url", "service"],
        help: "check \(part("database")), or have the server's administrator create it")
    case .databaseClosed:
      ConnectionExplanation(
        "\(database) takes no connections at \(server)", at: ["database", "url", "service"],
        help: "ALTER DATABASE \(databaseSQL) ALLOW_CONNECTIONS true;")
    case .noConnectPrivilege:
      ConnectionExplanation(
        "\(role) may not connect to \(database) at \(server)", at: Self.fields,
        help: "GRANT CONNECT ON DATABASE \(databaseSQL) TO \(roleSQL);")
    default: nil
    }
  }

  private var otherWays: String {
    error.message.lowercased().contains("peer")
      ? "peer authentication lets in the role that is called like the user of this machine, or is mapped to it"
      : "check how the server's pg_hba.conf lets this role in"
  }

  /// What pg_hba.conf has no line for, or one against.
  private func hostBased() -> ConnectionExplanation {
    let words = error.message
    let isEncrypted = words.contains("SSL encryption") || words.contains("SSL on")
    let isRejected = words.contains("rejects")
    // What prefers TLS was tried with it and without it.
    let isEither = target?.isSocket == true || ["prefer", "allow"].contains(target?.tlsMode)
    let how = isEither ? "" : isEncrypted ? " with TLS" : " without TLS"
    let what =
      isRejected
      ? "a line of the server's pg_hba.conf keeps \(role) out of \(database)"
      : "no line of the server's pg_hba.conf lets \(role) into \(database)"
    var explanation = ConnectionExplanation(
      "\(what) from here\(how)", at: Self.fields + ["host"],
      help: isRejected
        ? "the server's administrator takes that line out, or adds before it:"
        : "the server's administrator adds, and reloads the server:")
    explanation.help.append(line(isEncrypted: isEncrypted && !isEither))
    return explanation
  }

  /// A line for pg_hba.conf; the address is the one that the server has seen, as it says.
  private func line(isEncrypted: Bool) -> String {
    let names = "\(databaseSQL)  \(roleSQL)"
    if target?.isSocket == true { return "local  \(names)  scram-sha-256" }
    let seen = error.message.split(separator: "\"", omittingEmptySubsequences: false)
    let address = seen.count > 1 && seen[0].hasSuffix("host ") ? String(seen[1]) : target?.localAddress ?? "ADDRESS"
    let bits = address.contains(":") ? 128 : 32
    return "\(isEncrypted ? "hostssl" : "host")  \(names)  \(address)/\(bits)  scram-sha-256"
  }
}
