internal import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The bytes of a stream of text, converted to UTF-8 by iconv.
final class RecodedStream: ByteStream {
  private let text: any ByteStream
  private let name: String
  private let encoding: String
  private let converter: iconv_t
  private let input: UnsafeMutableRawBufferPointer
  /// What was read and not converted yet stands here in `input`.
  private var rest = 0..<0
  private var isAtEnd = false
  /// Whether `rest` is the beginning of a character.
  private var isShort = false
  /// The line that is read, for errors.
  private var line = 1

  private static let inputSize = 1 << 16

  /// A stream that takes `text` over.
  ///
  /// - Throws: `source-encoding` where iconv does not know the encoding.
  init(_ text: some ByteStream, from encoding: String, name: String) throws(Failure) {
    self.text = text
    self.name = name
    self.encoding = encoding
    converter = try Self.open(encoding, name)
    input = .allocate(byteCount: Self.inputSize, alignment: 16)
  }

  deinit {
    iconv_close(converter)
    input.deallocate()
  }

  var bytesRead: Int { text.bytesRead }

  /// Whether text in `encoding` needs no conversion.
  static func isUTF8(_ encoding: String) -> Bool { ["utf-8", "utf8"].contains(encoding.lowercased()) }

  /// Refuses an encoding that iconv does not know.
  static func check(_ encoding: String, _ name: String) throws(Failure) {
    if !isUTF8(encoding) { iconv_close(try open(encoding, name)) }
  }

  private static func open(_ encoding: String, _ name: String) throws(Failure) -> iconv_t {
    // iconv_open gives (iconv_t)-1 for an encoding that it does not know.
    guard let converter = iconv_open("UTF-8", encoding), Int(bitPattern: converter) != -1 else {
      throw Failure(
        Diagnostic(
          .error, "source-encoding", "the encoding \"\(encoding)\" is not known here",
          help: ["`iconv -l` lists those that are; for example latin1, windows-1252, utf-16"]))
    }
    return converter
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    guard let start = buffer.baseAddress else { return 0 }
    let first = UnsafePointer(start.assumingMemoryBound(to: UInt8.self))
    var out: UnsafeMutablePointer<CChar>? = start.assumingMemoryBound(to: CChar.self)
    var room = buffer.count
    while room == buffer.count {
      if rest.isEmpty || isShort, try !refill() { break }
      // Valid as long as the stream, and nothing is written behind `rest`.
      var from = input.baseAddress.map { ($0 + rest.lowerBound).assumingMemoryBound(to: CChar.self) }
      var left = rest.count
      errno = 0
      let result = iconv(converter, &from, &left, &out, &room)
      rest = (rest.upperBound - left)..<rest.upperBound
      isShort = false
      guard result == -1 else { continue }
      switch errno {
      case E2BIG where room < buffer.count: break
      case EINVAL: isShort = true
      default: throw invalid(behind: Bytes(start: first, count: buffer.count - room))
      }
    }
    let written = Bytes(start: first, count: buffer.count - room)
    line += written.occurrences(of: UInt8(ascii: "\n"))
    return written.count
  }

  /// Reads more behind what is left; false at the end.
  private func refill() throws(Failure) -> Bool {
    guard let base = input.baseAddress, !isAtEnd else { return false }
    memmove(base, base + rest.lowerBound, rest.count)
    let read = try text.read(into: UnsafeMutableRawBufferPointer(rebasing: input[rest.count...]))
    rest = 0..<rest.count + read
    if read > 0 { return true }
    isAtEnd = true
    if !rest.isEmpty { throw invalid(behind: .none) }
    return false
  }

  private func invalid(behind written: Bytes) -> Failure {
    Failure(
      .sourceReadable(
        "\(name) has bytes that are no \(encoding)", name,
        line: line + written.occurrences(of: UInt8(ascii: "\n")),
        help: ["write another `csv: {encoding: ...}` on the source"]))
  }
}
