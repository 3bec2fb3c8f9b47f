import Diagnostics
import Manifests
import TestSupport
import Testing

@Suite("A host") struct HostTests {
  private func codes(_ manifest: String) throws -> [String] {
    try TemporaryProject(["m.yaml": manifest]).load().diagnostics.map { "\($0.code) \($0.place?.line ?? 0)" }
  }

  @Test(
    "is never an option of a program that it is handed to, nor more than one word",
    arguments: [
      "'-oProxyCommand=touch x'", "-oProxyCommand=touch", "'h x'", "\"h\\nx\"", "\"h\\tx\"", "\"\\e[2J\"", "\"h\\x7f\"",
      "''",
    ])
  func hosts(_ host: String) throws {
    #expect(try codes("authorizers:\n  a: {host: \(host), database: d, username: u}") == ["invalid-value 2"])
    #expect(try codes("tunnels:\n  t: {host: \(host)}") == ["invalid-value 2"])
    #expect(try codes("tunnels:\n  t: {host: h, username: \(host)}") == ["invalid-value 2"])
    #expect(try codes("tunnels:\n  t: {host: h, port: \(host)}").count == 1)
  }

  @Test("of a tunnel is no URI and no login", arguments: ["ssh://h", "u@h", "a/b"]) func uris(_ host: String) throws {
    #expect(try codes("tunnels:\n  t: {host: '\(host)'}") == ["invalid-value 2"])
  }

  @Test(
    "may be a name, an address, several, or a folder",
    arguments: ["db.example.com", "10.0.0.1", "'::1'", "'fe80::1%eth0'", "'a,b'", "/run/my sockets", "'@abstract'"])
  func good(_ host: String) throws {
    #expect(try codes("authorizers:\n  a: {host: \(host), database: d, username: u}") == [])
  }
}
