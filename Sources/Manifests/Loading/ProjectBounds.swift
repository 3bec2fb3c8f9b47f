public import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Where a project's folder ends: tells paths that stay in it from those that lead out, by links too.
public struct ProjectBounds: Sendable {
  /// The project's folder as it is reached, absolute.
  private let root: FilePath
  /// The same without links.
  private let realRoot: FilePath

  /// How many links a path may lead through, as in the kernel.
  private static let mostLinks = 40

  /// Makes bounds around the folder `root`, which is absolute.
  public init(of root: FilePath) {
    self.root = root.lexicallyNormalized()
    realRoot = Self.resolved(self.root) ?? self.root
  }

  /// Whether what is, or would come, at `path` is in the project; `path` is absolute or relative to the project.
  public func contain(_ path: String) -> Bool {
    guard let real = Self.resolved(root.pushing(FilePath(path))) else { return false }
    return real.starts(with: realRoot)
  }

  /// Whether the folders of a pattern before its first part that stands for many are in the project.
  public func containStart(of pattern: String) -> Bool {
    let parts = pattern.split(separator: "/").prefix { !$0.contains { "*?[".contains($0) } }
    return contain((pattern.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/"))
  }

  /// The path without links; parts that do not exist stay as they are. Nothing where links lead round in circles.
  private static func resolved(_ path: FilePath) -> FilePath? {
    var real = FilePath("/")
    var rest = Array(path.components.reversed())
    var links = 0
    while let part = rest.popLast() {
      switch part.kind {
      case .currentDirectory: continue
      case .parentDirectory:
        real.removeLastComponent()
        continue
      case .regular: break
      }
      let next = real.appending(part)
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: next.string) else {
        real = next
        continue
      }
      links += 1
      if links > mostLinks { return nil }
      let link = FilePath(target)
      if link.isAbsolute { real = FilePath("/") }
      rest += link.components.reversed()
    }
    return real
  }
}
