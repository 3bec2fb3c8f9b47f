internal import Diagnostics
internal import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// Where a sandbox has its socket, its data and its log.
struct SandboxFolder: Sendable {
  /// The socket's folder, with the lock, the log and, where the server's user cannot reach the project, the data.
  let path: FilePath
  /// The data of a cluster that is made, wherever it is.
  let data: FilePath?

  var lock: FilePath { path.appending("lock") }
  var log: FilePath { path.appending("log") }
  var socket: FilePath { path.appending(".s.PGSQL.\(Sandbox.port)") }

  /// The name is the same for a project and user, as long as neither moves.
  static func path(of sandbox: Sandbox) -> FilePath {
    let name =
      "sluice-\(sandbox.account.user)-\(hash(sandbox.project.string))" + (sandbox.isUntrusted ? "-untrusted" : "")
    if !sandbox.account.isOther, let runtime = sandbox.environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") {
      let folder = FilePath(runtime)
      // The path of a socket has at most 107 bytes on Linux, 103 on macOS.
      let isShort = "\(folder)/\(name)/.s.PGSQL.\(Sandbox.port)".utf8.count <= 103
      if isShort, let facts = FileFacts(of: folder), facts.isFolder, facts.owner == sandbox.account.user {
        return folder.appending(name)
      }
    }
    return FilePath("/tmp").appending(name)
  }

  /// The folder as it is.
  ///
  /// - Returns: nothing where there is none.
  /// - Throws: `Failure` where somebody else made it, or others may enter it.
  static func existing(of sandbox: Sandbox) throws -> SandboxFolder? {
    let path = path(of: sandbox)
    guard let facts = FileFacts(of: path) else { return nil }
    guard facts.isFolder, facts.owner == sandbox.account.user, facts.othersMay == 0 else {
      throw Failure(
        Diagnostic(
          .error, "sandbox-folder", "\(path) is not a folder that only the sandbox's user may enter",
          help: ["somebody else has made it; remove it, then try again"]))
    }
    let places = (sandbox.isUntrusted ? [] : [dataInProject(sandbox)]) + [path.appending("data")]
    let data = places.first { FileFacts(of: $0) != nil }
    return SandboxFolder(path: path, data: data)
  }

  /// The folder, made where it is not there.
  ///
  /// - Throws: `Failure`.
  static func made(for sandbox: Sandbox) throws -> SandboxFolder {
    let path = path(of: sandbox)
    do { try PrivateFolder.make(path, for: sandbox.account) } catch {
      throw Failure(Diagnostic(.error, "sandbox-folder", "the folder \(path) cannot be made: \(error)"))
    }
    guard let folder = try existing(of: sandbox) else {
      throw Failure(Diagnostic(.error, "sandbox-folder", "the folder \(path) was made, and is gone"))
    }
    return folder
  }

  /// Where new data goes: the project, or beside the socket where the server's user cannot write in the project, or the
  /// project is a stranger's.
  func placeForData(of sandbox: Sandbox) async throws -> FilePath {
    if sandbox.isUntrusted { return path.appending("data") }
    let inProject = Self.dataInProject(sandbox)
    let parent = inProject.removingLastComponent()
    do {
      try FileManager.default.createDirectory(
        atPath: parent.removingLastComponent().string, withIntermediateDirectories: true)
      try PrivateFolder.make(parent, for: sandbox.account)
    } catch { return path.appending("data") }
    let isReachable = try await ServerCommand(sandbox).succeeds("/usr/bin/test", ["-w", parent.string])
    return isReachable ? inProject : path.appending("data")
  }

  private static func dataInProject(_ sandbox: Sandbox) -> FilePath {
    sandbox.project.appending(".sluice").appending("sandbox").appending("data")
  }

  /// FNV-1a with 64 bits: short, and the same in every run. Nothing rests on it but the folder's name.
  static func hash(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
