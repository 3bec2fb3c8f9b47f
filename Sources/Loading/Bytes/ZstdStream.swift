internal import CZstd
internal import Diagnostics

/// The bytes of a zstd stream, all of its frames one after the other.
final class ZstdStream: ByteStream {
  private let compressed: any ByteStream
  private let name: String
  private let zstd: OpaquePointer
  private let input: UnsafeMutableRawBufferPointer
  private var filled = 0
  private var used = 0
  /// Whether a frame has begun and not ended.
  private var isInFrame = false
  /// Whether the last step was ended by the buffer, so that there may be more without further input.
  private var hasMore = false

  /// A stream that takes `compressed` over.
  init(_ compressed: some ByteStream, name: String) {
    self.compressed = compressed
    self.name = name
    input = .allocate(byteCount: 1 << 16, alignment: 16)
    // It fails for want of memory alone.
    guard let zstd = ZSTD_createDStream() else { preconditionFailure("zstd has no memory") }
    self.zstd = zstd
  }

  deinit {
    ZSTD_freeDStream(zstd)
    input.deallocate()
  }

  var bytesRead: Int { compressed.bytesRead }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    var out = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
    while out.pos == 0 {
      // What is decoded already may be waiting even where all input is used.
      if used == filled, !isInFrame || !hasMore {
        guard try refill() else { break }
      }
      var from = ZSTD_inBuffer(src: input.baseAddress, size: filled, pos: used)
      let result = ZSTD_decompressStream(zstd, &out, &from)
      used = from.pos
      guard ZSTD_isError(result) == 0 else {
        throw Failure(
          .sourceReadable(
            "\(name) is no zstd, or damaged: \(String(cString: ZSTD_getErrorName(result)))", name,
            help: ["`compression: none` reads it as it is; `zstd -t` checks a file"]))
      }
      isInFrame = result != 0
      hasMore = out.pos == out.size
    }
    return out.pos
  }

  /// Reads more; false at the end.
  private func refill() throws(Failure) -> Bool {
    hasMore = false
    used = 0
    filled = try compressed.read(into: input)
    if filled > 0 { return true }
    guard !isInFrame, compressed.bytesRead > 0 else {
      throw Failure(
        .sourceReadable(
          compressed.bytesRead == 0 ? "\(name) is empty, and no zstd" : "\(name) ends early: its zstd data is cut off",
          name))
    }
    return false
  }
}
