internal import Diagnostics
internal import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Finds and reads a project's files.
struct ManifestFiles {
  /// The project's folder, absolute.
  let root: FilePath
  private(set) var diagnostics: [Diagnostic] = []

  init(root: FilePath) { self.root = root }

  /// The content of the file at `path`, which is relative to the project; nothing where it cannot be read.
  mutating func content(of path: String) -> [UInt8]? {
    let (bytes, problem) = Self.content(of: path, in: root)
    if let problem { diagnostics.append(problem) }
    return bytes
  }

  /// The content of a regular file, or why there is none.
  static func content(of path: String, in root: FilePath) -> ([UInt8]?, Diagnostic?) {
    let full = root.appending(path)
    let place = Place(file: path, line: 1, column: 1)
    do {
      let type = try full.stat(followTargetSymlink: false).type
      guard type == .regular else {
        let message = "\(path) is \(words(for: type)), and a manifest is a regular file"
        return (nil, Diagnostic(.error, "not-a-regular-file", message, at: place))
      }
      // Foundation's own error does not say why.
      try FileDescriptor.open(full, .readOnly).close()
      return ([UInt8](try Data(contentsOf: URL(filePath: full.string))), nil)
    } catch {
      let reason = (error as? Errno).map { "\($0)" } ?? "it cannot be read"
      return (nil, Diagnostic(.error, "unreadable-file", "\(path): \(reason)", at: place))
    }
  }

  /// Whether there is anything at `path`.
  func exists(_ path: String) -> Bool { (try? root.appending(path).stat(followTargetSymlink: false)) != nil }

  /// The manifests, sorted: all `*.yaml` and `*.yml` files, or those of `patterns`; hidden ones left out.
  mutating func manifests(_ patterns: [(text: String, place: Place)]?) -> [String] {
    var paths: [String] = []
    walk("", into: &paths)
    paths.removeAll { $0 == ProjectSettings.file }
    guard let patterns else {
      return paths.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
    }
    var chosen: Set<String> = []
    for pattern in patterns {
      let glob = Glob(pattern.text)
      let found = paths.filter { glob.matches($0) }
      if found.isEmpty {
        diagnostics.append(
          Diagnostic(
            .warning, "no-match", "no file matches `\(pattern.text)`", at: pattern.place,
            help: ["patterns are relative to the project's folder; hidden files are left out"]))
      }
      chosen.formUnion(found)
    }
    return chosen.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Adds all that is no folder below `folder`; follows no link.
  private mutating func walk(_ folder: String, into paths: inout [String]) {
    let full = folder.isEmpty ? root : root.appending(folder)
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: full.string) else {
      let path = folder.isEmpty ? "." : folder
      diagnostics.append(Diagnostic(.warning, "unreadable-file", "the folder \(path) cannot be read"))
      return
    }
    for name in names where !name.hasPrefix(".") {
      let path = folder.isEmpty ? name : "\(folder)/\(name)"
      guard let type = try? root.appending(path).stat(followTargetSymlink: false).type else { continue }
      if type == .directory { walk(path, into: &paths) } else { paths.append(path) }
    }
  }

  private static func words(for type: FileType) -> String {
    switch type {
    case .directory: "a folder"
    case .symbolicLink: "a symbolic link"
    case .fifo: "a named pipe"
    case .socket: "a socket"
    case .characterSpecial, .blockSpecial: "a device"
    default: "no file"
    }
  }
}
