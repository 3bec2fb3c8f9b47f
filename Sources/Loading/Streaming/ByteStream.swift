internal import Diagnostics
internal import SystemPackage

/// A stream of bytes: from the outside, or made of those of another stream.
protocol ByteStream: AnyObject {
  /// How many bytes of the source itself were read so far: compressed ones where they are compressed.
  var bytesRead: Int { get }

  /// Reads into `buffer`, which has room; 0 at the end, and again whenever it is asked after that.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int
}

/// The bytes of a regular file, which is closed when the stream goes away.
final class FileStream: ByteStream {
  private let descriptor: FileDescriptor
  private let name: String
  private(set) var bytesRead = 0

  /// Opens the regular file at `path`.
  init(_ path: FilePath, name: String) throws(Failure) {
    self.name = name
    do {
      descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    } catch {
      throw Failure(.sourceReadable("cannot open \(name): \(fileErrorWords(error))", name))
    }
  }

  deinit { try? descriptor.close() }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    do {
      let read = try descriptor.read(into: buffer)
      bytesRead += read
      return read
    } catch {
      throw Failure(.sourceReadable("cannot read \(name): \(fileErrorWords(error))", name))
    }
  }
}

/// Bytes that are in memory.
final class MemoryStream: ByteStream {
  private let memory: [UInt8]
  private(set) var bytesRead = 0

  init(_ memory: [UInt8]) { self.memory = memory }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    let read = min(buffer.count, memory.count - bytesRead)
    memory.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[bytesRead..<bytesRead + read])) }
    bytesRead += read
    return read
  }
}
