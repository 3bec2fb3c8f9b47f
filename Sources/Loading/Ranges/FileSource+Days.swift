internal import Diagnostics
internal import Manifests
internal import SystemPackage

extension FileSource {
  /// Its files: day by day where its path stands for days, and by the bytes of their names.
  ///
  /// A glob may match several files of a day. One that fits more than one day is read once, with the first of them.
  /// - Parameters:
  ///   - days: nothing where it is not known which day it is: then the files of all days are taken.
  ///   - needsAll: whether each day must have a file.
  /// - Throws: `source-readable`.
  func found(under root: FilePath, _ days: LoadDays?, needsAll: Bool) throws(Failure) -> [SourceFile] {
    guard let template, let range = template.range.flatMap({ days?.days(of: $0) }) else {
      return try FilePattern(glob).files(under: root)
    }
    var (files, missing): ([SourceFile], [String]) = ([], [])
    var paths: Set<String> = [], names: Set<String> = []
    for day in range.days {
      let path = template.path(on: day)
      guard paths.insert(path).inserted else { continue }
      let found = try FilePattern(path).matches(under: root)
      if found.isEmpty { missing.append(path) }
      files += found.filter { names.insert($0.name).inserted }
    }
    guard !missing.isEmpty, needsAll ? !allowEmpty : files.isEmpty else { return files }
    throw Failure(Self.missing(missing, of: paths.count, path: self.path))
  }

  private static func missing(_ missing: [String], of count: Int, path: String) -> Diagnostic {
    let shown = missing.prefix(5).joined(separator: ", ")
    let list = missing.count > 5 ? "\(shown) and \(missing.count - 5) more" : shown
    return Diagnostic(
      .error, "source-readable",
      count == 1
        ? "there is no file \(list) in the project"
        : "\(missing.count) of the \(count) files of \(path) are missing: \(list)",
      help: [
        "write `allowEmpty: true` on the source where a day may have no file",
        "a `path:` is relative to the manifest that it stands in",
      ])
  }
}
