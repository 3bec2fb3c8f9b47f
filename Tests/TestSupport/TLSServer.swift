internal import Foundation
public import Postgres
internal import Synchronization

/// A small PostgreSQL server of the test process's own on 127.0.0.1, for tests of how connecting fails.
///
/// Its roles: `loader` is let in without a password, `scram` with `right`, `tlsonly` with TLS alone and `plainonly`
/// without it; `rejected` and `unlisted` are kept out; `certified` has a certificate; `nologin`, `limited` (to no
/// connection) and `reader` (whose transactions are read-only) are what they are called. Its databases: `shop`, `closed`,
/// `full_up`, `private` (for nobody), and `certs` and `certfull`, which want a certificate.
public struct TLSServer: Sendable {
  /// What is peculiar about it.
  public enum Kind: String, Sendable, CaseIterable {
    /// A certificate for localhost, of the authority.
    case good
    /// A certificate that has expired.
    case expired
    /// A certificate that is not valid yet.
    case early
    /// A certificate for other names.
    case wrong
    /// TLS 1.2 at most.
    case tls12
    /// TLS 1.1 at most, which no client of today speaks.
    case tls11
    /// No TLS.
    case plain
    /// One connection but for superusers, and no TLS.
    case crowded
    /// A standby that is read from.
    case standby
    /// A standby that is not read from.
    case cold
    /// It starts, and never ends with that.
    case starting
    /// Of one test that stops it.
    case stopped
    /// No TLS; of those who follow the documentation.
    case documented
  }

  /// The port on 127.0.0.1.
  public let port: Int

  /// The one of this kind, started when first asked for.
  ///
  /// - Throws: `ClusterError` where it does not start.
  public static func running(_ kind: Kind) async throws -> TLSServer {
    let task = servers.withLock { servers in
      if let known = servers[kind] { return known }
      let task = Task.detached { try start(kind, in: try await TLSAuthority.shared().folder) }
      servers[kind] = task
      return task
    }
    return try await task.value
  }

  private static let servers = Mutex<[Kind: Task<TLSServer, any Error>]>([:])

  private static func start(_ kind: Kind, in folder: String) throws -> TLSServer {
    var answers: [String] = []
    // Between choosing a port and taking it somebody else may have it.
    for _ in 0..<3 {
      let port = try Loopback.freePort()
      let command = try Lifeline.asServer(
        [
          "/bin/sh", "-c", script, "sh", PostgresPrograms.folder ?? "", folder, kind.rawValue, String(port),
          kind.settings, kind.signal, kind.isReady ? "yes" : "no",
        ], owning: folder)
      let (answer, _) = try Lifeline.spawn(command)
      if answer.hasPrefix("ready") { return TLSServer(port: port) }
      answers.append(answer)
    }
    throw ClusterError(message: "the server \(kind) does not start:\n\(answers.joined(separator: "\n"))")
  }

  private static let script = """
    bin=$1; dir=$2; data=$2/$3; port=$4
    rm -rf "$data"; cp -a "$dir/template" "$data" && cd "$data" || exit 1
    cp "$dir/ca.crt" "$dir"/server.* "$dir"/expired.* "$dir"/early.* "$dir"/wrong.* . || exit 1
    printf "listen_addresses = '127.0.0.1'\\nport = %s\\n%s\\n" "$port" "$5" >>postgresql.conf
    if [ -n "$6" ]; then : >"$6"; fi
    if [ "$7" = yes ]; then
      "$bin/pg_ctl" -D . -w -s -l log start >>log 2>&1 </dev/null || { tail -n 20 log; exit 1; }
    else
      "$bin/pg_ctl" -D . -W -s -l log start >>log 2>&1 </dev/null
      tries=0
      until "$bin/pg_isready" -q -h 127.0.0.1 -p "$port"; [ $? = 1 ]; do
        tries=$((tries + 1)); [ $tries -lt 200 ] || { tail -n 20 log; exit 1; }
        sleep 0.05
      done
    fi
    echo ready; exec >/dev/null 2>&1
    trap '' INT TERM HUP
    cat >/dev/null
    "$bin/pg_ctl" -D . -w -m immediate stop
    cd /tmp && rm -rf "$data"
    """
}

extension TLSServer.Kind {
  fileprivate var settings: String {
    func tls(_ name: String) -> String {
      "ssl = on\nssl_ca_file = 'ca.crt'\nssl_cert_file = '\(name).crt'\nssl_key_file = '\(name).key'\n"
    }
    return switch self {
    case .good: tls("server")
    case .expired, .early, .wrong: tls(rawValue)
    case .tls12: tls("server") + "ssl_max_protocol_version = 'TLSv1.2'"
    case .tls11:
      tls("server") + "ssl_min_protocol_version = 'TLSv1.1'\nssl_max_protocol_version = 'TLSv1.1'\n"
        + "ssl_ciphers = 'DEFAULT@SECLEVEL=0'"
    case .crowded: "max_connections = 4\nsuperuser_reserved_connections = 3"
    case .cold: "hot_standby = off"
    case .starting: "restore_command = 'sleep 1000'"
    case .plain, .standby, .stopped, .documented: ""
    }
  }

  fileprivate var signal: String {
    switch self {
    case .standby, .cold: "standby.signal"
    case .starting: "recovery.signal"
    default: ""
    }
  }

  fileprivate var isReady: Bool { self != .cold && self != .starting }
}

extension TLSServer {
  /// Runs statements in the database `postgres` as a superuser.
  public func execute(_ script: String) async throws {
    let connection = try await connect(as: "postgres", to: "postgres")
    try await connection.perform { try $0.script(script) }
    await connection.close()
  }

  /// Connects without a password.
  public func connect(as user: String, to database: String) async throws -> Connection {
    try await Connection.open(
      ConnectionParameters([("host", "127.0.0.1"), ("port", "\(port)"), ("dbname", database), ("user", user)]),
      timeout: .seconds(30))
  }
}
