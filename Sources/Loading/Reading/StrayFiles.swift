public import Diagnostics
public import Manifests
public import SystemPackage

extension Project {
  /// Sources whose patterns match what lies outside of the project, by links: a diagnostic each.
  ///
  /// Those that lead out by their own words are in `untrusted(in:)`.
  ///
  /// - Parameter root: the project's folder, absolute.
  public func strayFiles(in root: FilePath) -> [Diagnostic] {
    let bounds = ProjectBounds(of: root)
    return fileSources.compactMap { source, place in
      guard bounds.containStart(of: source.glob) else { return nil }
      guard let stray = FilePattern(source.glob).stray(under: root, from: bounds) else { return nil }
      return .untrusted(path: stray, "`\(source.path)`", at: place)
    }
  }
}
