internal import CZlib
internal import Diagnostics

/// The bytes of a gzip stream, all of its members one after the other.
final class GzipStream: ByteStream {
  private let compressed: any ByteStream
  private let name: String
  // zlib keeps the address, so it is on the heap.
  private let zlib: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutableRawBufferPointer
  private var isAtEnd = false
  /// Whether the last member has ended, and no other has begun.
  private var isBetweenMembers = true
  /// Whether the last step was ended by the buffer, so that there may be more without further input.
  private var hasMore = false

  /// A stream that takes `compressed` over.
  init(_ compressed: some ByteStream, name: String) {
    self.compressed = compressed
    self.name = name
    input = .allocate(byteCount: 1 << 16, alignment: 16)
    zlib = .allocate(capacity: 1)
    zlib.initialize(to: z_stream())
    // 15 is the largest window, 16 asks for gzip's header and checksum. It fails for want of memory alone.
    let status = sluice_inflate_init(zlib, 15 + 16)
    precondition(status == Z_OK, "zlib has no memory")
  }

  deinit {
    inflateEnd(zlib)
    zlib.deallocate()
    input.deallocate()
  }

  var bytesRead: Int { compressed.bytesRead }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    let room = min(buffer.count, Int(UInt32.max))
    zlib.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    zlib.pointee.avail_out = UInt32(room)
    while zlib.pointee.avail_out == room, !isAtEnd {
      if zlib.pointee.avail_in == 0, !hasMore || isBetweenMembers {
        guard try refill() else { break }
      }
      if isBetweenMembers, try !beginMember() { continue }
      let status = inflate(zlib, Z_NO_FLUSH)
      hasMore = zlib.pointee.avail_out == 0
      switch status {
      case Z_OK, Z_BUF_ERROR: continue
      case Z_STREAM_END: isBetweenMembers = true
      default:
        let words = zlib.pointee.msg.map { String(cString: $0) }
        throw damaged(words.map { ": \($0)" } ?? "")
      }
    }
    return room - Int(zlib.pointee.avail_out)
  }

  /// Reads more; false at the end.
  private func refill() throws(Failure) -> Bool {
    let read = try compressed.read(into: input)
    zlib.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    zlib.pointee.avail_in = UInt32(read)
    if read > 0 { return true }
    isAtEnd = true
    guard isBetweenMembers, compressed.bytesRead > 0 else {
      throw Failure(
        .sourceReadable(
          compressed.bytesRead == 0 ? "\(name) is empty, and no gzip" : "\(name) ends early: its gzip data is cut off",
          name))
    }
    return false
  }

  /// Makes ready for a member where one begins; false where there was padding.
  private func beginMember() throws(Failure) -> Bool {
    // As gzip does, zeros behind a member are passed over: tapes and block devices leave them.
    if zlib.pointee.total_in > 0 {
      while zlib.pointee.avail_in > 0, zlib.pointee.next_in.pointee == 0 {
        zlib.pointee.next_in += 1
        zlib.pointee.avail_in -= 1
      }
      if zlib.pointee.avail_in == 0 { return false }
      guard inflateReset(zlib) == Z_OK else { throw damaged("") }
    }
    isBetweenMembers = false
    return true
  }

  private func damaged(_ words: String) -> Failure {
    Failure(
      .sourceReadable(
        "\(name) is no gzip, or damaged\(words)", name,
        help: ["`compression: none` reads it as it is; `gzip -t` checks a file"]))
  }
}
