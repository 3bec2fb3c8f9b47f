import Diagnostics
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file that `sluice export` writes for a scheduler; it may replace what an earlier export wrote.
struct ExportedFile {
  private let file: NamedFile
  private let folder: NamedFile

  /// - Parameter folder: relative to the current folder; it is made where it is not there.
  init(_ name: String, in folder: String) {
    self.folder = NamedFile(folder)
    file = NamedFile("\(folder)/\(name)")
  }

  /// Writes `text`, whole or not at all.
  func write(_ text: String) throws(Failure) {
    do {
      try FileManager.default.createDirectory(atPath: folder.path.string, withIntermediateDirectories: true)
      try file.replace(with: text)
    } catch {
      throw Failure(
        Diagnostic(
          .error, "export-unwritable", "\(file.name) cannot be written: \(NamedFile.words(for: error))",
          help: ["name a folder that you may write in with --out"]))
    }
  }
}
