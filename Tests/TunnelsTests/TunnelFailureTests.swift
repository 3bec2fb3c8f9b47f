import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

@testable import Tunnels

@Suite("Failures of tunnels", .enabled(if: SSHServer.isAvailable, "there is no sshd"), .timeLimit(.minutes(10)))
struct TunnelFailureTests {
  struct Cause: CustomTestStringConvertible, Sendable {
    var failure: TunnelFailure
    var words: String
    var change: @Sendable (inout TunnelSettings, SSHServer) throws -> Void

    var testDescription: String { failure.rawValue }
  }

  static let causes = [
    Cause(failure: .hostNotFound, words: "no-such-host.invalid") { settings, _ in
      settings.host = "no-such-host.invalid"
    },
    Cause(failure: .refused, words: "Connection refused") { settings, _ in settings.port = 1 },
    Cause(failure: .hostKeyUnknown, words: "No ED25519 host key is known") { settings, server in
      settings.hostKey = nil
      settings.knownHostsFile = "/dev/null"
    },
    Cause(failure: .hostKeyUnknown, words: "No ED25519 host key is known") { settings, server in
      // The user's own.
      settings.hostKey = nil
    },
    Cause(failure: .hostKeyChanged, words: "known_hosts:1") { settings, server in
      let key = try String(contentsOfFile: "\(server.identityFile).pub", encoding: .utf8)
      let file = server.folder.appending("known_hosts").string
      try server.knownHost(key.split(separator: " ").prefix(2).joined(separator: " "))
        .write(toFile: file, atomically: true, encoding: .utf8)
      (settings.hostKey, settings.knownHostsFile) = (nil, file)
    },
    Cause(failure: .hostKeyMismatch, words: "Host key verification failed") { settings, server in
      settings.hostKey = try String(contentsOfFile: "\(server.identityFile).pub", encoding: .utf8)
    },
    Cause(failure: .keyRefused, words: "Permission denied (publickey)") { settings, server in
      settings.identityFile = server.folder.appending("other").string
      try makeKey(server.folder.appending("other"))
    },
    Cause(failure: .identityFileMissing, words: "No such file or directory") { settings, server in
      settings.identityFile = "/no/such/key"
    },
    Cause(failure: .identityFileOpen, words: "are too open") { settings, server in
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: server.identityFile.string)
    },
    Cause(failure: .identityFileLocked, words: "Permission denied") { settings, server in
      let key = server.folder.appending("locked").string
      try makeKey(server.folder.appending("locked"), passphrase: "hush")
      try String(contentsOfFile: "\(key).pub", encoding: .utf8)
        .write(toFile: server.folder.appending("authorized_keys").string, atomically: true, encoding: .utf8)
      settings.identityFile = key
    },
    Cause(failure: .configuration, words: "Bad configuration option: nonsense") { settings, server in
      let file = server.folder.appending("config").string
      try "Nonsense yes\n".write(toFile: file, atomically: true, encoding: .utf8)
      settings.configuration = file
    },
    Cause(failure: .configuration, words: "/no/such/file: No such file") { settings, _ in
      settings.configuration = "/no/such/file"
    },
  ]

  @Test("Each cause is told apart, in ssh's own words, and nothing of ssh is left", arguments: causes)
  func cause(_ cause: Cause) async throws {
    let world = try TunnelWorld()
    var settings = try world.settings()
    try cause.change(&settings, world.server)
    let error = await world.failure(settings)
    #expect(error?.failure == cause.failure, "\(error as Any)")
    #expect(error?.words.joined(separator: "\n").contains(cause.words) == true, "\(error as Any)")
    #expect(error?.words.contains { $0.hasPrefix("debug") } == false)
    await world.tunnels.close()
    #expect(world.server.clients.isEmpty)
  }

  @Test("A server that says nothing is left at the limit, and ssh with it") func silent() async throws {
    let silent = try SilentServer()
    let world = try TunnelWorld()
    var settings = try world.settings()
    settings.port = silent.port
    #expect(await world.failure(within: .seconds(1), settings)?.failure == .timedOut)
    await world.tunnels.close()
  }

  @Test("Without ssh in PATH that is what is missing") func noProgram() async throws {
    let tunnels = OpenTunnels(environment: ["PATH": "/nowhere"], program: Tool.path.string)
    let error = await #expect(throws: TunnelError.self) {
      try await tunnels.open("t", within: .seconds(60)) { TunnelSettings(host: "h", folder: "/") }
    }
    #expect(error?.failure == .programMissing)
  }

  @Test(
    "What the server does not connect to is explained by its own words",
    arguments: [
      ("AllowTcpForwarding no", "prohibited"), ("PermitOpen none", "prohibited"), ("", "Connection refused"),
    ])
  func refusedForward(_ option: String, _ words: String) async throws {
    let world = try TunnelWorld(option)
    let forward = try await world.forward(to: .tcp(host: "127.0.0.1", port: 1))
    await #expect(throws: PostgresError.self) { try await world.connect(by: forward) }
    let error = await forward.failure()
    #expect(error?.failure == .forwardRefused)
    #expect(error?.words.first?.contains(words) == true, "\(error as Any)")
    #expect(error?.isTransient == (words != "prohibited"))
    await world.tunnels.close()
  }

  @Test("A command that is interrupted while ssh starts has none afterwards") func interrupted() async throws {
    let silent = try SilentServer()
    let world = try TunnelWorld()
    var settings = try world.settings()
    settings.port = silent.port
    let opened = settings
    let task = Task { try await world.tunnels.open("t", within: .seconds(60)) { opened } }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    await world.tunnels.close()
  }
}
