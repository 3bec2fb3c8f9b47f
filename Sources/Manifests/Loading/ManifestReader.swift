internal import SystemPackage

/// Reads manifests, which do not depend on each other.
struct ManifestReader: Sendable {
  var root: FilePath
  var context: ManifestContext

  /// The manifests at `paths`, in that order.
  func read(_ paths: [String]) -> [Manifest] { paths.map(read) }

  private func read(_ path: String) -> Manifest {
    let (bytes, problem) = ManifestFiles.content(of: path, in: root)
    guard let bytes else { return Manifest(unreadable: problem) }
    return Manifest(bytes, file: path, in: context)
  }
}
