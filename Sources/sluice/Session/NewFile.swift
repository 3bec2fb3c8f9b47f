import Diagnostics
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file that a command makes for the user, and that must not be there yet.
struct NewFile {
  private let file: NamedFile

  /// - Parameter name: relative to the current folder.
  init(_ name: String) { file = NamedFile(name) }

  /// The folder that it comes to stand in, absolute.
  var folder: FilePath { file.path.removingLastComponent() }

  /// - Throws: `Failure` where there is anything of that name.
  func checkIsNew() throws(Failure) {
    if (try? file.path.stat(followTargetSymlink: false)) != nil { throw Failure(exists) }
  }

  /// Writes `text`, whole or not at all; never over anything.
  func write(_ text: String) throws(Failure) {
    let new = folder.appending(".sluice-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(atPath: new.string) }
    do {
      let descriptor = try FileDescriptor.open(
        new, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
      try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
      // A link is made only where nothing is, unlike what a file is renamed to.
      try FileManager.default.linkItem(atPath: new.string, toPath: file.path.string)
    } catch {
      try checkIsNew()
      throw Failure(
        Diagnostic(
          .error, "import-unwritable", "\(file.name) cannot be written: \(NamedFile.words(for: error))",
          help: ["name a file in a folder that exists and that you may write in"]))
    }
  }

  private var exists: Diagnostic {
    Diagnostic(
      .error, "import-exists", "\(file.name) is there already; nothing was written",
      help: ["name a new file with --out"])
  }
}
