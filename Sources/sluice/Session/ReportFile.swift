import Diagnostics
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The file that a report is written to.
struct ReportFile {
  private let name: String
  private let path: FilePath

  /// - Parameter name: relative to the current folder, as all that a shell completes.
  init(_ name: String) {
    self.name = name
    path = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(name))
  }

  /// Writes `text`, whole or not at all, over what is there.
  func write(_ text: String) throws(Failure) {
    do {
      try Data(text.utf8).write(to: URL(filePath: path.string), options: .atomic)
    } catch {
      throw Failure(
        Diagnostic(
          .error, "report-file", "cannot write the report to \(name): \(error)",
          help: ["name a file in a folder that exists and that you may write in"]))
    }
  }
}
