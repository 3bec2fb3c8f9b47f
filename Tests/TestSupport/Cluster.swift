internal import Foundation
internal import Postgres
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A PostgreSQL server of the test process's own, on a unix socket, started when first asked for.
///
/// A small shell process makes, starts and at last stops and removes it: when its standard input closes, that is when
/// the test process has ended, in whatever way.
public struct Cluster: Sendable {
  /// The socket's folder.
  public let host: String
  /// The number in the socket's name.
  public let port = 5432
  /// A superuser who needs no password.
  public let superuser = "postgres"

  /// The one cluster of this process.
  ///
  /// - Throws: `ClusterError` where PostgreSQL is missing or does not start.
  public static func shared() async throws -> Cluster { try await starting.value }

  /// Whether PostgreSQL's programs are on this machine, for tests that say so and are left out otherwise.
  public static var isAvailable: Bool { PostgresPrograms.folder != nil }

  private static let starting = Task.detached { try start() }

  private static func start() throws -> Cluster {
    guard let programs = PostgresPrograms.folder else {
      throw ClusterError(message: "initdb, pg_ctl and postgres are in none of the places looked at")
    }
    // A socket's path has at most 107 bytes, so not the usual temporary folder.
    let folder = "/tmp/sluice-test-\(getpid())"
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    let command = try Lifeline.asServer(["/bin/sh", "-c", script, "sh", programs, folder], owning: folder)
    // Never closed by this process, so that the cluster lives as long.
    let (answer, _) = try Lifeline.spawn(command)
    guard answer.hasPrefix("ready") else { throw ClusterError(message: "the cluster does not start:\n\(answer)") }
    return Cluster(host: folder)
  }

  /// A role of the group `needs_password` is let in with its password alone, every other role without one.
  private static let script = """
    bin=$1; dir=$2; cd "$dir" || exit 1
    fail() { tail -n 20 log; exit 1; }
    "$bin/initdb" -D data -U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions >log 2>&1 || fail
    cat >>data/postgresql.conf <<END
    listen_addresses = ''
    unix_socket_directories = '$dir'
    max_connections = 300
    fsync = off
    full_page_writes = off
    synchronous_commit = off
    wal_level = minimal
    max_wal_senders = 0
    shared_buffers = 64MB
    autovacuum = off
    log_min_messages = fatal
    max_prepared_transactions = 10
    END
    printf 'local all +needs_password scram-sha-256\\nlocal all all trust\\n' >data/pg_hba.conf
    "$bin/pg_ctl" -D data -w -s -l log start >>log 2>&1 </dev/null || fail
    "$bin/psql" -h "$dir" -U postgres -qc 'CREATE ROLE needs_password' postgres >>log 2>&1 </dev/null || fail
    echo ready; exec >/dev/null 2>&1
    trap '' INT TERM HUP
    cat >/dev/null
    "$bin/pg_ctl" -D data -w -m immediate stop
    cd /tmp && rm -rf "$dir"
    """
}

/// Why there is no cluster.
public struct ClusterError: Error, CustomStringConvertible {
  /// What happened, with the last lines of the log.
  public let message: String

  /// The message.
  public var description: String { message }
}
