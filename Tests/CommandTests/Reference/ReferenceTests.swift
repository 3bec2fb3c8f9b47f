import Foundation
import JSON
import Manifests
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// The documentation's reference is made of the declarations that the program itself goes by.
@Suite("Reference", .timeLimit(.minutes(15)))
struct ReferenceTests {
  private static let catalogue = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/sluice/Documentation.docc")

  @Test("Its pages say what the declarations, the help and the pages of codes say")
  func pages() async throws {
    let help = try await runTool(["--experimental-dump-help"])
    var pages = [
      "Commands": CommandsPage.page(try JSONValue(parsing: help.output)), "ProjectSettings": FieldPages.settings(),
      "Codes": CodesPage.page(),
    ]
    for kind in Kind.allCases { pages[kind.mapName.capitalized] = FieldPages.page(of: kind) }
    for (name, text) in pages {
      let file = Self.catalogue.appending(path: "Reference/\(name).md")
      let isUpdate = ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1"
      if (try? String(contentsOf: file, encoding: .utf8)) == text { continue }
      if isUpdate { try Data(text.utf8).write(to: file) }
      Issue.record("\(name).md \(isUpdate ? "was written anew: read the difference" : "is not as it would be written")")
    }
    let held = try FileManager.default.contentsOfDirectory(atPath: Self.catalogue.appending(path: "Reference").path)
    #expect(held.sorted() == pages.keys.map { "\($0).md" }.sorted())
  }

  @Test("DocC takes the catalogue, and each link in it leads somewhere", .enabled("there is no docc") { docc != nil })
  func converts() async throws {
    let output = try TemporaryProject()
    let result = try await run(
      .path(try #require(Self.docc)),
      arguments: ["convert", Self.catalogue.path, "--output-dir", output.file("archive").string],
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(result.terminationStatus.isSuccess)
    let words = result.standardOutput + result.standardError
    #expect(!words.contains("warning:") && !words.contains("error:"), "\(words)")
    #expect(output.files.contains { $0.hasSuffix("firstload.json") }, "\(output.files)")
  }

  /// DocC, beside the compiler.
  private static let docc: FilePath? = {
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/docc" }
    return path.first { FileManager.default.isExecutableFile(atPath: $0) }.map { FilePath($0) }
  }()
}
