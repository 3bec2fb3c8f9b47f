import Diagnostics
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file that a command makes for the user, and that must not be there yet.
struct NewFile {
  /// As the command line says it.
  let name: String
  private let path: FilePath

  /// - Parameter name: relative to the current folder, as all that a shell completes.
  init(_ name: String) {
    self.name = name
    path = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(name)).lexicallyNormalized()
  }

  /// The folder that it comes to stand in, absolute.
  var folder: FilePath { path.removingLastComponent() }

  /// - Throws: `Failure` where there is anything of that name.
  func checkIsNew() throws(Failure) {
    if (try? path.stat(followTargetSymlink: false)) != nil { throw Failure(exists) }
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
      try FileManager.default.linkItem(atPath: new.string, toPath: path.string)
    } catch {
      try checkIsNew()
      let reason = (error as? Errno).map { "\($0)" } ?? "\(error)"
      throw Failure(
        Diagnostic(
          .error, "import-unwritable", "\(name) cannot be written: \(reason)",
          help: ["name a file in a folder that exists and that you may write in"]))
    }
  }

  private var exists: Diagnostic {
    Diagnostic(
      .error, "import-exists", "\(name) is there already; nothing was written", help: ["name a new file with --out"])
  }
}
