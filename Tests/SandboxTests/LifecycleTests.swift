import Diagnostics
import Foundation
import Manifests
import Postgres
import Sandbox
import SystemPackage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite(.timeLimit(.minutes(15))) struct LifecycleTests {
  private func serverProcess(_ sandbox: Sandbox) async throws -> Int32 {
    let data = try #require(try await sandbox.status().dataFolder)
    let text = try String(contentsOfFile: data.appending("postmaster.pid").string, encoding: .utf8)
    return try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
  }

  @Test func `It is made, started, stopped, started again and wiped`() async throws {
    try await withSandbox { sandbox, project in
      try #expect(await sandbox.status().state == .absent)
      try #expect(await sandbox.stop() == false)
      try #expect(await sandbox.start())
      let running = try await sandbox.status()
      #expect(running.state == .running)
      #expect(running.serverVersion?.first?.isNumber == true)
      try #expect(await sandbox.start() == false)
      try #expect(await sandbox.stop())
      try #expect(await sandbox.stop() == false)
      try #expect(await sandbox.status().state == .stopped)
      try #expect(await sandbox.start())
      try await sandbox.reset()
      let wiped = try await sandbox.status()
      #expect(wiped.state == .absent)
      #expect(wiped.dataFolder == nil)
      #expect(project.contains(".sluice/sandbox/data") == false)
      try #expect(await sandbox.start())
    }
  }

  @Test func `It listens on a socket that nobody else reaches, and never on TCP`() async throws {
    try await withSandbox { sandbox, _ in
      try await sandbox.start()
      var builder = ProjectBuilder()
      let authorizer = builder.authorizer("wh")
      try await sandbox.prepare(builder.project)
      try #expect(await sandbox.values("SHOW listen_addresses", as: authorizer) == [""])
      let folder = try await sandbox.status().socketFolder.string
      let attributes = try FileManager.default.attributesOfItem(atPath: folder)
      #expect(attributes[.posixPermissions] as? Int == 0o700)
      #expect("\(folder)/.s.PGSQL.5432".utf8.count <= 103)
    }
  }

  @Test func `Commands that start it at the same time start it once`() async throws {
    try await withSandbox { sandbox, _ in
      let starts = try await withThrowingTaskGroup { group in
        for _ in 0..<4 { group.addTask { try await sandbox.start() } }
        return try await group.reduce(into: [Bool]()) { $0.append($1) }
      }
      #expect(starts.count { $0 } == 1)
      try #expect(await sandbox.status().state == .running)
    }
  }

  @Test func `A killed server is started again with all that was committed`() async throws {
    try await withSandbox { sandbox, _ in
      try await sandbox.start()
      var builder = ProjectBuilder()
      let authorizer = builder.authorizer("wh")
      builder.destination("wh", authorizer: "wh", defaultSchema: "public")
      builder.flow("orders", destination: "wh")
      try await sandbox.prepare(builder.project)
      try await sandbox.perform(as: authorizer) { try $0.script("CREATE TABLE kept (id int)") }
      kill(try await serverProcess(sandbox), SIGKILL)
      while try await sandbox.status().state == .running { await Task.yield() }
      try #expect(await sandbox.start())
      try #expect(await sandbox.values("SELECT count(*) FROM kept", as: authorizer) == ["0"])
    }
  }

  @Test func `Lock files whose process is another one now are no obstacle`() async throws {
    try await withSandbox { sandbox, _ in
      try await sandbox.start()
      let status = try await sandbox.status()
      let data = try #require(status.dataFolder)
      let pidFile = data.appending("postmaster.pid").string
      let left = try String(contentsOfFile: pidFile, encoding: .utf8)
      try await sandbox.stop()
      let lines =
        [String(getpid())] + left.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().map(String.init)
      try lines.joined(separator: "\n").write(toFile: pidFile, atomically: false, encoding: .utf8)
      let socketLock = status.socketFolder.appending(".s.PGSQL.5432.lock").string
      try lines.joined(separator: "\n").write(toFile: socketLock, atomically: false, encoding: .utf8)
      try #expect(await sandbox.start())
      try #expect(await sandbox.status().state == .running)
    }
  }

  @Test func `A server whose socket was cleared away is replaced`() async throws {
    try await withSandbox { sandbox, _ in
      try await sandbox.start()
      let folder = try await sandbox.status().socketFolder
      try FileManager.default.removeItem(atPath: folder.appending(".s.PGSQL.5432").string)
      try #expect(await sandbox.status().state == .stopped)
      try #expect(await sandbox.start())
      try #expect(await sandbox.status().state == .running)
    }
  }

  @Test func `A cluster that does not start shows the end of the server's log`() async throws {
    try await withSandbox { sandbox, _ in
      try await sandbox.start()
      try await sandbox.stop()
      let data = try #require(try await sandbox.status().dataFolder)
      try FileManager.default.removeItem(atPath: data.appending("global/pg_control").string)
      let diagnostic = try await diagnostic { try await sandbox.start() }
      #expect(diagnostic.code == "sandbox-start-failed")
      #expect(diagnostic.help.contains { $0.contains("pg_control") })
      #expect(diagnostic.help.last == "sluice sandbox reset")
    }
  }

  @Test func `A folder that is a link is not entered`() async throws {
    try await withSandbox { sandbox, project in
      let folder = try await sandbox.status().socketFolder.string
      try FileManager.default.createSymbolicLink(atPath: folder, withDestinationPath: project.path.string)
      let diagnostic = try await diagnostic { try await sandbox.start() }
      try FileManager.default.removeItem(atPath: folder)
      #expect(diagnostic.code == "sandbox-folder")
      #expect(project.files.isEmpty)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root's server is another user's"))
  func `For a project that the server's user cannot reach the data lies beside the socket`() async throws {
    let outer = try TemporaryProject(["inner/sluice.yaml": ""])
    #expect(chmod(outer.path.string, 0o700) == 0)
    let sandbox = try Sandbox(project: outer.file("inner"), environment: [:])
    try await sandbox.start()
    let status = try await sandbox.status()
    #expect(status.state == .running)
    #expect(status.dataFolder == status.socketFolder.appending("data"))
    try await sandbox.reset()
    try FileManager.default.removeItem(atPath: status.socketFolder.string)
  }

  @Test func `Two projects have two sandboxes, and a missing folder none`() async throws {
    let first = try TemporaryProject()
    let second = try TemporaryProject()
    let folders = try await [
      Sandbox(project: first.path, environment: [:]).status().socketFolder,
      Sandbox(project: second.path, environment: [:]).status().socketFolder,
      Sandbox(project: first.path.appending("."), environment: [:]).status().socketFolder,
    ]
    #expect(folders[0] != folders[1])
    #expect(folders[0] == folders[2])
    let missing = try await diagnostic { _ = try Sandbox(project: first.file("nowhere"), environment: [:]) }
    #expect(missing.code == "no-such-folder")
  }
}
