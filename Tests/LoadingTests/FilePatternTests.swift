import Diagnostics
import SystemPackage
import TestSupport
import Testing

@testable import Loading

@Suite("Globs")
struct FilePatternTests {
  let project: TemporaryProject

  init() throws {
    project = try TemporaryProject([
      "a.csv": "", "b.csv": "", "B.csv": "", ".hidden.csv": "", "x/1.csv": "", "x/y/2.csv": "", "x/y/3.txt": "",
      "[1].csv": "", "é.csv": "",
    ])
  }

  @Test(
    "match names sorted by their bytes",
    arguments: [
      ("*.csv", ["B.csv", "[1].csv", "a.csv", "b.csv", "é.csv"]), ("?.csv", ["B.csv", "a.csv", "b.csv", "é.csv"]),
      ("[ab].csv", ["a.csv", "b.csv"]), ("[!a-b].csv", ["B.csv", "é.csv"]), ("x/**/*.csv", ["x/1.csv", "x/y/2.csv"]),
      ("**/[0-9].*", ["x/1.csv", "x/y/2.csv", "x/y/3.txt"]), ("./a.csv", ["a.csv"]), ("*/1.csv", ["x/1.csv"]),
      ("x/*", ["x/1.csv"]), (".*.csv", [".hidden.csv"]),
    ])
  func matches(pattern: String, expected: [String]) throws {
    #expect(try FilePattern(pattern).files(under: project.path).map(\.name) == expected)
  }

  @Test("nothing found is an error that names the pattern", arguments: ["no.csv", "no-*.csv", "no/**/*.csv"])
  func nothing(pattern: String) throws {
    let failure = try #require(throws: Failure.self) { try FilePattern(pattern).files(under: project.path) }
    #expect(failure.diagnostics.map(\.code) == ["source-readable"])
    #expect(failure.diagnostics[0].message.contains(pattern))
  }

  @Test("what is no regular file is refused")
  func device() throws {
    let failure = try #require(throws: Failure.self) { try FilePattern("/dev/null").files(under: project.path) }
    #expect(failure.diagnostics[0].message == "/dev/null is not a regular file")
  }
}
