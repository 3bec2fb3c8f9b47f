/// The beginning of a file's text, as far as `bytes`, the beginning of the file, hold it: decompressed where they are gzip
/// or zstd, by what they begin with.
///
/// - Parameter count: how many bytes are given at most.
public func decompressed(_ bytes: [UInt8], atMost count: Int) -> [UInt8] {
  let stream: any ByteStream
  if bytes.starts(with: [0x1F, 0x8B]) {
    stream = GzipStream(MemoryStream(bytes), name: "")
  } else if bytes.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
    stream = ZstdStream(MemoryStream(bytes), name: "")
  } else {
    return bytes
  }
  var text = [UInt8](repeating: 0, count: count)
  var end = 0
  // What is cut off, or damaged, gives as much as it holds.
  while end < count,
    let read = try? text.withUnsafeMutableBytes({ buffer in
      try stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
    }), read > 0
  {
    end += read
  }
  return Array(text[..<end])
}
