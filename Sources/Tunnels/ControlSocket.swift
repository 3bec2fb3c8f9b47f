internal import Dispatch
internal import SystemPackage

/// The socket at which a running ssh takes orders, in the protocol that OpenSSH's PROTOCOL.mux describes.
///
/// `ssh -O forward` says the same, with a process for each forward.
struct ControlSocket {
  let path: String

  /// What ssh answered.
  enum Answer: Equatable {
    case done
    /// The port is taken, or forwarding is not allowed; ssh's words say what.
    case refused(String)
  }

  private enum Message {
    static let hello: UInt32 = 0x0000_0001
    static let openForward: UInt32 = 0x1000_0006
    static let done: UInt32 = 0x8000_0001
  }
  private static let version: UInt32 = 4
  private static let localForward: UInt32 = 1
  /// The port that says that the host is the path of a socket: -2.
  private static let socketPort: UInt32 = 0xFFFF_FFFE
  /// ssh answers at once; only one that is stopped does not.
  private static let patience = Duration.seconds(5)

  /// Has ssh listen on `port` of 127.0.0.1, and forward to `target`.
  ///
  /// - Throws: `Errno` where ssh is gone, or does not answer.
  func forward(port: Int, to target: TunnelTarget) async throws -> Answer {
    // Reading and writing block.
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try order(port: port, to: target) })
      }
    }
  }

  private func order(port: Int, to target: TunnelTarget) throws -> Answer {
    let socket = try SystemCalls.connect(to: path, patience: Self.patience)
    return try socket.closeAfter {
      try send(ControlMessage().adding(Message.hello).adding(Self.version), on: socket)
      var forward = ControlMessage().adding(Message.openForward).adding(0).adding(Self.localForward)
      forward = forward.adding("127.0.0.1").adding(UInt32(port))
      switch target {
      case .tcp(let host, let port): forward = forward.adding(host).adding(UInt32(port))
      case .socket(let path): forward = forward.adding(path).adding(Self.socketPort)
      }
      try send(forward, on: socket)
      guard try receive(on: socket).first == Message.hello else { throw Errno.protocolError }
      let answer = try receive(on: socket)
      if answer.first == Message.done { return .done }
      return .refused(answer.text(after: 8) ?? "ssh answered what is not known here")
    }
  }

  private func send(_ message: ControlMessage, on socket: FileDescriptor) throws {
    try socket.writeAll(ControlMessage().adding(UInt32(message.bytes.count)).bytes + message.bytes)
  }

  private func receive(on socket: FileDescriptor) throws -> ControlMessage {
    let length = ControlMessage(bytes: try read(4, on: socket)).first ?? 0
    guard length <= 64 << 10 else { throw Errno.protocolError }
    return ControlMessage(bytes: try read(Int(length), on: socket))
  }

  private func read(_ count: Int, on socket: FileDescriptor) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      var buffer = [UInt8](repeating: 0, count: count - bytes.count)
      let read = try unsafe buffer.withUnsafeMutableBytes { try unsafe socket.read(into: $0) }
      guard read > 0 else { throw Errno.connectionReset }
      bytes += buffer[..<read]
    }
    return bytes
  }
}

/// A message's bytes: numbers of 32 bits, big end first, and texts with their length before them.
struct ControlMessage {
  var bytes: [UInt8] = []

  func adding(_ number: UInt32) -> ControlMessage {
    ControlMessage(bytes: bytes + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) })
  }

  func adding(_ text: String) -> ControlMessage {
    ControlMessage(bytes: adding(UInt32(text.utf8.count)).bytes + text.utf8)
  }

  /// The number at its start.
  var first: UInt32? { number(at: 0) }

  /// The text that starts there, if it is whole.
  func text(after offset: Int) -> String? {
    guard let count = number(at: offset), bytes.count >= offset + 4 + Int(count) else { return nil }
    return String(decoding: bytes[(offset + 4)..<(offset + 4 + Int(count))], as: UTF8.self)
  }

  private func number(at offset: Int) -> UInt32? {
    guard bytes.count >= offset + 4 else { return nil }
    return bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
