import Foundation
import SystemPackage
import TestSupport
import Testing

/// Through a tunnel libpq connects to 127.0.0.1, and the server is still the one that the manifest names.
@Suite("Encrypted connections through tunnels", .enabled(if: SSHServer.isAvailable, "there is no sshd"))
struct TunnelTLSTests {
  private let server: DistantServer
  private let bastion: SSHServer
  private let project: TemporaryProject

  init() throws {
    server = try DistantServer()
    bastion = try SSHServer()
    project = try TemporaryProject()
  }

  /// What `sluice check` says of an authorizer whose server is called `host`, and whose password is in a password file.
  private func check(host: String, password: String = "distant") async throws -> ToolOutcome {
    try project.write(
      """
      authorizers:
        far:
          {host: \(host), port: \(server.port), database: postgres, username: postgres, connectTimeout: 5m,
           tls: {mode: verify-full, rootCertificate: \(server.rootCertificate)}, tunnel: bastion}
      tunnels:
        bastion: {\(try bastion.fields)}
      """, to: "far.yaml")
    try project.write("localhost:1:*:*:no\nlocalhost:\(server.port):postgres:postgres:\(password)\n", to: "passwords")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: project.file("passwords").string)
    return try await runTool(
      ["-C", project.path.string, "check"], environment: ["PGPASSFILE": project.file("passwords").string])
  }

  @Test("the certificate is checked against the manifest's host, the password looked up by its host and port")
  func verified() async throws {
    let check = try await check(host: "localhost")
    #expect(check.status == 0, "\(check.error)")
    #expect(check.output.contains("at localhost through tunnel bastion, TLS"))
  }

  @Test("a certificate for another name is refused; messages speak of the manifest's port") func refused() async throws
  {
    let other = try await check(host: "127.0.0.1")
    #expect(other.status == 1)
    #expect(other.error.contains("error[connection]: authorizer far: "), "\(other.error)")
    #expect(other.error.contains("certificate"))
    let wrong = try await check(host: "localhost", password: "wrong")
    #expect(wrong.error.contains("at localhost:\(server.port) through tunnel/bastion"), "\(wrong.error)")
  }
}
