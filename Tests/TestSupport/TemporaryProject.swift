internal import Foundation
public import SystemPackage

/// A project's folder with files, removed when nobody holds it any more.
public final class TemporaryProject: Sendable {
  /// The folder's real path.
  public let path: FilePath

  /// Makes a folder and writes `files`: text by path relative to the folder.
  public init(_ files: [String: String] = [:]) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-project-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = FilePath(folder.resolvingSymlinksInPath().path)
    for (name, text) in files { try write(text, to: name) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path.string) }

  /// The path of `name` in the folder.
  public func file(_ name: String) -> FilePath { path.appending(name) }

  /// Writes `text`, and the folders that it needs.
  public func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

  /// Writes `bytes`, and the folders that it needs.
  public func write(_ bytes: [UInt8], to name: String) throws {
    let url = URL(fileURLWithPath: file(name).string)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  /// Makes a symbolic link.
  public func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: file(name).string, withDestinationPath: target)
  }

  /// The text of a file.
  public func read(_ name: String) throws -> String { try String(contentsOfFile: file(name).string, encoding: .utf8) }

  /// Whether there is a file or folder of this name.
  public func contains(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name).string) }

  /// Removes a file or folder.
  public func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: file(name).string) }

  /// The paths of all files, sorted; the hidden ones too.
  public var files: [String] {
    (FileManager.default.subpaths(atPath: path.string) ?? []).filter { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: file(name).string, isDirectory: &isFolder) && !isFolder.boolValue
    }.sorted()
  }
}
