#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// This machine's address towards another one.
enum LocalAddress {
  /// The address that packets to `address` would come from; nothing where the network has no way there.
  ///
  /// - Parameter address: a numeric one: no name is looked up. No packet is sent: a datagram socket that is connected
  ///   only has its route chosen.
  static func towards(_ address: String, port: String) -> String? {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
    #if canImport(Darwin)
      hints.ai_socktype = SOCK_DGRAM
    #else
      hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    #endif
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address, port, &hints, &found) == 0, let found else { return nil }
    defer { freeaddrinfo(found) }
    let descriptor = socket(found.pointee.ai_family, found.pointee.ai_socktype, found.pointee.ai_protocol)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else { return nil }
    var own = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var buffer = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let status = withUnsafeMutablePointer(to: &own) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { own in
        getsockname(descriptor, own, &length) == 0
          ? getnameinfo(own, length, &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) : -1
      }
    }
    guard status == 0 else { return nil }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
