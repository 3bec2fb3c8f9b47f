internal import Manifests
internal import Postgres

extension FailedConnection {
  /// How much the server takes, and whether it takes anything now.
  func capacity(_ failure: ConnectFailure) -> ConnectionExplanation? {
    switch failure {
    case .tooManyConnections:
      ConnectionExplanation(
        "\(server) has no connection left", at: ["host"],
        help: "others must end theirs; the server's max_connections can be raised, or a pooler put before it")
    case .tooManyConnectionsOfRole:
      ConnectionExplanation(
        "\(role) has as many connections as it may at \(server)", at: ["username", "url", "service"],
        help: "others must end theirs, or the limit is lifted: ALTER ROLE \(roleSQL) CONNECTION LIMIT -1;")
    case .tooManyConnectionsOfDatabase:
      ConnectionExplanation(
        "\(database) has as many connections as it may at \(server)", at: ["database", "url", "service"],
        help: "others must end theirs, or the limit is lifted: ALTER DATABASE \(databaseSQL) CONNECTION LIMIT -1;")
    case .startingUp:
      ConnectionExplanation("\(server) is starting up", at: ["host"], help: "try again in a moment")
    case .shuttingDown:
      ConnectionExplanation("\(server) is shutting down", at: ["host"], help: "try again once it has been started")
    case .inRecovery:
      ConnectionExplanation(
        "\(server) is a standby that does not take such connections", at: ["host"],
        help: "connect to the primary; a standby is read from with hot_standby = on")
    case .readOnly:
      ConnectionExplanation(
        "\(server) is not as target_session_attrs wants it: a standby, or read-only", at: ["url", "service", "host"],
        help: "name the primary, or take target_session_attrs out")
    default: nil
    }
  }
}
