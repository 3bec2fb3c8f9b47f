internal import Diagnostics
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The system's user that the server runs as: the caller, or another one for root, as PostgreSQL refuses to run as root.
struct ServerAccount: Sendable, Hashable {
  var user: UInt32
  var group: UInt32
  /// Whether the caller is root, and so has to become this user.
  var isOther: Bool

  /// - Throws: `Failure` where root finds no such user.
  static func forServer() throws -> ServerAccount {
    guard geteuid() == 0 else { return ServerAccount(user: geteuid(), group: getegid(), isOther: false) }
    for name in ["postgres", "_postgres", "nobody"] {
      if let entry = unsafe getpwnam(name), unsafe entry.pointee.pw_uid != 0 {
        return unsafe ServerAccount(user: entry.pointee.pw_uid, group: entry.pointee.pw_gid, isOther: true)
      }
    }
    throw Failure(
      Diagnostic(
        .error, "sandbox-no-user", "PostgreSQL does not run as root, and there is no user \"postgres\" to run it as",
        help: ["useradd --system postgres"]))
  }
}

/// What the system says of a file, without following a link.
struct FileFacts {
  var isFolder: Bool
  var owner: UInt32
  /// The permissions of group and others.
  var othersMay: UInt32

  /// Nothing where there is no such file.
  init?(of path: FilePath) {
    var info = stat()
    guard unsafe lstat(path.string, &info) == 0 else { return nil }
    isFolder = info.st_mode & S_IFMT == S_IFDIR
    owner = info.st_uid
    othersMay = UInt32(info.st_mode) & 0o077
  }
}

/// Makes folders that only their owner may enter.
enum PrivateFolder {
  /// Makes the folder, unless something of that name is there already.
  ///
  /// - Throws: `Errno`.
  static func make(_ path: FilePath, for account: ServerAccount) throws {
    if unsafe mkdir(path.string, 0o700) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
    guard account.isOther, let facts = FileFacts(of: path), facts.isFolder, facts.owner == 0 else { return }
    if unsafe lchown(path.string, account.user, account.group) != 0 { throw Errno(rawValue: errno) }
  }
}

/// The real path of a folder.
enum RealPath {
  /// - Throws: `Failure` where it does not exist.
  static func of(_ path: FilePath) throws -> FilePath {
    guard let real = unsafe realpath(path.string, nil) else {
      throw Failure(Diagnostic(.error, "no-such-folder", "the folder \(path) does not exist"))
    }
    defer { unsafe free(real) }
    return unsafe FilePath(String(cString: real))
  }
}
