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
  private let options: PlatformOptions
  private let path: String
  private let owner: ServerAccount?

  init(_ sandbox: Sandbox) {
    var options = PlatformOptions()
    if sandbox.account.isOther {
      options.userID = sandbox.account.user
      options.groupID = sandbox.account.group
      options.supplementaryGroups = [sandbox.account.group]
    }
    // Interrupts at the terminal are the command's; a server that it is just starting lives on.
    options.createSession = true
    self.options = options
    owner = sandbox.account.isOther ? sandbox.account : nil
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
    if let owner, fchown(file.rawValue, owner.user, owner.group) != 0 { throw Errno(rawValue: errno) }
    return try await status(
      program, arguments, error: .fileDescriptor(file, closeAfterSpawningProcess: true)
    ).isSuccess
  }

  private func status<Output: ErrorOutputProtocol & Sendable>(
    _ program: FilePath, _ arguments: [String], error: Output
  ) async throws -> TerminationStatus where Output.OutputType: Sendable {
    try await Subprocess.run(
      .path(program), arguments: Arguments(arguments),
      environment: .custom(["PATH": path, "LC_ALL": "C", "TZ": "UTC"]), workingDirectory: "/",
      platformOptions: options, input: .none, output: .discarded, error: error
    ).terminationStatus
  }
}
