import Diagnostics
import Manifests
import TestSupport
import Testing
import Views

/// What people get wrong in manifests: one diagnostic, where it is wrong, whose help mends it.
@Suite("Mistakes", .timeLimit(.minutes(5)))
struct MistakeTests {
  @Test("A mistake is one diagnostic, and its help mends it", arguments: Mistake.names(in: "Mistakes"))
  func validate(name: String) throws {
    let mistake = try Mistake(name, in: "Mistakes")
    let found = try load(mistake.files, of: mistake)
    try expectGolden(Self.shown(found, of: mistake.files), "mistakes/\(name).txt")
    #expect(found.map(Self.summary) == [mistake.expected])

    let diagnostic = try #require(found.first)
    let place = try #require(diagnostic.place)
    let range = Repair.Range(
      file: place.file, line: place.line, column: place.column, endLine: place.endLine, endColumn: place.endColumn)
    let repaired = try #require(
      mistake.repaired(by: diagnostic.help, code: diagnostic.code, at: range), "\(diagnostic.help)")
    #expect(repaired != mistake.files)
    #expect(try load(repaired, of: mistake).map(\.message) == [], "\(repaired)")
  }

  @Test("On Windows it is the same diagnostic", arguments: Mistake.names(in: "Mistakes"))
  func windows(name: String) throws {
    let mistake = try Mistake(name, in: "Mistakes")
    let files = mistake.files.mapValues { "\u{FEFF}" + $0.replacing("\n", with: "\r\n") }
    #expect(try load(files, of: mistake).map(Self.summary) == [mistake.expected])
  }

  private func load(_ files: [String: String], of mistake: Mistake) throws -> [Diagnostic] {
    let project = try TemporaryProject(files)
    if !mistake.isComplete { try project.write(World.connection, to: "connection.yaml") }
    return try Project.load(folder: project.path).diagnostics
  }

  private static func summary(_ diagnostic: Diagnostic) -> String {
    "\(diagnostic.place.map { "\($0)" } ?? ""): \(diagnostic.code)"
  }

  /// What a user reads of it.
  private static func shown(_ diagnostics: [Diagnostic], of files: [String: String]) -> String {
    let renderer = DiagnosticRenderer(style: .plain) { file in
      files[file]?.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    return renderer.text(diagnostics) + "\n"
  }
}
