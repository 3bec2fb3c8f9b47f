import Diagnostics
import Foundation
import Manifests
import SystemPackage
import TestSupport
import Testing

@Suite struct DiagnosticsTests {
  /// A case is a file, which is then a project's only manifest, or a folder, which is a project.
  @Test(
    "Each line has the diagnostics that its comment names, and no others", arguments: Fixtures.names(in: "diagnostics"))
  func expectations(name: String) throws {
    let files = try Self.files(of: name)
    let expected = files.flatMap { Expectation.all(in: $1, file: $0) }.sorted()
    let found = try TemporaryProject(bytes: files).load().diagnostics
    #expect(found.map { Expectation($0) }.sorted() == expected, "\(found.map(\.message))")
    try expectGolden(found.map(Self.shown).joined(), "diagnostics/\(name.replacing(".yaml", with: "")).txt")
  }

  /// The files of a case, by their paths in its project.
  private static func files(of name: String) throws -> [String: [UInt8]] {
    let path = Fixtures.folder.appending(path: "diagnostics/\(name)")
    var files: [String: [UInt8]] = [:]
    if name.hasSuffix(".yaml") {
      files[name] = [UInt8](try Data(contentsOf: path))
    } else {
      let names = try FileManager.default.subpathsOfDirectory(atPath: path.path)
      for file in names where file.hasSuffix(".yaml") {
        files[file] = [UInt8](try Data(contentsOf: path.appending(path: file)))
      }
    }
    return files
  }

  /// All that a diagnostic says.
  private static func shown(_ diagnostic: Diagnostic) -> String {
    let place = diagnostic.place.map { "\($0)-\($0.endLine):\($0.endColumn): " } ?? ""
    let related = diagnostic.related.map { "  \($0.place): \($0.message)\n" }
    let help = diagnostic.help.map { "  = \($0)\n" }
    return "\(place)\(diagnostic.severity.rawValue)[\(diagnostic.code)]: \(diagnostic.message)\n"
      + (related + help).joined()
  }

  @Test("Every code that the sources can give has a fixture or a test of its own")
  func everyCode() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    var codes: Set<String> = []
    for target in ["Manifests", "YAML"] {
      let sources = root.appending(path: "Sources/\(target)")
      for file in try FileManager.default.subpathsOfDirectory(atPath: sources.path) where file.hasSuffix(".swift") {
        let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
        for match in text.matches(of: /(?:\.error, |\.warning, |code: )(?:[a-z?= ]+[?] )?"([a-z0-9]+(?:-[a-z0-9]+)+)"/)
        {
          codes.insert(String(match.1))
        }
      }
    }
    var covered: Set<String> = [
      // Not reachable by what is in a file: LoadTests, YAMLTests.
      "no-such-folder", "no-manifests", "not-a-regular-file", "unreadable-file", "unknown-environment",
      // Only with an option: UntrustedTests.
      "untrusted",
    ]
    let folder = Fixtures.folder.appending(path: "diagnostics")
    for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where file.hasSuffix(".yaml") {
      let bytes = [UInt8](try Data(contentsOf: folder.appending(path: file)))
      covered.formUnion(Expectation.all(in: bytes, file: file).map(\.code))
    }
    #expect(codes.count > 20)
    #expect(codes.subtracting(covered).sorted() == [])
  }
}
