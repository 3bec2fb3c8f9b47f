internal import Foundation
public import Testing

/// Expects `text` to be what the file `Golden/name` beside the test says.
///
/// With `UPDATE_GOLDEN=1` in the environment the file is written anew, and the test fails all the same, so that
/// someone reads the difference.
public func expectGolden(
  _ text: String, _ name: String, filePath: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let file = URL(fileURLWithPath: filePath).deletingLastPathComponent().appendingPathComponent("Golden/\(name)")
  let golden = try? String(contentsOf: file, encoding: .utf8)
  if golden == text { return }
  guard ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" else {
    let difference = golden.map { firstDifference($0, text) } ?? "there is no such file yet; it would hold:\n\(text)"
    Issue.record("Golden/\(name): \(difference)", sourceLocation: sourceLocation)
    return
  }
  try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
  try Data(text.utf8).write(to: file)
  Issue.record("Golden/\(name) was written anew; read the difference", sourceLocation: sourceLocation)
}

/// The path of `Fixtures/name` beside the test.
public func fixture(_ name: String, filePath: String = #filePath) -> String {
  URL(fileURLWithPath: filePath).deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
}

/// The first line that differs, with all of the new text below it.
private func firstDifference(_ golden: String, _ text: String) -> String {
  let old = golden.split(separator: "\n", omittingEmptySubsequences: false)
  let new = text.split(separator: "\n", omittingEmptySubsequences: false)
  let line = zip(old, new).prefix { $0 == $1 }.count
  func shown(_ lines: [Substring]) -> String { line < lines.count ? String(lines[line]) : "(the end)" }
  return "line \(line + 1) differs\n  golden: \(shown(old))\n  now:    \(shown(new))\nall of it:\n\(text)"
}
