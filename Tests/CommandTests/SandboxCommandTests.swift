import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// The sandbox by the command line: no server, no secret, no TCP, a state of its own.
@Suite("sandbox", .serialized, .timeLimit(.minutes(15)))
struct SandboxCommandTests {
  @Test("plans, applies and runs a project that has no server; it is stopped, goes on, and is wiped")
  func endToEnd() async throws {
    let project = try TemporaryProject([
      "t.csv": "id,v\n1,a\n",
      "a.yaml": """
      authorizers:
        wh: {host: db.invalid, database: shop, username: loader, password: {env: NOT_SET}, tunnel: nowhere}
      tunnels:
        nowhere: {host: bastion.invalid}
      destinations:
        wh: {authorizer: wh, defaultSchema: sales}
      flows:
        t: {source: {path: t.csv}, destination: wh, writeMode: upsert, key: [id]}

      """,
    ])
    func sluice(_ arguments: String...) async throws -> ToolOutcome {
      try await runTool(["-C", project.path.string] + arguments)
    }
    func json(_ arguments: String...) async throws -> JSONValue {
      try JSONValue(parsing: try await runTool(["-C", project.path.string] + arguments + ["--output", "json"]).output)
    }
    do {
      let run = try await sluice("run", "--apply", "--yes", "--sandbox")
      #expect(run.status == 0, "\(run.error)")
      #expect(!project.contains("sluice.state.json"))
      #expect(try await sluice("plan", "--sandbox", "--detailed-exitcode").status == 0)
      let rows = try await sluice(
        "sandbox", "psql", "--", "-X", "-A", "-t", "-c", "SELECT id, v, current_user, inet_server_addr() FROM sales.t")
      #expect(rows.output == "1|a|loader|\n", "\(rows.error)")
      let settings = try await sluice(
        "sandbox", "psql", "wh", "--", "-X", "-A", "-t", "-c",
        "SELECT current_setting('listen_addresses') || rolsuper FROM pg_roles WHERE rolname = current_user")
      #expect(settings.output == "false\n", "\(settings.error)")

      let status = try await json("sandbox", "status")
      #expect(status["state"] == "running")
      let socket = try #require(status["socketFolder"]?.stringValue)
      let attributes = try FileManager.default.attributesOfItem(atPath: socket)
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
      if geteuid() == 0, let data = status["dataFolder"]?.stringValue {
        let owner = try FileManager.default.attributesOfItem(atPath: data)[.ownerAccountID] as? NSNumber
        #expect(owner?.intValue != 0)
      }

      #expect(try await sluice("sandbox", "stop").status == 0)
      #expect(try await json("sandbox", "status")["state"] != "running")
      #expect(try await sluice("sandbox", "stop").status == 0)
      let again = try await sluice("run", "--sandbox", "--output", "json")
      #expect(again.output.contains(#""unchanged":1"#), "\(again.error)")
      #expect(try await sluice("sandbox", "reset").status == 0)
      #expect(!project.files.contains { $0.contains("sandbox") }, "\(project.files)")
      #expect(try await sluice("run", "--sandbox").status == 1, "nothing is applied any more")
      #expect(try await sluice("sandbox", "start").status == 0)
    } catch {
      _ = try await sluice("sandbox", "reset")
      throw error
    }
    #expect(try await sluice("sandbox", "reset").status == 0)
  }
}
