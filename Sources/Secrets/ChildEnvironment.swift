internal import Synchronization

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The variables of programs that are started: the process's own, without libpq's and without those that hold secrets.
///
/// A program's environment can be read by all that its user runs, is handed on to what it starts itself, and ends in many
/// a bug report.
public enum ChildEnvironment {
  private static let secret = Mutex<Set<String>>([])

  /// Keeps the variables `names`, which manifests name as secrets, from all programs that are started from now on.
  public static func withhold(_ names: some Sequence<String>) { secret.withLock { $0.formUnion(names) } }

  /// What a program that is started now inherits.
  public static var current: [String: String] {
    let secret = secret.withLock { $0 }
    return ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") && !secret.contains($0.key) }
  }
}
