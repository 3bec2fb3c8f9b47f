import Foundation
import JSON
import SystemPackage
import TestSupport
import Testing

/// What `tls:` makes of a connection, and what is said of it.
@Suite("TLS", .timeLimit(.minutes(15)))
struct TLSTests {
  /// A project with the authority's certificate, and the authorizer `wh` of `fields` in a manifest of `file`.
  private func project(
    _ kind: TLSServer.Kind, _ fields: String, file: String = "connection.yaml"
  ) async throws -> TemporaryProject {
    let authority = try await TLSAuthority.shared()
    let port = try await TLSServer.running(kind).port
    let project = try TemporaryProject()
    for name in ["ca.crt", "other-ca.crt", "client.crt"] { try project.write(authority.bytes(name), to: "tls/\(name)") }
    try project.writeKey(authority.bytes("client.key"), to: "tls/client")
    let written = fields.contains("database:") ? fields : "database: shop, username: loader, \(fields)"
    try project.write("authorizers:\n  wh: {host: localhost, port: \(port), \(written)}\n", to: file)
    return project
  }

  private func check(_ project: TemporaryProject, _ more: [String] = []) async throws -> (status: Int, wh: JSONValue) {
    let outcome = try await runTool(
      ["check", "--output", "json"] + more, in: project.path, environment: ["HOME": project.path.string])
    let document = try JSONValue(parsing: outcome.output)
    return (outcome.status, try #require(document["authorizers"]?.arrayValue?.first, "\(outcome)"))
  }

  @Test(
    "Each mode encrypts and verifies as libpq has it",
    arguments: [
      ("tls: {mode: verify-full, rootCertificate: tls/ca.crt}", "TLSv1.3", true),
      ("tls: {mode: verify-ca, rootCertificate: tls/ca.crt}", "TLSv1.3", true),
      // With a file of authorities, `require` is what verify-ca is (libpq's manual, 34.19.1).
      ("tls: {mode: require, rootCertificate: tls/ca.crt}", "TLSv1.3", true),
      ("tls: require", "TLSv1.3", false), ("tls: prefer", "TLSv1.3", false), ("port2: 0", "TLSv1.3", false),
      ("tls: disable", nil, false),
    ] as [(String, String?, Bool)])
  func modes(_ fields: String, tls: String?, isVerified: Bool) async throws {
    let project = try await project(.good, fields == "port2: 0" ? "connectTimeout: 20s" : fields)
    let (status, wh) = try await check(project)
    #expect(status == 0, "\(wh)")
    #expect(wh["tls"]?.stringValue == tls)
    #expect(wh["certificateVerified"] == .bool(isVerified))
    #expect(wh["diagnostics"]?.arrayValue?.isEmpty == true, "\(wh)")
  }

  @Test("verify-ca asks for no name, and an older version of TLS does")
  func leniency() async throws {
    let ca = "tls: {mode: verify-ca, rootCertificate: tls/ca.crt}"
    let other = try await check(try await project(.wrong, ca))
    #expect(other.wh["certificateVerified"] == .bool(true), "\(other)")
    let older = try await check(try await project(.tls12, ca))
    #expect(older.wh["tls"]?.stringValue == "TLSv1.2", "\(older)")
  }

  @Test("The default authority is the one in the home folder")
  func home() async throws {
    let project = try await project(.good, "tls: verify-full")
    try project.write(try project.read("tls/ca.crt"), to: ".postgresql/root.crt")
    let (status, wh) = try await check(project)
    #expect(status == 0, "\(wh)")
    #expect(wh["certificateVerified"] == .bool(true))
  }

  @Test("A client's certificate lets its role in; paths are relative to the manifest")
  func client() async throws {
    let tls = """
      database: certfull, username: certified, \
      tls: {mode: verify-full, rootCertificate: ca.crt, clientCertificate: client.crt, clientKey: client.key}
      """
    let (status, wh) = try await check(try await project(.good, tls, file: "tls/connection.yaml"))
    #expect(status == 0, "\(wh)")
    #expect(wh["role"]?.stringValue == "certified")
  }

  @Test("Plain text for want of TLS is a warning, once an authorizer, in check, plan and run; on request it is none")
  func fallback() async throws {
    let project = try await project(.plain, "connectTimeout: 20s")
    let database = TestDatabase.uniqueName("fallback")
    try await Self.createDatabase(database, on: .plain)
    let port = try await TLSServer.running(.plain).port
    try project.write(
      """
      authorizers:
        wh: {host: localhost, port: \(port), database: \(database), username: postgres}
      destinations:
        wh: {authorizer: wh, defaultSchema: public}
      flows:
        a: {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert}
        b: {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert}

      """, to: "connection.yaml")
    let (status, wh) = try await check(project)
    #expect(status == 0)
    #expect(Self.fallbacks(wh).map(\.place) == ["connection.yaml:2:14"], "\(wh)")
    #expect(wh["tls"] == .null)

    let planned = try await runTool(["plan", "--output", "json"], in: project.path)
    #expect(Self.fallbacks(try JSONValue(parsing: planned.output)).count == 1, "\(planned)")
    #expect(planned.status == 0)
    #expect(try await runTool(["apply", "--yes"], in: project.path).status == 0)
    let run = try await runTool(["run"], in: project.path)
    #expect(run.status == 0)
    #expect(run.error.ranges(of: "warning[tls-fallback]").count == 1, "\(run.error)")

    try project.write(
      try project.read("connection.yaml").replacing("username: postgres", with: "username: postgres, tls: disable"),
      to: "connection.yaml")
    #expect(Self.fallbacks(try await check(project).wh).isEmpty)
  }

  @Test("TLS that is there and fails is given up by prefer, with a warning")
  func failedTLS() async throws {
    let project = try await project(.good, "tls: {mode: prefer, rootCertificate: tls/other-ca.crt}")
    let (status, wh) = try await check(project)
    #expect(status == 0)
    #expect(wh["tls"] == .null)
    #expect(Self.fallbacks(wh).count == 1)
  }

  @Test("A standby and a read-only role are refused where a destination would write, and else said")
  func writable() async throws {
    let project = try await project(.standby, "tls: disable")
    let alone = try await check(project)
    #expect(alone.status == 0, "\(alone)")
    #expect(Self.step("writable", alone.wh)?["message"]?.stringValue?.hasPrefix("a standby") == true)
    try project.write("destinations: {wh: {authorizer: wh}}", to: "destination.yaml")
    let standby = try await check(project)
    #expect(standby.status == 1)
    #expect(standby.wh["status"] == "failed")
    #expect(Self.step("writable", standby.wh)?["status"] == "failed")
    #expect(standby.wh["diagnostics"]?.arrayValue?.first?["reason"] == "in-recovery")
    #expect(standby.wh["diagnostics"]?.arrayValue?.first?["code"] == "server-writable")

    let reader = try await self.project(.good, "database: shop, username: reader, tls: require")
    try reader.write("destinations: {wh: {authorizer: wh}}", to: "destination.yaml")
    #expect(try await check(reader).wh["diagnostics"]?.arrayValue?.first?["reason"] == "read-only")
  }

  @Test("Plan, check and run say the same of one cause, run once for all flows")
  func same() async throws {
    let port = try await TLSServer.running(.good).port
    let database = TestDatabase.uniqueName("same")
    try await Self.createDatabase(database, on: .good)
    let project = try TemporaryProject([
      "m.yaml": """
      authorizers:
        wh: {host: localhost, port: \(port), database: \(database), username: postgres}
      destinations:
        wh: {authorizer: wh, defaultSchema: public}
      flows:
        a: {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert, retry: {attempts: 1}}
        b: {source: {rows: [{id: 1}]}, destination: wh, writeMode: insert, retry: {attempts: 1}}

      """
    ])
    #expect(try await runTool(["apply", "--yes"], in: project.path).status == 0)
    try await Self.execute("ALTER DATABASE \(database) ALLOW_CONNECTIONS false", on: .good)
    let plan = try JSONValue(parsing: try await runTool(["plan", "--output", "json"], in: project.path).output)
    let planned = try #require(plan["diagnostics"]?.arrayValue?.first)
    let checked = try #require(try await check(project).wh["diagnostics"]?.arrayValue?.first)
    #expect(planned["reason"] == "database-closed")
    #expect(planned["message"] == checked["message"])
    let ran = try await runTool(["run"], in: project.path)
    #expect(ran.status == 1)
    #expect(ran.error.ranges(of: "error[connection]").count == 1, "\(ran.error)")
    #expect(ran.error.contains(planned["message"]?.stringValue ?? "?"))
    #expect(ran.error.contains("not loaded for it: flow/a, flow/b"))
  }

  @Test("A public authority is trusted for verified names alone")
  func system() async throws {
    let project = try await project(.good, "tls: {mode: require, rootCertificate: system}")
    let outcome = try await runTool(["validate", "--output", "json"], in: project.path)
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("any certificate of any public authority"))
  }

  @Test("check looks at what an address needs, and names what there is not")
  func addresses() async throws {
    let port = try await TLSServer.running(.good).port
    func authorizer(_ name: String) -> String {
      "  \(name): {host: localhost, port: \(port), database: shop, username: loader}\n"
    }
    let project = try TemporaryProject([
      "m.yaml": "authorizers:\n\(authorizer("wh"))\(authorizer("crm"))\(authorizer("spare"))" + """
        sources:
          orders: {authorizer: crm, table: public.orders}
        destinations:
          wh: {authorizer: wh, defaultSchema: public}
        flows:
          a: {source: orders, destination: wh, writeMode: insert}

        """
    ])
    func checked(_ addresses: String...) async throws -> [String] {
      let outcome = try await runTool(["check", "--output", "json"] + addresses, in: project.path)
      let document = try JSONValue(parsing: outcome.output)
      return (document["authorizers"]?.arrayValue ?? []).compactMap { $0["address"]?.stringValue }
        + (document["diagnostics"]?.arrayValue ?? []).compactMap { $0["message"]?.stringValue }
    }
    #expect(try await checked() == ["authorizer/crm", "authorizer/spare", "authorizer/wh"])
    #expect(try await checked("flow/a") == ["authorizer/crm", "authorizer/wh"])
    #expect(try await checked("destination/wh") == ["authorizer/wh"])
    #expect(try await checked("source/orders", "spare") == ["authorizer/crm", "authorizer/spare"])
    #expect(
      try await checked("flow/b", "tunnel/t") == [#"there is no flow "b""#, #"there is no tunnel "t""#])
  }

  @Test("People see the steps of what failed, and all of them on request")
  func view() async throws {
    let port = try await TLSServer.running(.good).port
    let project = try TemporaryProject([
      "m.yaml": """
      authorizers:
        closed: {host: localhost, port: \(port), database: closed, username: loader}
        wh: {host: localhost, port: \(port), database: shop, username: loader, tls: require}

      """
    ])
    for (arguments, golden) in [([], "check.txt"), (["--verbose"], "check-verbose.txt")] {
      let outcome = try await runTool(["check"] + arguments, in: project.path)
      #expect(outcome.status == 1)
      let text = (outcome.output + outcome.error).replacing(/\ +[\d,]+\.\d ms/, with: "  TIME")
        .replacing("\(port)", with: "PORT").replacing(/PostgreSQL \d[\d.]*/, with: "PostgreSQL VERSION")
        // How wide the column of times is, is a matter of how long they are.
        .replacing(/(✓|✗|–) (\w+)\ {2,}/) { "\($0.output.1) \($0.output.2)  " }
      try expectGolden(text, golden)
    }
  }

  // MARK: What it stands on

  private static func fallbacks(_ json: JSONValue) -> [JSONValue] {
    (json["diagnostics"]?.arrayValue ?? []).filter { $0["code"] == "tls-fallback" }
  }

  private static func step(_ name: String, _ check: JSONValue) -> JSONValue? {
    check["steps"]?.arrayValue?.first { $0["step"]?.stringValue == name }
  }

  private static func createDatabase(_ name: String, on kind: TLSServer.Kind) async throws {
    try await execute("CREATE DATABASE \(name)", on: kind)
  }

  private static func execute(_ sql: String, on kind: TLSServer.Kind) async throws {
    try await TLSServer.running(kind).execute(sql)
  }
}
