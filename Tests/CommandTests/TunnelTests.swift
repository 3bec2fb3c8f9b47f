import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// Authorizers that are reached through an SSH server.
@Suite("Tunnels", .enabled(if: SSHServer.isAvailable, "there is no sshd"), .freshDatabase, .timeLimit(.minutes(15)))
struct TunnelTests {
  /// `wh` and `crm` go through one tunnel, by the cluster's socket.
  private static func connection(_ tunnel: String) -> String {
    let database = TestDatabase.current
    // However busy the machine is, ssh has its time.
    let fields =
      "host: \(database.host), database: \(database.name), username: postgres, connectTimeout: 5m, lockTimeout: 10m, tunnel: bastion"
    return """
      authorizers:
        wh: {\(fields)}
        crm: {\(fields)}
      tunnels:
        bastion: {\(tunnel)}
      destinations:
        wh: {authorizer: wh, defaultSchema: public}

      """
  }

  private static let flow = "t: {source: {path: t.csv}, destination: wh, writeMode: insert, retry: {backoff: 1s}}"

  /// A project of one flow, whose load waits in the middle for a gate.
  private struct Gated {
    let server: SSHServer
    let world: World
    let gate: TestSession
    let rows = 30_000

    init(_ flow: String = TunnelTests.flow) async throws {
      server = try SSHServer()
      world = try World(
        flow, files: ["t.csv": "id,v\n" + (1...30_000).map { "\($0),value \($0)\n" }.joined()],
        connection: TunnelTests.connection(try server.fields))
      let apply = try await world.sluice("apply", "--yes")
      try #require(apply.status == 0, "\(apply.error)")
      try await world.database.execute(
        """
        CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(42); RETURN NEW; END';
        CREATE TRIGGER stop BEFORE INSERT ON t FOR EACH ROW WHEN (NEW.id = 15000) EXECUTE FUNCTION stop();
        """)
      gate = try await world.database.session()
      try await gate.execute("SELECT pg_advisory_lock(42)")
    }

    /// Waits until the load waits.
    func reached() async throws {
      try await world.database.wait(
        until: """
          SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          """)
    }

    /// The process of the one ssh.
    func client() throws -> Int32 {
      let clients = server.clients
      try #require(clients.count == 1)
      return clients[0]
    }
  }

  @Test("plan, apply, run, preview and check go through one; nothing of it is left") func commands() async throws {
    let server = try SSHServer()
    let world = try World(
      Self.flow
        + "\nu: {source: {authorizer: crm, table: public.t}, destination: wh, table: u, writeMode: insert, after: [t]}",
      files: ["t.csv": "id,v\n1,a\n2,b\n"], connection: Self.connection(try server.fields))
    try await world.database.execute("CREATE TABLE t (id bigint, v text)")
    let plan = try await world.sluice("plan")
    #expect(plan.status == 0, "\(plan.error)")
    #expect(plan.output.contains("at \(world.database.host) through tunnel bastion, "))
    #expect(plan.error == "")
    #expect(try await world.sluice("apply", "--yes").status == 0)
    let run = try await world.stream("run")
    #expect(run.status == 0, "\(run.error)")
    #expect(try await world.database.text("SELECT count(*) FROM t") == "2")
    let check = try await world.sluice("check")
    #expect(check.status == 0)
    #expect(check.output.contains("through tunnel bastion"))
    #expect(try await world.sluice("preview", "u").status == 0)
    #expect(server.clients.isEmpty)
  }

  @Test("fifty authorizers share one ssh") func shared() async throws {
    let server = try SSHServer()
    let database = TestDatabase.current
    let fields =
      "{host: \(database.host), database: \(database.name), username: postgres, connectTimeout: 5m, tunnel: bastion}"
    let project = try TemporaryProject([
      "a.yaml": "authorizers:\n" + (1...50).map { "  a\($0): \(fields)\n" }.joined()
        + "tunnels:\n  bastion: {\(try server.fields)}\n"
    ])
    let check = try await runTool(["-C", project.path.string, "check"])
    #expect(check.status == 0, "\(check.error)")
    let log = try String(contentsOfFile: server.folder.appending("log").string, encoding: .utf8)
    #expect(log.split(separator: "\n").count { $0.contains("Accepted publickey") } == 1, "\(log)")
  }

  @Test("a load whose ssh is killed in the middle is tried again, through a new one, and happens once")
  func killedClient() async throws {
    let gated = try await Gated()
    var first: Int32 = 0
    let output = gated.world.project.file("output")
    let status = try await withTool(
      ["-C", gated.world.project.path.string, "run", "--output", "json"], environment: gated.world.variables,
      output: output
    ) { _ in
      try await gated.reached()
      first = try gated.client()
      kill(first, SIGKILL)
      while gated.server.clients.filter({ $0 != first }).isEmpty { await Task.yield() }
      await gated.gate.close()
    }
    let said = try gated.world.project.read("output")
    #expect(status == 0, "\(said)")
    #expect(try await gated.world.database.text("SELECT count(*), count(DISTINCT id) FROM t") == "30000|30000")
    #expect(
      try await gated.world.database.text("SELECT count(*) FROM _sluice_loads WHERE status = 'loaded'") == "1")
    #expect(gated.server.clients.isEmpty)
  }

  @Test("a load that is not tried again says that the tunnel ended, and how") func failedLoad() async throws {
    let gated = try await Gated(Self.flow.replacing("retry: {backoff: 1s}", with: "retry: {attempts: 1}"))
    let output = gated.world.project.file("output")
    let status = try await withTool(
      ["-C", gated.world.project.path.string, "run"], environment: gated.world.variables, output: output
    ) { _ in
      try await gated.reached()
      kill(try gated.client(), SIGKILL)
    }
    let said = try gated.world.project.read("output")
    #expect(status == 1)
    #expect(said.contains("error[connection-lost]"), "\(said)")
    #expect(said.contains("tunnel bastion ended: ssh was ended by signal 9"), "\(said)")
    await gated.gate.close()
    #expect(gated.server.clients.isEmpty)
  }

  @Test("ssh ends with a command that is stopped, in whatever way", arguments: [SIGKILL, SIGINT, SIGTERM])
  func stopped(_ signal: Int32) async throws {
    let gated = try await Gated()
    var socket: String?
    let status = try await withTool(
      ["-C", gated.world.project.path.string, "run"], environment: gated.world.variables
    ) { process in
      try await gated.reached()
      socket = SSHServer.controlPath(of: try gated.client())
      kill(process, signal)
    }
    #expect(status == (signal == SIGKILL ? 128 + Int(SIGKILL) : 130))
    // The kernel has hung it up; only with SIGKILL nobody waits for its end.
    if signal == SIGKILL { while !gated.server.clients.isEmpty { await Task.yield() } }
    #expect(gated.server.clients.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: try #require(socket)))
    await gated.gate.close()
    #expect(try await gated.world.database.text("SELECT count(*) FROM t") == "0")
  }

  @Test("a tunnel that does not open is one error, with its place and what to write") func unknownKey() async throws {
    let server = try SSHServer()
    let world = try World(
      Self.flow, files: ["t.csv": "id,v\n1,a\n"],
      connection: Self.connection("host: 127.0.0.1, port: \(server.port), identityFile: \(server.identityFile)"))
    let plan = try await world.document("plan")
    #expect(plan.status == 1)
    let diagnostic = try #require(plan.diagnostics("tunnel").first, "\(plan.diagnostics())")
    #expect(diagnostic["message"]?.stringValue == "tunnel bastion: the key of 127.0.0.1:\(server.port) is not known")
    #expect(diagnostic["place"]?["file"] == "connection.yaml")
    #expect(diagnostic["place"]?["line"] == 5)
    let help = diagnostic["help"]?.arrayValue?.compactMap(\.stringValue) ?? []
    #expect(help.contains("ssh-keyscan -p \(server.port) 127.0.0.1"))
    #expect(help.contains { $0.hasPrefix("ssh says: No ED25519 host key is known for") })
    #expect(server.clients.isEmpty)
  }

  @Test("a server that does not forward is named by the connection that needs it") func refused() async throws {
    let server = try SSHServer("AllowStreamLocalForwarding no")
    let world = try World(
      Self.flow, files: ["t.csv": "id,v\n1,a\n"], connection: Self.connection(try server.fields))
    let check = try await world.sluice("check", "authorizer/wh")
    #expect(check.status == 1)
    #expect(
      check.error.contains(
        "error[tunnel]: authorizer wh: the SSH server of tunnel bastion cannot connect to \(world.database.host)/"),
      "\(check.error)")
    #expect(check.error.contains("`AllowStreamLocalForwarding yes` in its sshd_config"))
    #expect(server.clients.isEmpty)
  }

  @Test("the password of a tunnel is read like every other one") func missingPassword() async throws {
    let world = try World(
      Self.flow, files: ["t.csv": "id,v\n1,a\n"],
      connection: Self.connection("host: 127.0.0.1, port: 1, password: {env: BASTION_PASSWORD}"))
    let check = try await world.sluice("check", "authorizer/wh")
    #expect(check.error.contains("error[secret]: the password of tunnel bastion is not set"), "\(check.error)")
  }

  @Test("a key that may do nothing but forward to the database is enough") func restricted() async throws {
    let server = try SSHServer()
    let key = try String(contentsOfFile: "\(server.identityFile).pub", encoding: .utf8)
    try "restrict,port-forwarding,command=\"/bin/false\" \(key)".write(
      toFile: server.folder.appending("authorized_keys").string, atomically: true, encoding: .utf8)
    let world = try World(
      Self.flow, files: ["t.csv": "id,v\n1,a\n"], connection: Self.connection(try server.fields))
    let run = try await world.sluice("run", "--apply", "--yes")
    #expect(run.status == 0, "\(run.error)")
  }
}
