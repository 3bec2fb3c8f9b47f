/// Rows as one COPY takes them, on their way from the thread that makes them to the one that sends them.
final class Chunk {
  /// How the rows are written.
  enum Format: Equatable {
    case binary
    /// COPY's text format, to be read with these settings.
    case text(TextReading)
  }

  var format = Format.binary
  var bytes: ByteBuffer
  /// Which rows they are.
  var rows = SentRows.list([])
  /// How many rows, and how many bytes of the source, were read when the chunk was full.
  var rowsRead = 0
  var bytesRead = 0

  /// A chunk without rows, with room for `capacity` bytes.
  init(capacity: Int) { bytes = ByteBuffer(capacity: capacity) }

  /// Makes it empty.
  func clear() {
    bytes.truncate(to: 0)
    rows = .list([])
  }
}
