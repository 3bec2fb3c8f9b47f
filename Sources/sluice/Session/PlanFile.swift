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
  /// As the command line says it.
  let name: String
  private let path: FilePath

  /// - Parameter name: relative to the current folder, as all that a shell completes.
  init(_ name: String) {
    self.name = name
    path = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(name))
  }

  /// Writes `plan`, whole or not at all; only its owner may read it.
  func write(_ plan: SavedPlan) throws(Failure) {
    do {
      try Data((plan.json.text(.sorted) + "\n").utf8).write(to: URL(filePath: path.string), options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path.string)
    } catch {
      throw Failure(
        Diagnostic(
          .error, "plan-file", "cannot write the plan to \(name): \(Self.reason(error))",
          help: ["name a file in a folder that exists and that you may write in"]))
    }
  }

  /// - Throws: `Failure` where it cannot be read, or is no saved plan.
  func read() throws(Failure) -> SavedPlan {
    let bytes: [UInt8]
    do {
      bytes = try [UInt8](Data(contentsOf: URL(filePath: path.string)))
    } catch {
      throw Failure(
        Diagnostic(
          .error, "plan-file", "cannot read the plan \(name): \(Self.reason(error))",
          help: ["`sluice plan --out \(name)` writes one"]))
    }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw Failure(
        Diagnostic(
          .error, "not-a-plan", "\(name) is no saved plan: \(error.message)",
          at: Place(file: path.string, line: error.line, column: error.column),
          help: ["`sluice plan --out \(name)` writes one"]))
    }
    return try SavedPlan(json: json, file: name)
  }

  private static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile?, .fileNoSuchFile?: return "there is no such file or folder"
    case .fileReadNoPermission?, .fileWriteNoPermission?: return "permission denied"
    default: return "\(error)"
    }
  }
}
