internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// PgBouncer in transaction mode in front of a cluster, on a unix socket of its own.
///
/// It ends with the last reference to it, or with the test process, in whatever way that ends.
public final class Pooler: Sendable {
  /// The folder of the socket, to be connected to in place of the cluster's.
  public let folder: String
  /// Closed, it ends.
  private let lifeline: Int32

  /// Starts it.
  ///
  /// - Parameter size: how many connections to the server there are for a database, however many clients.
  public init(to cluster: Cluster, size: Int) throws {
    folder = "/tmp/\(TestDatabase.uniqueName("sluice-pooler-\(getpid())"))"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let settings = """
      [databases]
      * = host=\(cluster.host) port=\(cluster.port)
      [pgbouncer]
      listen_port = \(cluster.port)
      unix_socket_dir = \(folder)
      pool_mode = transaction
      default_pool_size = \(size)
      auth_type = trust
      auth_file = \(folder)/users
      log_connections = 0
      log_disconnections = 0
      log_stats = 0
      """
    try Data(settings.utf8).write(to: URL(fileURLWithPath: "\(folder)/settings"))
    try Data("\"\(cluster.superuser)\" \"\"\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/users"))
    let command = try Lifeline.asServer(["/bin/sh", "-c", Self.script, "sh", folder], owning: folder)
    let (answer, lifeline) = try Lifeline.spawn(command)
    guard answer.contains("ready") else { throw ClusterError(message: "PgBouncer does not start:\n\(answer)") }
    self.lifeline = lifeline
  }

  deinit {
    _ = closeDescriptor(lifeline)
  }

  private static let script = """
    cd "$1" || exit 1
    PATH=$PATH:/usr/sbin
    pgbouncer settings >log 2>&1 &
    until [ -S .s.PGSQL.* ]; do kill -0 $! 2>/dev/null || { cat log; exit 1; }; sleep 0.02; done
    echo ready; exec >/dev/null 2>&1
    trap '' INT TERM HUP
    cat
    kill $!; wait
    cd /tmp && rm -rf "$1"
    """
}
