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
    var command = ["/bin/sh", "-c", script, "sh", programs, folder]
    if geteuid() == 0 {
      guard let user = getpwnam("postgres") else { throw ClusterError(message: "root needs a user \"postgres\"") }
      guard chown(folder, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
        throw ClusterError(message: "the folder cannot be given to the user \"postgres\"")
      }
      command = ["/usr/sbin/runuser", "-u", "postgres", "--"] + command
      if !FileManager.default.isExecutableFile(atPath: command[0]) { command[0] = "/sbin/runuser" }
    }
    let answer = try Lifeline.spawn(command)
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

/// A process that lives as long as this one.
private enum Lifeline {
  /// `POSIX_SPAWN_SETSID`, which Glibc's module leaves out.
  #if canImport(Darwin)
    private static let newSession: Int16 = 0x400
  #else
    private static let newSession: Int16 = 0x80
  #endif

  /// Starts `command` with a pipe as standard input that is never written, and closes when this process ends.
  ///
  /// - Returns: its first line of standard output, or all of it where it ends before.
  static func spawn(_ command: [String]) throws -> String {
    var input: [Int32] = [-1, -1]
    var output: [Int32] = [-1, -1]
    guard pipe(&input) == 0, pipe(&output) == 0 else { throw ClusterError(message: "no pipe") }
    // No other child may hold them open.
    for descriptor in input + output { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input[0], 0)
    posix_spawn_file_actions_adddup2(&actions, output[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A session of its own: an interrupt from the terminal ends the tests, and only then the cluster.
    posix_spawnattr_setflags(&attributes, newSession)
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let status = posix_spawn(&process, command[0], &actions, &attributes, &arguments, environ)
    close(input[0])
    close(output[1])
    guard status == 0 else { throw ClusterError(message: "\(command[0]): \(String(cString: strerror(status)))") }
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while !text.hasPrefix("ready") {
      let count = read(output[0], &buffer, buffer.count)
      if count <= 0 { break }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    close(output[0])
    return text
  }
}
