import Loading
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file that the command line names.
struct NamedFile {
  /// As the command line says it.
  let name: String
  let path: FilePath

  /// - Parameter name: relative to the current folder, as all that a shell completes.
  init(_ name: String) {
    self.name = name
    path = FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(name)).lexicallyNormalized()
  }

  /// Writes `text`, whole or not at all, over what is there.
  func replace(with text: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path.string), options: .atomic)
  }

  /// What a failure to read or write a file is called for people.
  static func words(for error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile?, .fileNoSuchFile?: return "there is no such file or folder"
    case .fileReadNoPermission?, .fileWriteNoPermission?: return "permission denied"
    default: return fileErrorWords(error)
    }
  }
}
