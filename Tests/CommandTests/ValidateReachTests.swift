import Foundation
import SystemPackage
import TestSupport
import Testing

/// What `validate` asks of the system, as strace sees it.
@Suite("validate", .enabled(if: Tracer.works, "strace is missing, or may trace no process here"))
struct ValidateReachTests {
  @Test(
    "runs no program, connects to nothing, and opens no secret and no source",
    arguments: [[], ["--untrusted"], ["--sandbox"], ["--output", "json"]])
  func reach(_ options: [String]) async throws {
    let project = try TemporaryProject([
      "m.yaml": """
      tunnels:
        t: {host: localhost, password: {command: [touch, ran]}}
      authorizers:
        wh: {host: localhost, database: d, username: u, password: {file: wh.secret}, tunnel: t}
        crm: {url: {command: [touch, ran]}}
        env: {url: {env: DATABASE_URL}}
      destinations:
        wh: {authorizer: wh, defaultSchema: sales}
      flows:
        t: {source: {path: '*.csv'}, destination: wh, writeMode: insert}
        u: {source: {command: [touch, ran], format: csv}, destination: wh, writeMode: insert}
        v: {source: {authorizer: crm, tables: {'public.*': {}}}, destination: wh, writeMode: insert, table: 'x.{table}'}

      """, "sluice.yaml": "sandbox: {init: [init.sql]}\n", "init.sql": "", "wh.secret": "hunter2\n", "t.csv": "id\n1\n",
    ])
    let log = try TemporaryProject()
    let outcome = try await runTool(
      ["-C", project.path.string, "validate"] + options, by: Tracer.launcher(log.file("trace")),
      environment: ["DATABASE_URL": "postgresql://u:hunter2@localhost/d"])
    #expect(outcome.status == (options == ["--untrusted"] ? 1 : 0), "\(outcome.error)")
    let calls = try log.read("trace").split(separator: "\n").map(String.init)
    func made(_ names: String...) -> [String] { calls.filter { call in names.contains { call.contains(" \($0)(") } } }
    #expect(made("execve", "execveat").count == 1)
    #expect(made("socket", "connect", "bind", "sendto") == [])
    #expect(made("openat", "open").contains { $0.contains("m.yaml") })
    for name in ["wh.secret", "t.csv", "init.sql"] {
      #expect(made("openat", "open").filter { $0.contains(name) } == [])
    }
    #expect(!project.contains("ran"))
  }
}

/// strace.
enum Tracer {
  private static let program: String? = {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/strace" }
    return path.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Whether it is there, and the system lets it trace.
  static let works: Bool = {
    guard let program else { return false }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["-f", "-o", "/dev/null", "/bin/true"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  /// What starts a program and writes to `file` which others it starts, and what it opens and connects to.
  static func launcher(_ file: FilePath) -> [String] {
    [
      program ?? "strace", "-f", "-qq", "-o", file.string, "-e",
      "trace=execve,execveat,socket,connect,bind,sendto,open,openat",
    ]
  }
}
