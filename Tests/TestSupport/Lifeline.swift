internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A process that lives as long as this one.
enum Lifeline {
  /// `POSIX_SPAWN_SETSID`, which Glibc's module leaves out.
  #if canImport(Darwin)
    private static let newSession: Int16 = 0x400
  #else
    private static let newSession: Int16 = 0x80
  #endif

  /// A command that runs as a user that PostgreSQL's programs accept, who owns `folder`: `postgres` in place of root.
  static func asServer(_ command: [String], owning folder: String) throws -> [String] {
    guard geteuid() == 0 else { return command }
    guard let user = getpwnam("postgres") else { throw ClusterError(message: "root needs a user \"postgres\"") }
    guard chown(folder, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
      throw ClusterError(message: "the folder cannot be given to the user \"postgres\"")
    }
    let places = ["/usr/sbin/runuser", "/sbin/runuser"]
    return [places.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "runuser", "-u", "postgres", "--"]
      + command
  }

  /// Starts `command` with a pipe as standard input that is never written, and closes when this process ends.
  ///
  /// - Returns: its standard output up to the first `ready`, or all of it where it ends before; and the end of the pipe,
  ///   to be closed to end it sooner.
  static func spawn(_ command: [String]) throws -> (output: String, lifeline: Int32) {
    var input: [Int32] = [-1, -1]
    var output: [Int32] = [-1, -1]
    guard openPipe(&input) == 0, openPipe(&output) == 0 else { throw ClusterError(message: "no pipe") }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input[0], 0)
    posix_spawn_file_actions_adddup2(&actions, output[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A session of its own: an interrupt from the terminal ends the tests, and only then the cluster.
    posix_spawnattr_setflags(&attributes, newSession | Int16(POSIX_SPAWN_SETSIGMASK))
    // Threads of a pool block all signals, which a child would go on to do.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let status = posix_spawn(&process, command[0], &actions, &attributes, &arguments, environ)
    close(input[0])
    close(output[1])
    guard status == 0 else {
      for descriptor in [input[1], output[0], output[1]] { close(descriptor) }
      throw ClusterError(message: "\(command[0]): \(String(cString: strerror(status)))")
    }
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while !text.contains("ready") {
      let count = read(output[0], &buffer, buffer.count)
      if count <= 0 { break }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    close(output[0])
    return (text, input[1])
  }

  /// A pipe that no other child holds open, be it started at this very moment.
  private static func openPipe(_ ends: inout [Int32]) -> Int32 {
    #if canImport(Glibc)
      // pipe2 is one that Glibc's module leaves out.
      return socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
    #else
      let status = pipe(&ends)
      for descriptor in ends { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
      return status
    #endif
  }
}

/// `close`, which a method of the same name hides.
func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }
