internal import Diagnostics
internal import SystemPackage

/// FNV-1a of the first and the last `blockSize` bytes of a file (of all of a file that is shorter than both).
func fileChecksum(_ file: SourceFile, blockSize: Int) throws(Failure) -> String {
  do {
    let descriptor = try FileDescriptor.open(file.path, .readOnly, options: .closeOnExec)
    return try descriptor.closeAfter {
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      let tail = max(file.size - blockSize, blockSize)
      for range in [0..<min(blockSize, file.size), min(tail, file.size)..<file.size] {
        let bytes = try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
          while count < range.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
            let read = try descriptor.read(fromAbsoluteOffset: Int64(range.lowerBound + count), into: rest)
            if read == 0 { break }
            count += read
          }
        }
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      }
      let digits = String(hash, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
  } catch {
    throw Failure(.sourceReadable("cannot read \(file.name): \(fileErrorWords(error))", file.name))
  }
}
