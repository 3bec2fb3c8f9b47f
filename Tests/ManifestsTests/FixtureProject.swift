import Diagnostics
import Foundation
import Manifests
import SystemPackage
import TestSupport

/// The folder of fixtures beside the tests.
enum Fixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  /// The names of all entries of a folder of fixtures, sorted.
  static func names(in name: String) -> [String] {
    let folder = folder.appending(path: name)
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { !$0.hasPrefix(".") }
      .sorted()
  }
}

extension TemporaryProject {
  /// A project of files that need not be text.
  convenience init(bytes files: [String: [UInt8]]) throws {
    try self.init()
    for (path, bytes) in files { try write(bytes, to: path) }
  }

  /// Loads the project.
  func load(_ options: LoadOptions = LoadOptions()) throws -> LoadedProject {
    try Project.load(folder: path, options: options)
  }
}

/// What a manifest under test says of itself: `# error: code, code` on the line concerned.
struct Expectation: Hashable, Comparable, CustomStringConvertible {
  var file: String
  var line: Int
  var severity: Severity
  var code: String

  init(_ diagnostic: Diagnostic) {
    file = diagnostic.place?.file ?? ""
    line = diagnostic.place?.line ?? 0
    severity = diagnostic.severity
    code = diagnostic.code
  }

  private init(_ file: String, _ line: Int, _ severity: Severity, _ code: String) {
    (self.file, self.line, self.severity, self.code) = (file, line, severity, code)
  }

  static func all(in bytes: [UInt8], file: String) -> [Expectation] {
    var found: [Expectation] = []
    for (index, line) in String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      for severity in [Severity.error, .warning] {
        let mark = "# \(severity.rawValue): "
        guard let range = line.range(of: mark) else { continue }
        let codes = line[range.upperBound...].trimmingCharacters(in: .whitespacesAndNewlines)
        let noted = codes.replacing(" (not in schema)", with: "")
        for code in noted.split(separator: ", ") {
          found.append(Expectation(file, index + 1, severity, String(code)))
        }
      }
      if let range = line.range(of: "# error without place: ") {
        let code = line[range.upperBound...].trimmingCharacters(in: .whitespacesAndNewlines)
        found.append(Expectation("", 0, .error, code))
      }
    }
    return found
  }

  static func < (left: Expectation, right: Expectation) -> Bool {
    (left.file, left.line, left.severity, left.code) < (right.file, right.line, right.severity, right.code)
  }

  var description: String { "\(file):\(line): \(severity.rawValue)[\(code)]" }
}
