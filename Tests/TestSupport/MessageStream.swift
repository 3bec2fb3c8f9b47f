/// A message of PostgreSQL's protocol, with its type and length (manual, 55.7).
struct Message {
  var bytes: ArraySlice<UInt8>
  /// Nothing for the one that a connection starts with, which has none.
  var type: UInt8?

  /// Rows on their way.
  var isCopyData: Bool { type == UInt8(ascii: "d") }
  /// BackendKeyData, which names the process.
  var isBackendKey: Bool { type == UInt8(ascii: "K") }
  /// COMMIT by the simple or the extended protocol (an unnamed statement).
  var isCommit: Bool {
    type == UInt8(ascii: "Q") && body.elementsEqual("COMMIT\0".utf8)
      || type == UInt8(ascii: "P") && body.starts(with: "\0COMMIT\0".utf8)
  }
  /// The answer to COMMIT.
  var isCommitted: Bool { type == UInt8(ascii: "C") && body.elementsEqual("COMMIT\0".utf8) }
  /// ErrorResponse.
  var isError: Bool { type == UInt8(ascii: "E") }
  /// The process that BackendKeyData names.
  var process: Int { body.prefix(4).reduce(0) { $0 << 8 | Int($1) } }

  private var body: ArraySlice<UInt8> { bytes.dropFirst(5) }
}

/// Takes a stream of bytes apart into messages.
struct MessageStream {
  private var pending: [UInt8] = []
  private var at = 0
  /// Whether the next message has a type.
  private var hasTypes: Bool

  init(isClient: Bool) { hasTypes = !isClient }

  mutating func append(_ bytes: ArraySlice<UInt8>) {
    pending.removeFirst(at)
    at = 0
    pending += bytes
  }

  /// The next message that is complete.
  mutating func next() -> Message? {
    let header = hasTypes ? 1 : 0
    guard pending.count >= at + header + 4 else { return nil }
    let length = pending[at + header..<at + header + 4].reduce(0) { $0 << 8 | Int($1) }
    guard pending.count >= at + header + length else { return nil }
    let message = Message(bytes: pending[at..<at + header + length], type: hasTypes ? pending[at] : nil)
    at += message.bytes.count
    hasTypes = true
    return message
  }
}
