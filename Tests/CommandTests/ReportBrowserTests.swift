import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What a browser makes of the page of `report`.
@Suite(
  "report in a browser", .enabled(if: Browser.isAvailable, "there is no chromium"), .freshDatabase,
  .timeLimit(.minutes(15)))
struct ReportBrowserTests {
  @Test("The page is read as it was meant, asks for nothing else, and fits the window", arguments: [500, 1200])
  func page(width: Int) async throws {
    let world = try World(
      """
      first: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert}
      second: {source: {path: t.csv}, destination: wh, writeMode: truncate_insert, after: [first]}
      a_name_that_is_long_enough_to_be_in_the_way_of_others: {source: {path: t.csv}, destination: wh, writeMode: insert}
      """, files: ["t.csv": "id,note\n1,a\n2,<b>\n"])
    #expect(try await world.sluice("run", "--apply", "--yes").status == 0)
    let file = world.project.file("report.html")
    #expect(try await world.sluice("report", "--out", file.string).status == 0)
    // The page has no script: this copy has one that measures it.
    let measure = """
      <script>addEventListener('load', () => {
        const texts = [...document.querySelectorAll('svg text')].filter(text => text.getBBox().width > 0);
        document.title = [document.documentElement.scrollWidth <= innerWidth, document.querySelectorAll('article').length,
          texts.length > 0, performance.getEntriesByType('resource').length, document.compatMode].join(' ');
      })</script>
      """
    let page = try world.project.read("report.html")
    #expect(!page.contains("<script"))
    try world.project.write(page + measure, to: "measured.html")
    let shown = try await Browser.open(
      world.project.file("measured.html"), width: width, profile: world.project.file("b"))
    #expect(shown.contains("<title>true 3 true 0 CSS1Compat</title>"), "\(shown.prefix(400))")
  }
}

/// Chromium, without a window.
enum Browser {
  private static let program: FilePath? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let paths = ["chromium", "chromium-browser", "google-chrome"].flatMap { name in folders.map { "\($0)/\(name)" } }
    return paths.first { FileManager.default.isExecutableFile(atPath: $0) }.map { FilePath($0) }
  }()

  static var isAvailable: Bool { program != nil }

  /// The page as it stands when it is loaded.
  static func open(_ file: FilePath, width: Int, profile: FilePath) async throws -> String {
    let result = try await run(
      .path(try #require(program)),
      arguments: [
        "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(profile)", "--window-size=\(width),900",
        "--dump-dom", "file://\(file)",
      ], output: .string(limit: 8 << 20), error: .discarded)
    return result.standardOutput
  }
}
