import Diagnostics
import Manifests
import SystemPackage
import TestSupport
import Testing

@testable import Connecting

@Suite("Secrets") struct SecretTests {
  let folder: TemporaryProject
  let place = Place(file: "wh.yaml", line: 2, column: 3)

  init() throws { folder = try TemporaryProject() }

  private func read(_ reference: SecretReference, environment: [String: String] = [:]) async throws -> String {
    let reader = SecretReader(folder: folder.path, environment: environment)
    return try await reader.read(reference, for: "the password of authorizer wh", at: place).reveal { $0 }
  }

  private func failure(_ reference: SecretReference) async throws -> Diagnostic {
    let failure = await #expect(throws: Failure.self) { try await read(reference) }
    let diagnostic = try #require(failure?.diagnostics.first)
    #expect(diagnostic.code == "secret")
    #expect(diagnostic.place == place)
    return diagnostic
  }

  @Test("A secret cannot be printed, dumped or interpolated") func opaque() {
    let secret = Secret("hunter2")
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
      #expect(!text.contains("hunter2"))
    }
  }

  @Test("From the environment") func environment() async throws {
    #expect(try await read(.environment("WH"), environment: ["WH": "a b\n"]) == "a b\n")
    let empty = await #expect(throws: Failure.self) {
      try await read(.environment("WH"), environment: ["WH": ""])
    }
    #expect(empty?.diagnostics.first?.message == "the password of authorizer wh is empty")
    let diagnostic = try await failure(.environment("WH"))
    #expect(diagnostic.message == "the password of authorizer wh is not set")
    #expect(diagnostic.help == ["set the environment variable WH"])
  }

  @Test("From a file that its owner alone can read, without the newline at its end") func file() async throws {
    try folder.write("hunter2\n", to: "secret")
    let path = folder.file("secret")
    try #require(chmod(path, 0o600))
    #expect(try await read(.file("secret")) == "hunter2")
    for mode in [0o640, 0o604] as [UInt32] {
      try #require(chmod(path, mode))
      let diagnostic = try await failure(.file("secret"))
      #expect(diagnostic.help == ["chmod 600 secret"])
    }
    #expect(try await failure(.file("none")).message.contains("No such file or directory"))
    try folder.write("", to: "folder/x")
    #expect(try await failure(.file("folder")).message.contains("not a file"))
  }

  @Test("From a program's output; no shell reads its arguments") func command() async throws {
    #expect(try await read(.command(["printf", "%s\n", "$(id); hunter2"])) == "$(id); hunter2")
  }

  @Test("A program that fails is shown with its own words, never with its output") func failingCommand() async throws {
    let diagnostic = try await failure(.command(["sh", "-c", "echo hunter2; echo locked >&2; exit 3"]))
    #expect(diagnostic.help == ["it says: locked"])
    #expect(!"\(diagnostic)".contains("hunter2"))
    #expect(try await failure(.command(["sluice-no-such-program"])).message.contains("could not be run"))
  }

  /// Sets a file's permissions.
  private func chmod(_ path: FilePath, _ mode: UInt32) -> Bool {
    path.withPlatformString { setMode($0, mode) } == 0
  }
}
