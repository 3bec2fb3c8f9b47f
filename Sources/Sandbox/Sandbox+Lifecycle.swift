internal import Diagnostics
internal import Postgres
internal import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension Sandbox {
  /// Makes the cluster where there is none, and starts its server where it does not run.
  ///
  /// Safe against others that do the same at the same time, and against what a killed server left behind.
  ///
  /// - Returns: whether it had to be started.
  /// - Throws: `Failure` (`sandbox-programs-missing`, `sandbox-start-failed`, `sandbox-folder`); `CancellationError`.
  @discardableResult
  public func start() async throws -> Bool {
    let folder = try SandboxFolder.made(for: self)
    if folder.data != nil, try await runningVersion() != nil { return false }
    return try await locked(folder) {
      // Another command may have been first.
      let folder = try SandboxFolder.made(for: self)
      if folder.data != nil, try await runningVersion() != nil { return false }
      try await launch(folder)
      return true
    }
  }

  /// Stops the server where it runs; sessions that are open are ended.
  ///
  /// - Returns: whether it ran.
  /// - Throws: `Failure` (`sandbox-stop-failed`, `sandbox-programs-missing`); `CancellationError`.
  @discardableResult
  public func stop() async throws -> Bool {
    guard let folder = try SandboxFolder.existing(of: self) else { return false }
    return try await locked(folder) { try await halt("fast") }
  }

  /// Stops the server and removes all that it holds.
  ///
  /// - Throws: `Failure`; `CancellationError`.
  public func reset() async throws {
    guard let folder = try SandboxFolder.existing(of: self) else { return }
    try await locked(folder) {
      try await halt("immediate")
      // A cluster that was never finished lies beside the data.
      for data in [folder.data, folder.data.map(ServerFiles.unfinished)].compactMap({ $0 }) + [folder.log] {
        if FileFacts(of: data) != nil { try FileManager.default.removeItem(atPath: data.string) }
      }
    }
  }

  private func launch(_ folder: SandboxFolder) async throws {
    let version = folder.data.flatMap { ServerFiles(data: $0).version }
    let programs = try ServerPrograms.find(environment: environment, version: version)
    let data: FilePath
    if let made = folder.data { data = made } else { data = try await makeCluster(folder, programs) }
    let files = ServerFiles(data: data)
    // A server that runs and does not answer (its socket was cleared away, say) is of no use.
    if files.serverProcess != nil { _ = try await halt("immediate") }
    files.removeStaleLocks(socket: folder.socket)
    try files.configure(socketFolder: folder.path, owner: account)
    guard try await runServer(folder, data, programs) else {
      throw startFailed(folder, "the sandbox's server does not start")
    }
    try await makeMaintenance()
  }

  /// Starts the server, some times over: sessions of one that was killed hold its memory until they notice.
  private func runServer(_ folder: SandboxFolder, _ data: FilePath, _ programs: ServerPrograms) async throws -> Bool {
    for attempt in 1...4 {
      if attempt > 1 { try await Task.sleep(for: .milliseconds(250)) }
      let isStarted = try await ServerCommand(self).run(
        programs.path("pg_ctl"), ["-D", data.string, "-w", "-t", "60", "-s", "-l", folder.log.string, "start"],
        log: folder.log)
      if isStarted { return true }
    }
    return false
  }

  /// Makes the cluster beside its place and moves it there when it is whole.
  private func makeCluster(_ folder: SandboxFolder, _ programs: ServerPrograms) async throws -> FilePath {
    let data = try await folder.placeForData(of: self)
    let unfinished = ServerFiles.unfinished(data)
    if FileFacts(of: unfinished) != nil { try FileManager.default.removeItem(atPath: unfinished.string) }
    let isMade = try await ServerCommand(self).run(
      programs.path("initdb"),
      [
        "-D", unfinished.string, "-U", Self.superuser, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync",
        "--no-instructions",
      ], log: folder.log)
    guard isMade else { throw startFailed(folder, "the sandbox's cluster cannot be made") }
    try FileManager.default.moveItem(atPath: unfinished.string, toPath: data.string)
    return data
  }

  /// Makes what the whole cluster needs, where a new one lacks it.
  private func makeMaintenance() async throws {
    let connection = try await Connection.open(
      parameters(user: Self.superuser, database: "template1"), timeout: .seconds(30))
    try await connection.perform { database in
      let name = SQL(raw: Self.maintenance)
      if try database.rows("SELECT 1 FROM pg_roles WHERE rolname = \(value: Self.owner)").count == 0 {
        try database.run("CREATE ROLE \(raw: Self.owner) LOGIN")
      }
      if try database.rows("SELECT 1 FROM pg_database WHERE datname = \(value: Self.maintenance)").count == 0 {
        try database.run("CREATE DATABASE \(sql: name)")
      }
    }
    await connection.close()
  }

  /// Stops the server by its process, whether it answers or not.
  @discardableResult
  private func halt(_ mode: String) async throws -> Bool {
    guard let folder = try SandboxFolder.existing(of: self), let data = folder.data else { return false }
    let files = ServerFiles(data: data)
    guard files.serverProcess != nil else { return false }
    let programs = try ServerPrograms.find(environment: environment, version: files.version)
    let isStopped = try await ServerCommand(self).run(
      programs.path("pg_ctl"), ["-D", data.string, "-w", "-t", "60", "-s", "-m", mode, "stop"], log: folder.log)
    // It may have ended by itself meanwhile.
    guard isStopped || files.serverProcess == nil else {
      throw Failure(
        Diagnostic(
          .error, "sandbox-stop-failed", "the sandbox's server does not stop", help: ServerFiles.tail(of: folder.log)))
    }
    return true
  }

  private func startFailed(_ folder: SandboxFolder, _ message: String) -> Failure {
    Failure(
      Diagnostic(
        .error, "sandbox-start-failed", message,
        help: ["the server's log, \(folder.log), ends with:"] + ServerFiles.tail(of: folder.log)
          + ["to start from nothing:", "sluice sandbox reset"]))
  }
}
