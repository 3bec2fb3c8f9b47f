import Diagnostics
import Foundation
import Manifests
import Secrets
import SystemPackage
import TestSupport
import Testing

@testable import Connecting

#if canImport(Glibc)
  import Glibc
#endif

@Suite("Secrets", .timeLimit(.minutes(5))) struct SecretTests {
  let folder: TemporaryProject
  let place = Place(file: "wh.yaml", line: 2, column: 3)

  init() throws { folder = try TemporaryProject() }

  private func reader(environment: [String: String] = [:]) -> SecretReader {
    SecretReader(folder: folder.path, environment: environment, timeLimit: .seconds(60))
  }

  private func read(_ reference: SecretReference, by reader: SecretReader) async throws -> String {
    try await reader.read(reference, for: "the password of authorizer wh", at: place).reveal { $0 }
  }

  private func read(_ reference: SecretReference, environment: [String: String] = [:]) async throws -> String {
    try await read(reference, by: reader(environment: environment))
  }

  private func failure(_ reference: SecretReference, by reader: SecretReader? = nil) async throws -> Diagnostic {
    let reader = reader ?? self.reader()
    let failure = await #expect(throws: Failure.self) { try await read(reference, by: reader) }
    let diagnostic = try #require(failure?.diagnostics.first)
    #expect(diagnostic.code == "secret")
    #expect(diagnostic.place == place)
    return diagnostic
  }

  @Test("From the environment") func environment() async throws {
    #expect(try await read(.environment("WH"), environment: ["WH": "a b\n"]) == "a b\n")
    let empty = try await failure(.environment("WH"), by: reader(environment: ["WH": ""]))
    #expect(empty.message == "the password of authorizer wh is empty")
    let diagnostic = try await failure(.environment("WH"))
    #expect(diagnostic.message == "the password of authorizer wh is not set")
    #expect(diagnostic.help == ["set the environment variable WH"])
  }

  @Test("From a file that its owner alone can read, without the newline at its end") func file() async throws {
    try folder.write("hunter2\n", to: "secret")
    let path = folder.file("secret")
    try #require(chmod(path, 0o600))
    #expect(try await read(.file("secret")) == "hunter2")
    for mode in [0o640, 0o604, 0o620] as [UInt32] {
      try #require(chmod(path, mode))
      let diagnostic = try await failure(.file("secret"))
      #expect(diagnostic.help == ["chmod 600 secret"])
    }
    #expect(try await failure(.file("none")).message.contains("No such file or directory"))
    try folder.write("", to: "folder/x")
    #expect(try await failure(.file("folder")).message.contains("not a file"))
    try #require(folder.file("pipe").withPlatformString { mkfifo($0, 0o600) } == 0)
    #expect(try await failure(.file("pipe")).message.contains("not a file"))
  }

  @Test("Not from a file of another user, who can read it", .enabled(if: geteuid() == 0, "only root gives files away"))
  func foreignFile() async throws {
    try folder.write("hunter2\n", to: "secret")
    let path = folder.file("secret")
    try #require(chmod(path, 0o600))
    try #require(path.withPlatformString { chown($0, 12_345, 12_345) } == 0)
    #expect(try await failure(.file("secret")).message.contains("belongs to another user"))
  }

  @Test(
    "Not from what libpq would take for something else",
    arguments: [
      ([0x61, 0, 0x62], "no text in UTF-8"), ([0xff], "no text in UTF-8"), ([], "is empty"), ([0x0a], "is empty"),
    ]
      as [([UInt8], String)])
  func odd(_ bytes: [UInt8], _ message: String) async throws {
    try folder.write(bytes, to: "secret")
    try #require(chmod(folder.file("secret"), 0o600))
    #expect(try await failure(.file("secret")).message.contains(message))
    #expect(try await failure(.command(["cat", "secret"])).message.contains(message))
  }

  @Test("From a program's output; no shell reads its arguments") func command() async throws {
    #expect(try await read(.command(["printf", "%s\n", "$(id); hunter2"])) == "$(id); hunter2")
    #expect(try await read(.command(["sh", "-c", "pwd; env | grep '^PG' || true"])) == folder.path.string)
  }

  @Test("A program is run once, however many want what it prints, and once again by nobody where it fails")
  func once() async throws {
    let reader = reader()
    let command = ["sh", "-c", "echo x >> runs; sleep 0.2; echo hunter2"]
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 1...20 { group.addTask { try await read(.command(command), by: reader) } }
      for try await value in group { #expect(value == "hunter2") }
    }
    #expect(try folder.read("runs") == "x\n")
    let failing = ["sh", "-c", "echo x >> failures; exit 1"]
    for _ in 1...3 { _ = try await failure(.command(failing), by: reader) }
    #expect(try folder.read("failures") == "x\n")
  }

  @Test("A program that fails is shown with its own words, never with its output") func failingCommand() async throws {
    let diagnostic = try await failure(.command(["sh", "-c", "echo hunter2; echo locked >&2; exit 3"]))
    #expect(diagnostic.message == "the password of authorizer wh did not come: `sh` ended with status 3")
    #expect(diagnostic.help == ["it says: locked"])
    #expect(!"\(diagnostic)".contains("hunter2"))
    let echo = try await failure(.command(["sh", "-c", "echo abc; echo 'bad abc, abc' >&2; exit 3"]))
    #expect(echo.help == ["it says: bad ***, ***"])
    #expect(try await failure(.command(["sluice-no-such-program"])).message.contains("could not be run"))
  }

  @Test("A program that takes too long is ended, with all that it started") func slowCommand() async throws {
    // On a busy machine it takes its time to come as far as that.
    for seconds in [1, 4, 16, 64] where !folder.contains("child") {
      let reader = SecretReader(folder: folder.path, environment: [:], timeLimit: .seconds(seconds))
      let diagnostic = try await failure(
        .command(["sh", "-c", "sleep 1000 & echo $! > new; mv new child; echo hunter2; wait"]), by: reader)
      #expect(diagnostic.message.contains("took longer than \(seconds).0 seconds"))
      #expect(!"\(diagnostic)".contains("hunter2"))
    }
    let child = try #require(Int32(folder.read("child").split(separator: "\n").first ?? ""))
    while kill(child, 0) == 0,
      (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8))?.contains(") Z ") == false
    { await Task.yield() }
  }

  /// Sets a file's permissions.
  private func chmod(_ path: FilePath, _ mode: UInt32) -> Bool {
    path.withPlatformString { setMode($0, mode) } == 0
  }
}
