internal import Diagnostics
internal import Subprocess
internal import SystemPackage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Runs PostgreSQL's programs as the server's user, with an environment that says nothing of the caller's.
struct ServerCommand {
  private let account: ServerAccount
  private let path: String

  init(_ sandbox: Sandbox) {
    account = sandbox.account
    path = sandbox.environment["PATH"] ?? "/usr/bin:/bin"
  }

  /// Whether the program ends with 0.
  func succeeds(_ program: FilePath, _ arguments: [String]) async throws -> Bool {
    try await status(program, arguments, error: .discarded).isSuccess
  }

  /// Runs the program, with standard output and standard error at the end of the file `log`.
  ///
  /// A file and no pipe: the server keeps what pg_ctl hands it, and a pipe would never end.
  func run(_ program: FilePath, _ arguments: [String], log: FilePath) async throws -> Bool {
    let file = try FileDescriptor.open(
      log, .writeOnly, options: [.create, .append, .noFollow, .closeOnExec],
      permissions: [.ownerReadWrite])
    // The server goes on in the same file, as its own user.
    if account.isOther, fchown(file.rawValue, account.user, account.group) != 0 { throw Errno(rawValue: errno) }
    return try await status(
      program, arguments, error: .fileDescriptor(file, closeAfterSpawningProcess: true)
    ).isSuccess
  }

  private func status<Output: ErrorOutputProtocol & Sendable>(
    _ program: FilePath, _ arguments: [String], error: Output
  ) async throws -> TerminationStatus where Output.OutputType: Sendable {
    let words = try prefix() + [program.string] + arguments
    var options = PlatformOptions()
    // Interrupts at the terminal are the command's; a server that it is just starting lives on.
    options.createSession = true
    return try await Subprocess.run(
      .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())),
      environment: .custom(["PATH": path, "LC_ALL": "C", "TZ": "UTC"]), workingDirectory: "/",
      platformOptions: options, input: .none, output: .discarded, error: error
    ).terminationStatus
  }

  /// The program that becomes the server's user and then runs another one.
  ///
  /// Not `PlatformOptions.userID`: it calls setuid between fork and exec, where glibc waits for threads that the child
  /// does not have, now and then for ever.
  ///
  /// - Throws: `Failure` where the system has none.
  private func prefix() throws -> [String] {
    guard account.isOther else { return [] }
    let (user, group) = (String(account.user), String(account.group))
    let ways = [
      ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups", "--"],
      ["/usr/bin/sudo", "-n", "-u", "#\(user)", "-g", "#\(group)", "--"],
    ]
    guard let way = ways.first(where: { FileFacts(of: FilePath($0[0])) != nil }) else {
      throw Failure(
        Diagnostic(
          .error, "sandbox-programs-missing", "root needs setpriv or sudo to run the sandbox's server as another user",
          help: ["apt install util-linux", "dnf install util-linux", "apk add setpriv"]))
    }
    return way
  }
}
