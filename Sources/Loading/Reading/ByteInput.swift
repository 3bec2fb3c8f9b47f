internal import Diagnostics
internal import SystemPackage

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where a reader's bytes come from: an open file, or memory.
///
/// A file is closed when the input goes away.
final class ByteInput {
  /// What errors call it: a path relative to the project.
  let name: String
  private let descriptor: FileDescriptor?
  private let memory: [UInt8]
  /// How many bytes were read so far.
  private(set) var bytesRead = 0

  /// Opens the regular file at `path`.
  init(file path: FilePath, name: String) throws(Failure) {
    self.name = name
    memory = []
    do {
      descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    } catch {
      throw Failure(.sourceReadable("cannot open \(name): \(describe(error))", name))
    }
  }

  /// Reads from memory.
  init(memory: [UInt8], name: String) {
    self.name = name
    self.memory = memory
    descriptor = nil
  }

  deinit { try? descriptor?.close() }

  /// Reads into `buffer`; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    let read: Int
    if let descriptor {
      do {
        read = try descriptor.read(into: buffer)
      } catch {
        throw Failure(.sourceReadable("cannot read \(name): \(describe(error))", name))
      }
    } else {
      read = min(buffer.count, memory.count - bytesRead)
      memory.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[bytesRead..<bytesRead + read])) }
    }
    bytesRead += read
    return read
  }
}

/// The system's words for an error of the file system.
func describe(_ error: any Error) -> String {
  guard let errno = error as? Errno else { return "\(error)" }
  return errno.description
}

extension Diagnostic {
  /// A source that cannot be read, with its place as far as it is known.
  static func sourceReadable(
    _ message: String, _ file: String, line: Int = 1, column: Int = 1, help: [String] = []
  ) -> Diagnostic {
    Diagnostic(
      .error, "source-readable", message, at: Place(file: file, line: line, column: column), help: help)
  }
}
