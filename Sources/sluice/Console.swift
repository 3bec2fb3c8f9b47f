#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The process's two streams: results on standard output, all else on standard error.
enum Console {
  /// Prints a result.
  static func result(_ text: String) { write(text, to: STDOUT_FILENO) }

  /// Prints what is no result: diagnostics, progress, questions.
  static func note(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Prints on standard error without a newline at the end, for lines that are drawn anew.
  static func draw(_ text: String) {
    StatusLine.giveWay()
    writeError(text)
  }

  /// Prints on standard error, whatever stands there.
  static func writeError(_ text: String) { writeAll(text, to: STDERR_FILENO) }

  /// Ends the process.
  static func exit(_ status: Int32) -> Never {
    #if canImport(Glibc)
      Glibc.exit(status)
    #elseif canImport(Musl)
      Musl.exit(status)
    #else
      Darwin.exit(status)
    #endif
  }

  private static func write(_ text: String, to file: Int32) {
    StatusLine.giveWay()
    writeAll(text.hasSuffix("\n") ? text : text + "\n", to: file)
  }

  private static func writeAll(_ text: String, to file: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while unsafe !rest.isEmpty {
        #if canImport(Glibc)
          let count = unsafe Glibc.write(file, rest.baseAddress, rest.count)
        #elseif canImport(Musl)
          let count = unsafe Musl.write(file, rest.baseAddress, rest.count)
        #else
          let count = unsafe Darwin.write(file, rest.baseAddress, rest.count)
        #endif
        if count < 0, errno == EINTR { continue }
        // The reader is gone (`| head`): there is nobody left to tell.
        if count <= 0 { return }
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
    }
  }
}
