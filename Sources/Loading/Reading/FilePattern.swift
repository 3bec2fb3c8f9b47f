internal import Diagnostics
internal import Manifests
internal import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A file of a source: where it is, and what the ledger tells it by.
struct SourceFile: Hashable {
  /// Relative to the project, with `/` between its parts.
  var name: String
  var path: FilePath
  var size: Int
  /// Nanoseconds since 1970.
  var modified: Int
}

/// A glob: `*`, `?` and `[...]` within a name, `**` for any number of folders.
struct FilePattern {
  private let parts: [String]
  let text: String

  init(_ text: String) {
    self.text = text
    parts = text.split(separator: "/", omittingEmptySubsequences: true).map(String.init).filter { $0 != "." }
  }

  /// The files under `root` that match, sorted by the bytes of their names; never empty.
  ///
  /// - Throws: `source-readable` where nothing matches, or what matches is not a regular file.
  func files(under root: FilePath) throws(Failure) -> [SourceFile] {
    let files = try matches(under: root)
    guard !files.isEmpty else {
      let isPattern = parts.contains(where: Self.isPattern)
      throw Failure(
        Diagnostic(
          .error, "source-readable",
          isPattern ? "no file of the project matches \(text)" : "there is no file \(text) in the project",
          help: ["a `path:` is relative to the manifest that it stands in"]
            + (isPattern ? [] : Self.neighbour(of: text, under: root)), reason: Diagnostic.noFile))
    }
    return files
  }

  /// The files under `root` that match, sorted by the bytes of their names.
  ///
  /// - Throws: `source-readable` where what matches is not a regular file.
  func matches(under root: FilePath) throws(Failure) -> [SourceFile] {
    var found: Set<String> = []
    collect(parts[...], at: start, under: root) { found.insert($0) }
    var files: [SourceFile] = []
    for name in found.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      if let file = try Self.file(name, under: root) { files.append(file) }
    }
    return files
  }

  /// What to say of the file beside `name` that is called nearly so.
  private static func neighbour(of name: String, under root: FilePath) -> [String] {
    let path = Self.path(name, root)
    guard let last = path.lastComponent?.string else { return [] }
    let names = try? FileManager.default.contentsOfDirectory(atPath: path.removingLastComponent().string)
    let near = nearest(to: last, in: (names ?? []).filter { !$0.hasPrefix(".") }.sorted())
    return near.map { ["there is a file \($0) in that folder"] } ?? []
  }

  /// The first file or folder on the way to a match that is not within `bounds`; nothing behind it is looked at.
  func stray(under root: FilePath, from bounds: ProjectBounds) -> String? {
    var strays: Set<String> = []
    func isWithin(_ name: String) -> Bool {
      if bounds.contain(name) { return true }
      strays.insert(name)
      return false
    }
    collect(parts[...], at: start, under: root, isWanted: isWithin) { _ in }
    return strays.min { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private var start: String { text.hasPrefix("/") ? "/" : "" }

  private func collect(
    _ parts: ArraySlice<String>, at name: String, under root: FilePath, isWanted: (String) -> Bool = { _ in true },
    _ found: (String) -> Void
  ) {
    if !name.isEmpty, name != "/", !isWanted(name) { return }
    guard let part = parts.first else { return found(name) }
    let rest = parts.dropFirst()
    if !Self.isPattern(part) {
      let next = Self.join(name, part)
      if rest.isEmpty, !FileManager.default.fileExists(atPath: Self.path(next, root).string) { return }
      return collect(rest, at: next, under: root, isWanted: isWanted, found)
    }
    let folder = Self.path(name, root)
    guard let entries = try? FileManager.default.contentsOfDirectory(atPath: folder.string) else { return }
    if part == "**" { collect(rest, at: name, under: root, isWanted: isWanted, found) }
    for entry in entries {
      let next = Self.join(name, entry)
      if part == "**" {
        // Links to folders are not followed: they may lead back.
        let isFolder =
          (try? FileManager.default.attributesOfItem(atPath: Self.path(next, root).string))?[.type]
          as? FileAttributeType == .typeDirectory
        if !entry.hasPrefix("."), isFolder { collect(parts, at: next, under: root, isWanted: isWanted, found) }
      } else if Self.matches(Array(part.unicodeScalars)[...], Array(entry.unicodeScalars)[...]),
        !entry.hasPrefix(".") || part.hasPrefix(".")
      {
        collect(rest, at: next, under: root, isWanted: isWanted, found)
      }
    }
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty || folder == "/" ? folder + name : folder + "/" + name
  }

  private static func path(_ name: String, _ root: FilePath) -> FilePath {
    name.hasPrefix("/") ? FilePath(name) : name.isEmpty ? root : root.appending(name)
  }

  /// Size and time of a regular file; nothing for a folder.
  static func file(_ name: String, under root: FilePath) throws(Failure) -> SourceFile? {
    let path = path(name, root)
    guard let status = FileStatus(of: path) else {
      throw Failure(.sourceReadable("cannot read \(name)", name))
    }
    switch status.kind {
    case .regular: return SourceFile(name: name, path: path, size: status.size, modified: status.modified)
    case .folder: return nil
    case .other:
      throw Failure(
        .sourceReadable(
          "\(name) is not a regular file", name, help: ["a pipe or device is read by a `command:` source"]))
    }
  }

  private static func isPattern(_ part: String) -> Bool { part.contains { "*?[".contains($0) } }

  /// Whether `name` matches `pattern`, scalar by scalar.
  static func matches(_ pattern: ArraySlice<Unicode.Scalar>, _ name: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let first = pattern.first else { return name.isEmpty }
    let rest = pattern.dropFirst()
    switch first {
    case "*":
      var tail = name
      while true {
        if matches(rest, tail) { return true }
        if tail.popFirst() == nil { return false }
      }
    case "?": return !name.isEmpty && matches(rest, name.dropFirst())
    case "[":
      guard let scalar = name.first else { return false }
      guard let (isIn, after) = bracket(rest, scalar) else { return scalar == "[" && matches(rest, name.dropFirst()) }
      return isIn && matches(after, name.dropFirst())
    default: return name.first == first && matches(rest, name.dropFirst())
    }
  }

  /// Whether a set such as `[a-z]` or `[!0-9]` has `scalar`, and the pattern behind it.
  private static func bracket(
    _ pattern: ArraySlice<Unicode.Scalar>, _ scalar: Unicode.Scalar
  ) -> (Bool, ArraySlice<Unicode.Scalar>)? {
    var rest = pattern
    let isNegated = rest.first == "!" || rest.first == "^"
    if isNegated { rest.removeFirst() }
    var found = false
    var isFirst = true
    while let low = rest.popFirst() {
      if low == "]", !isFirst { return (found != isNegated, rest) }
      isFirst = false
      if rest.first == "-", let high = rest.dropFirst().first, high != "]" {
        rest = rest.dropFirst(2)
        found = found || (low <= high && (low...high).contains(scalar))
      } else {
        found = found || low == scalar
      }
    }
    return nil
  }
}
