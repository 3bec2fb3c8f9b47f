import Diagnostics
import JSON
import Planning
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A saved plan's file.
struct PlanFile {
  private let file: NamedFile

  /// - Parameter name: relative to the current folder.
  init(_ name: String) { file = NamedFile(name) }

  /// Writes `plan`, whole or not at all; only its owner may read it.
  func write(_ plan: SavedPlan) throws(Failure) {
    do {
      try file.replace(with: plan.json.text(.sorted) + "\n")
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path.string)
    } catch {
      throw Failure(
        Diagnostic(
          .error, "plan-file", "cannot write the plan to \(file.name): \(NamedFile.words(for: error))",
          help: ["name a file in a folder that exists and that you may write in"]))
    }
  }

  /// - Throws: `Failure` where it cannot be read, or is no saved plan.
  func read() throws(Failure) -> SavedPlan {
    let bytes: [UInt8]
    do {
      bytes = try [UInt8](Data(contentsOf: URL(filePath: file.path.string)))
    } catch {
      throw Failure(
        Diagnostic(
          .error, "plan-file", "cannot read the plan \(file.name): \(NamedFile.words(for: error))",
          help: ["`sluice plan --out \(file.name)` writes one"]))
    }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw Failure(
        Diagnostic(
          .error, "not-a-plan", "\(file.name) is no saved plan: \(error.message)",
          at: Place(file: file.path.string, line: error.line, column: error.column),
          help: ["`sluice plan --out \(file.name)` writes one"]))
    }
    return try SavedPlan(json: json, file: file.name)
  }
}
