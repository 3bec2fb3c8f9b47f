internal import Dispatch
internal import Synchronization
internal import SystemPackage

/// Reads manifests, which do not depend on each other, on all cores: most of the time of `validate` goes here.
struct ManifestReader: Sendable {
  var root: FilePath
  var context: ManifestContext

  /// The manifests at `paths`, in that order.
  func read(_ paths: [String]) -> [Manifest] {
    let manifests = Mutex([Manifest?](repeating: nil, count: paths.count))
    DispatchQueue.concurrentPerform(iterations: paths.count) { index in
      let manifest = read(paths[index])
      manifests.withLock { $0[index] = manifest }
    }
    return manifests.withLock { $0.compactMap { $0 } }
  }

  private func read(_ path: String) -> Manifest {
    let (bytes, problem) = ManifestFiles.content(of: path, in: root)
    guard let bytes else { return Manifest(unreadable: problem) }
    return Manifest(bytes, file: path, in: context)
  }
}
