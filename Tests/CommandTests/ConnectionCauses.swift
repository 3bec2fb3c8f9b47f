import Foundation
import JSON
import Postgres
import SystemPackage
import TestSupport

/// One `check` of a project with an authorizer for each way in which connecting fails: the tests look at what it said.
struct ConnectionCauses: Sendable {
  let project: TemporaryProject
  let environment: [String: String]
  /// By the authorizer's name.
  let ports: [String: Int]
  let output: String
  let checks: [String: JSONValue]

  static func shared() async throws -> ConnectionCauses { try await making.value }

  private static let making = Task { try await make() }

  private static func make() async throws -> ConnectionCauses {
    let authority = try await TLSAuthority.shared()
    let project = try TemporaryProject()
    for name in ["ca", "other-ca", "stranger", "late", "somebody"] {
      try project.write(authority.bytes("\(name).crt"), to: "\(name).crt")
    }
    for name in ["stranger", "late", "somebody"] { try project.writeKey(authority.bytes("\(name).key"), to: name) }
    try project.write(authority.bytes("client.crt"), to: "open.crt")
    try project.write(authority.bytes("client.key"), to: "open.key")
    try project.write(authority.bytes("client.crt"), to: "mixed.crt")
    try project.writeKey(authority.bytes("somebody.key"), to: "mixed")

    let (closed, silent, dropped) = (try Loopback(), try Loopback(), try Loopback())
    silent.listen()
    let waiting = dropped.listenUntilFull()
    var ports: [String: Int] = ["closed-port": closed.port, "silent": silent.port, "dropped": dropped.port]
    for cause in ConnectionCause.all {
      if let server = cause.server { ports[cause.name] = try await TLSServer.running(server).port }
    }
    let sessions = [try await crowd(), try await stop()]

    let lines = ConnectionCause.all.map { cause in
      "  \(cause.name): {\(cause.fields.replacing("PORT", with: "\(ports[cause.name] ?? 0)"))}"
    }
    try project.write("authorizers:\n" + lines.joined(separator: "\n") + "\n", to: "causes.yaml")
    func url(_ cause: String, _ login: String, _ query: String) -> String {
      "postgresql://\(login)@localhost:\(ports[cause] ?? 0)/shop\(query)"
    }
    try project.write(
      "[shop]\nhost=localhost\nport=\(ports["service"] ?? 0)\ndbname=nowhere\nuser=loader\n", to: "services.conf")
    let environment = [
      "PGSERVICEFILE": project.file("services.conf").string, "HOME": project.path.string, "WRONG": "hush-wrong",
      "WRONG_URL": url("wrong-url", "scram:hush-wrong", ""),
      "TLS13_URL": url("newer-tls-wanted", "loader", "?sslmode=require&ssl_min_protocol_version=TLSv1.3"),
      "PRIMARY_URL": url("primary-wanted", "loader", "?target_session_attrs=read-write"),
      "MALFORMED_URL": "postgresql://loader:hush%wrong@localhost/shop", "NO_URL": "postgres//loader:hush-wrong@h/shop",
    ]
    let outcome = try await runTool(
      ["check", "--output", "json"], in: project.path, environment: environment)
    withExtendedLifetime((closed, silent, dropped, waiting)) {}
    for session in sessions { await session.close() }
    let document = try JSONValue(parsing: outcome.output)
    let checks = (document["authorizers"]?.arrayValue ?? []).map { ($0["address"]?.stringValue ?? "", $0) }
    return ConnectionCauses(
      project: project, environment: environment, ports: ports, output: outcome.output + outcome.error,
      checks: Dictionary(checks) { $1 })
  }

  private static func session(_ server: TLSServer.Kind, as user: String) async throws -> Connection {
    try await TLSServer.running(server).connect(as: user, to: "shop")
  }

  /// Takes the one connection that the server has for roles that are no superusers.
  private static func crowd() async throws -> Connection { try await session(.crowded, as: "loader") }

  /// Has the server stop once this session ends.
  private static func stop() async throws -> Connection {
    let held = try await session(.stopped, as: "loader")
    let killer = try await session(.stopped, as: "postgres")
    try await killer.perform {
      try $0.script("COPY (SELECT) TO PROGRAM 'cat >/dev/null; kill -TERM $(head -n 1 postmaster.pid)'")
    }
    await killer.close()
    while let another = try? await session(.stopped, as: "loader") { await another.close() }
    return held
  }
}

extension TemporaryProject {
  /// Writes a key that nobody else can read.
  func writeKey(_ bytes: [UInt8], to name: String) throws {
    try write(bytes, to: "\(name).key")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file("\(name).key").string)
  }
}
