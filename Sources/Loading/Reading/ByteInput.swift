internal import Diagnostics

/// Where a reader's bytes come from, and what errors call that.
final class ByteInput {
  /// A path relative to the project, or what a program is called.
  let name: String
  private let stream: any ByteStream

  /// Reads a stream.
  init(_ stream: some ByteStream, name: String) {
    self.name = name
    self.stream = stream
  }

  /// Reads from memory.
  convenience init(memory: [UInt8], name: String) { self.init(MemoryStream(memory), name: name) }

  /// How many bytes of the source itself were read so far.
  var bytesRead: Int { stream.bytesRead }

  /// Reads into `buffer`; 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int { try stream.read(into: buffer) }
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
