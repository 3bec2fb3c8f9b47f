internal import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The files of a cluster, as far as they are looked at from outside.
struct ServerFiles {
  let data: FilePath

  /// Where a cluster is made before it is moved to `data`.
  static func unfinished(_ data: FilePath) -> FilePath {
    data.removingLastComponent().appending("data.unfinished")
  }

  /// The major version that made the data: `15`.
  var version: String? { Self.text(of: data.appending("PG_VERSION"))?.split(separator: "\n").first.map(String.init) }

  /// The server's process, where it is alive.
  var serverProcess: Int32? {
    guard let process = Self.process(in: pidFile), Self.isServer(process) else { return nil }
    return process
  }

  /// Removes the files by which a server that was killed still claims its data and its socket.
  ///
  /// The next server does so itself, unless the number now belongs to another process.
  func removeStaleLocks(socket: FilePath) {
    for file in [pidFile, FilePath(socket.string + ".lock")] {
      guard let process = Self.process(in: file), !Self.isServer(process) else { continue }
      try? FileManager.default.removeItem(atPath: file.string)
    }
  }

  /// Writes the whole configuration; it is the same at each start but for the socket's folder.
  func configure(socketFolder: FilePath, owner: ServerAccount) throws {
    let folder = socketFolder.string.replacing("'", with: "''")
    try write(
      """
      listen_addresses = ''
      unix_socket_directories = '\(folder)'
      unix_socket_permissions = 0700
      port = \(Sandbox.port)
      max_connections = 200
      timezone = 'UTC'
      log_timezone = 'UTC'
      # All of it is meant to be thrown away: only a crash of the whole machine may cost it.
      fsync = off
      full_page_writes = off
      wal_level = minimal
      max_wal_senders = 0

      """, to: "postgresql.conf", owner)
    try write("local all all trust\n", to: "pg_hba.conf", owner)
  }

  /// The last lines of a log.
  static func tail(of log: FilePath) -> [String] {
    (text(of: log) ?? "").split(separator: "\n").suffix(10).map(String.init)
  }

  private var pidFile: FilePath { data.appending("postmaster.pid") }

  private func write(_ text: String, to name: String, _ owner: ServerAccount) throws {
    let file = try FileDescriptor.open(
      data.appending(name), .writeOnly, options: [.create, .truncate, .noFollow, .closeOnExec],
      permissions: [.ownerReadWrite])
    defer { try? file.close() }
    if owner.isOther, fchown(file.rawValue, owner.user, owner.group) != 0 { throw Errno(rawValue: errno) }
    try file.writeAll(text.utf8)
  }

  private static func process(in file: FilePath) -> Int32? {
    text(of: file)?.split(separator: "\n").first.flatMap { Int32($0) }
  }

  /// Whether `process` is alive and, where the system tells, a PostgreSQL server.
  private static func isServer(_ process: Int32) -> Bool {
    guard process > 0, kill(process, 0) == 0 || errno == EPERM else { return false }
    guard let name = text(of: FilePath("/proc/\(process)/comm")) else { return true }
    return name.hasPrefix("postgres")
  }

  private static func text(of file: FilePath) -> String? { try? String(contentsOfFile: file.string, encoding: .utf8) }
}
