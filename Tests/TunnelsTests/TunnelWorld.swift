import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

@testable import Tunnels

/// An SSH server, and the tunnels of one command that lead to it.
struct TunnelWorld {
  let server: SSHServer
  let tunnels: OpenTunnels

  init(_ options: String...) throws {
    server = try SSHServer(options.joined(separator: "\n"))
    tunnels = OpenTunnels(
      environment: ProcessInfo.processInfo.environment, program: Tool.path.string, patience: .seconds(60))
  }

  /// How the server is entered by its key, pinned.
  func settings() throws -> TunnelSettings {
    var settings = TunnelSettings(host: "127.0.0.1", port: server.port, folder: server.folder.string)
    settings.username = server.user
    settings.identityFile = server.identityFile.string
    settings.hostKey = try server.hostKey
    return settings
  }

  /// A port that leads to `target`; nothing for the cluster's socket.
  func forward(
    to target: TunnelTarget? = nil, within limit: Duration = .seconds(60), settings: TunnelSettings? = nil
  ) async throws -> Forward {
    let settings = try settings ?? self.settings()
    let cluster = try await Cluster.shared()
    return try await tunnels.forward(
      through: "t", to: target ?? .socket("\(cluster.host)/.s.PGSQL.\(cluster.port)"), within: limit
    ) { settings }
  }

  /// Opens the tunnel, and says why it could not.
  func failure(within limit: Duration = .seconds(60), _ settings: TunnelSettings) async -> TunnelError? {
    await #expect(throws: TunnelError.self) {
      try await tunnels.open("t", within: limit) { settings }
    }
  }

  /// Connects to the cluster.
  func connect(by forward: Forward) async throws -> Connection {
    let parameters = ConnectionParameters([
      ("host", "db.example.com"), ("hostaddr", "127.0.0.1"), ("port", String(forward.port)), ("dbname", "postgres"),
      ("user", "postgres"), ("sslmode", "disable"),
    ])
    return try await Connection.open(parameters, timeout: .seconds(60)) { forward.ending()?.ending }
  }

  /// Waits until no process of ssh is left.
  func waitForNoClients() async { while !server.clients.isEmpty { await Task.yield() } }
}

/// Runs `ssh-keygen`.
func makeKey(_ path: FilePath, passphrase: String = "") throws {
  let process = try Process.run(
    URL(fileURLWithPath: "/usr/bin/env"),
    arguments: ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", path.string])
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
}
