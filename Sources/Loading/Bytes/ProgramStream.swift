internal import Diagnostics
internal import Secrets
internal import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a program prints. At its end the program has ended, and well: what was read of one that failed is no use.
///
/// The program is stopped when the stream goes away.
final class ProgramStream: ByteStream {
  private let run: ProgramRun
  private let output: FileDescriptor
  private let errors: FileDescriptor
  private let program: String
  private let name: String
  private let stop: InputStop
  private(set) var bytesRead = 0
  private var isAtEnd = false
  private var hasErrors = true
  /// The last of what it said on standard error.
  private var said: [UInt8] = []

  /// How long a wait may be before somebody looks whether it is still wanted.
  private static let pause: Int32 = 50
  /// How much of standard error is kept.
  private static let saidLimit = 4096

  /// The stream of `run`; takes the descriptors over.
  init(
    _ run: ProgramRun, output: FileDescriptor, errors: FileDescriptor, program: String, name: String, _ stop: InputStop
  ) {
    self.run = run
    self.program = program
    self.output = output
    self.errors = errors
    self.name = name
    self.stop = stop
  }

  deinit {
    run.stop()
    try? output.close()
    try? errors.close()
  }

  /// A pipe that no other program gets hold of.
  static func pipe(for name: String) throws(Failure) -> (read: FileDescriptor, write: FileDescriptor) {
    var ends: [Int32] = [-1, -1]
    let result = Self.systemPipe(&ends)
    for end in ends where result == 0 { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    #if os(Linux)
      // F_SETPIPE_SZ, which the header hides: larger steps from one process to the other, where the system grants that.
      _ = fcntl(ends[1], 1031, 1 << 20)
    #endif
    guard result == 0 else {
      let error = Errno(rawValue: errno)
      throw Failure(Diagnostic(.error, "source-program", "no pipe for \(name): \(error.description)"))
    }
    return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
  }

  private static func systemPipe(_ ends: inout [Int32]) -> Int32 {
    #if canImport(Darwin)
      Darwin.pipe(&ends)
    #elseif canImport(Glibc)
      Glibc.pipe(&ends)
    #else
      Musl.pipe(&ends)
    #endif
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    var count = 0
    // What is there already is taken at once, so that rows are looked for in large pieces.
    while !isAtEnd, count < buffer.count {
      guard try isReady(wait: count == 0 ? Self.pause : 0) else {
        if count == 0 { continue }
        break
      }
      let read = try read(output, into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      count += read
      if read == 0 { isAtEnd = true }
    }
    bytesRead += count
    if count == 0 { try checkEnd() }
    return count
  }

  /// Waits until there is output, or its end; takes up what comes on standard error meanwhile.
  private func isReady(wait milliseconds: Int32) throws(Failure) -> Bool {
    if stop.isStopped { throw Self.unwanted(name) }
    var ends = [
      pollfd(fd: output.rawValue, events: Int16(POLLIN), revents: 0),
      pollfd(fd: hasErrors ? errors.rawValue : -1, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&ends, 2, milliseconds) > 0 else { return false }
    if ends[1].revents != 0 { try takeErrors() }
    return ends[0].revents != 0
  }

  private func takeErrors() throws(Failure) {
    let limit = Self.saidLimit
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: limit, alignment: 1)
    defer { buffer.deallocate() }
    let read = try read(errors, into: buffer)
    if read == 0 { hasErrors = false }
    said += buffer[..<read]
    if said.count > limit { said.removeFirst(said.count - limit) }
  }

  private func read(_ descriptor: FileDescriptor, into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    do { return try descriptor.read(into: buffer) } catch {
      throw Failure(Diagnostic(.error, "source-program", "cannot read \(name): \(fileErrorWords(error))"))
    }
  }

  /// Waits until the program has ended; it may well go on after its output has.
  private func checkEnd() throws(Failure) {
    while true {
      let end = run.end(within: Int(Self.pause))
      // Once more after the end: what it said last came before that.
      while hasErrors, try hasSaidMore() { try takeErrors() }
      switch end {
      case nil: if stop.isStopped { throw Self.unwanted(name) }
      case .ended(failure: nil): return
      case .ended(let failure?):
        throw Failure(Diagnostic(.error, "source-program", "`\(program)` \(failure)", help: help))
      case .notStarted(let reason):
        throw Failure(
          Diagnostic(
            .error, "source-program", "`\(program)` could not be started: \(reason)",
            help: [
              "the first part of `command:` is a program in PATH, or a path relative to the project; there is no shell"
            ]))
      case .stopped: throw Self.unwanted(name)
      }
    }
  }

  private func hasSaidMore() throws(Failure) -> Bool {
    var end = pollfd(fd: errors.rawValue, events: Int16(POLLIN), revents: 0)
    return poll(&end, 1, 0) > 0
  }

  /// The last lines that it said.
  private var help: [String] {
    let lines = Redaction.redacted(String(decoding: said, as: UTF8.self)).split(whereSeparator: \.isNewline).suffix(10)
    return lines.isEmpty ? ["it said nothing on standard error"] : ["it says: \(lines.joined(separator: "\n"))"]
  }

  /// Why reading ends where nobody wants more; nobody sees it.
  private static func unwanted(_ name: String) -> Failure {
    Failure(Diagnostic(.error, "source-program", "reading \(name) was stopped"))
  }
}
