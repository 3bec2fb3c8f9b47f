internal import Diagnostics
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Where a state and what belongs to it are.
///
/// Where the state's name is a symbolic link, the files beside the link's target are meant, so that the link stays one,
/// and whoever comes by another link finds the same lock.
struct StatePaths: Sendable {
  /// The state itself, no link.
  let state: FilePath
  /// The state before the last write.
  var backup: FilePath { beside(".backup") }
  /// The steps that are not in the state yet.
  var journal: FilePath { beside(".journal") }
  /// What the writer locks.
  var lock: FilePath { beside(".lock") }
  /// The state's name without its folder.
  var name: String { state.lastComponent?.string ?? state.string }

  /// Follows the links.
  ///
  /// - Throws: `Failure` where a link leads nowhere.
  init(_ path: FilePath) throws(Failure) {
    var path = path
    for _ in 0..<40 {
      guard let information = try? path.stat(followTargetSymlink: false), information.type == .symbolicLink,
        let target = Self.target(of: path)
      else {
        state = path
        return
      }
      let next = path.removingLastComponent().pushing(target)
      guard DurableFile.exists(next) else {
        throw Failure(
          Diagnostic(
            .error, "state-missing", "the state \(path) is a link to \(target), and nothing is there",
            help: [
              "bring back what it leads to, or make the link lead there",
              "to begin anew and adopt the tables that exist, remove the link",
            ]))
      }
      path = next
    }
    throw DurableFile.failure("read", path, .tooManySymbolicLinkLevels)
  }

  private func beside(_ ending: String) -> FilePath { FilePath(state.string + ending) }

  private static func target(of link: FilePath) -> FilePath? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = unsafe link.withPlatformString { link in unsafe readlink(link, &buffer, Int(PATH_MAX)) }
    guard count > 0 else { return nil }
    return FilePath(String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self))
  }
}
