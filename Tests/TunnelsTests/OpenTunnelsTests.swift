import Secrets
import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

@testable import Tunnels

@Suite("Tunnels", .enabled(if: SSHServer.isAvailable, "there is no sshd"), .timeLimit(.minutes(10)))
struct OpenTunnelsTests {
  @Test("Fifty connections to fifty targets share one ssh, which ends with the command, and leaves no socket")
  func shared() async throws {
    let world = try TunnelWorld()
    let cluster = try await Cluster.shared()
    // Spelled differently, so that each has a forward of its own.
    let targets = (0..<50).map { number in
      TunnelTarget.socket("\(cluster.host)/\(String(repeating: "/", count: number)).s.PGSQL.\(cluster.port)")
    }
    let connections = try await withThrowingTaskGroup(of: (Int, Connection).self) { group in
      for target in targets {
        group.addTask {
          let forward = try await world.forward(to: target)
          return (forward.port, try await world.connect(by: forward))
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(connections.map(\.0)).count == 50)
    for (_, connection) in connections {
      #expect(try await connection.perform { try $0.rows("SELECT 1") { $0.int(0) } } == [1])
    }
    let clients = world.server.clients
    #expect(clients.count == 1)
    let socket = try #require(clients.first.flatMap(SSHServer.controlPath))
    #expect(FileManager.default.fileExists(atPath: socket))
    await world.tunnels.close()
    #expect(world.server.clients.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: socket))
    await #expect(throws: CancellationError.self) { try await world.forward() }
  }

  @Test("The same target has one forward") func sameTarget() async throws {
    let world = try TunnelWorld()
    let first = try await world.forward()
    #expect(try await world.forward().port == first.port)
    await world.tunnels.close()
  }

  @Test("An ssh that is killed is said to be, by the connection too; the next connection has a new one")
  func killed() async throws {
    let world = try TunnelWorld()
    let forward = try await world.forward()
    let connection = try await world.connect(by: forward)
    let client = try #require(world.server.clients.first)
    let socket = try #require(SSHServer.controlPath(of: client))
    kill(client, SIGKILL)
    let error = await #expect(throws: PostgresError.self) {
      try await connection.perform { _ = try $0.rows("SELECT 1") }
    }
    #expect(error?.isConnectionLost == true)
    #expect(error?.message.hasSuffix("; ssh was ended by signal 9") == true, "\(error as Any)")
    #expect(forward.ending()?.failure == .ended)
    #expect(!FileManager.default.fileExists(atPath: socket))
    let next = try await world.connect(by: try await world.forward())
    #expect(try await next.perform { try $0.rows("SELECT 1") { $0.int(0) } } == [1])
    #expect(world.server.clients.count == 1)
    #expect(world.server.clients != [client])
    await world.tunnels.close()
    #expect(world.server.clients.isEmpty)
  }

  @Test("A server's key that known_hosts has is taken") func knownHosts() async throws {
    let world = try TunnelWorld()
    var settings = try world.settings()
    settings.hostKey = nil
    // The path has all that ssh's configuration would read as something else.
    let file = world.server.folder.appending("known %h \"hosts\"")
    try world.server.knownHost(try world.server.hostKey).write(toFile: file.string, atomically: true, encoding: .utf8)
    settings.knownHostsFile = file.string
    let opened = settings
    try await world.tunnels.open("t", within: .seconds(60)) { opened }
    await world.tunnels.close()
  }

  @Test("A configuration leads over a jump host, and forwards nothing of its own") func jump() async throws {
    let inner = try SSHServer()
    let world = try TunnelWorld()
    try """
    Host inner
      HostName 127.0.0.1
      Port \(inner.port)
      User \(inner.user)
      IdentityFile \(inner.identityFile)
      UserKnownHostsFile \(inner.folder)/known
      ProxyJump outer
      LocalForward 1 127.0.0.1:1
      ControlMaster auto
      ControlPath \(inner.folder)/control
      ControlPersist yes
    Host outer
      HostName 127.0.0.1
      Port \(world.server.port)
      User \(world.server.user)
      IdentityFile \(world.server.identityFile)
      UserKnownHostsFile \(inner.folder)/known
      StrictHostKeyChecking yes
      ControlMaster auto
      ControlPath \(inner.folder)/outer
      ControlPersist 60
    """.write(toFile: inner.folder.appending("config").string, atomically: true, encoding: .utf8)
    try (inner.knownHost(inner.hostKey) + world.server.knownHost(world.server.hostKey))
      .write(toFile: inner.folder.appending("known").string, atomically: true, encoding: .utf8)
    var settings = TunnelSettings(host: "inner", folder: inner.folder.string)
    settings.configuration = inner.folder.appending("config").string
    let forward = try await world.forward(settings: settings)
    let connection = try await world.connect(by: forward)
    #expect(try await connection.perform { try $0.rows("SELECT 1") { $0.int(0) } } == [1])
    let log = { (server: SSHServer) in
      try String(contentsOfFile: server.folder.appending("log").string, encoding: .utf8)
    }
    #expect(try log(inner).contains("Accepted publickey"))
    #expect(try log(world.server).contains("Accepted publickey"))
    // The way to the jump host goes on, as its configuration says, and holds what it was given.
    await world.tunnels.close()
    #expect((forward.ending()?.ending).map { $0.hasPrefix("ssh ") } == true)
    let exit = try Process.run(
      URL(fileURLWithPath: "/usr/bin/env"),
      arguments: ["ssh", "-F", inner.folder.appending("config").string, "-O", "exit", "outer"])
    exit.waitUntilExit()
  }

  @Test(
    "A password is given to the server that it is for, and to be seen nowhere",
    .enabled(if: PasswordUser.isPossible, "only root can make a user with a password"))
  func password() async throws {
    let user = try PasswordUser(password: "hush hush '\"%$")
    let world = try TunnelWorld("PasswordAuthentication yes")
    var settings = TunnelSettings(host: "127.0.0.1", port: world.server.port, folder: world.server.folder.string)
    settings.username = user.name
    settings.hostKey = try world.server.hostKey
    settings.password = Secret(user.password)
    let opened = settings
    try await world.tunnels.open("t", within: .seconds(60)) { opened }
    let client = try #require(world.server.clients.first)
    for file in ["cmdline", "environ"] {
      #expect(!SSHServer.words(file, of: client).contains { $0.contains("hush") })
    }
    #expect(!"\(settings)".contains("hush"))
    await world.tunnels.close()

    // A jump host that asks for a password gets none.
    let jump = try SSHServer("PasswordAuthentication yes")
    let config = jump.folder.appending("config").string
    try """
    Host *
      UserKnownHostsFile \(jump.folder)/known
    Host 127.0.0.1
      ProxyJump jump
    Host jump
      HostName localhost
      Port \(jump.port)
      User \(user.name)
      PubkeyAuthentication no
    """.write(toFile: config, atomically: true, encoding: .utf8)
    try "[localhost]:\(jump.port) \(try jump.hostKey)\n".write(
      toFile: jump.folder.appending("known").string, atomically: true, encoding: .utf8)
    settings.configuration = config
    #expect(await TunnelWorld(server: world.server).failure(settings) != nil)
    let log = try String(contentsOfFile: jump.folder.appending("log").string, encoding: .utf8)
    #expect(log.contains("Failed password for \(user.name)"), "\(log)")
    #expect(!log.contains("Accepted"))
    settings.configuration = nil

    settings.password = Secret("wrong")
    let refused = TunnelWorld(server: world.server)
    #expect(await refused.failure(settings)?.failure == .passwordRefused)
    #expect(world.server.clients.isEmpty)
  }
}

extension TunnelWorld {
  /// New tunnels to a server that is there.
  init(server: SSHServer) {
    self.server = server
    tunnels = OpenTunnels(
      environment: ProcessInfo.processInfo.environment, program: Tool.path.string, patience: .seconds(60))
  }
}
