internal import CLibPQ

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Functions of the OpenSSL that libpq has brought along.
///
/// libpq hands out the session (PQsslStruct) but says neither whether it verified the server's certificate nor what was
/// wrong with it. The functions are looked up by name in the running program, so that they are of the very library that
/// made the session; where libpq speaks TLS by another one, there are none.
enum OpenSSL {
  /// The TLS session of a connection; nothing where it has none, or none of OpenSSL's.
  static func session(of connection: OpaquePointer) -> OpaquePointer? {
    guard PQsslInUse(connection) == 1 else { return nil }
    return PQsslStruct(connection, "OpenSSL").map { OpaquePointer($0) }
  }

  /// `TLSv1.3`; nothing where the connection is plain. libpq says so of every library.
  static func protocolName(of connection: OpaquePointer) -> String? {
    guard PQsslInUse(connection) == 1 else { return nil }
    return PQsslAttribute(connection, "protocol").map { String(cString: $0) }
  }

  /// Whether the session would have ended over a certificate that no trusted authority has signed.
  static func verifies(_ session: OpaquePointer) -> Bool? {
    typealias Get = @convention(c) (OpaquePointer) -> Int32
    let verifyPeer: Int32 = 1  // SSL_VERIFY_PEER
    return function("SSL_get_verify_mode", Get.self).map { $0(session) & verifyPeer != 0 }
  }

  /// The certificates that the server has shown, its own first; not owned.
  static func peerChain(of session: OpaquePointer) -> [OpaquePointer] {
    typealias Chain = @convention(c) (OpaquePointer) -> OpaquePointer?
    typealias Count = @convention(c) (OpaquePointer) -> Int32
    typealias Value = @convention(c) (OpaquePointer, Int32) -> OpaquePointer?
    guard let chain = function("SSL_get_peer_cert_chain", Chain.self)?(session),
      let count = function("OPENSSL_sk_num", Count.self), let value = function("OPENSSL_sk_value", Value.self)
    else { return [] }
    return (0..<max(0, count(chain))).compactMap { value(chain, $0) }
  }

  /// A function by its name; `type` is its own, a C function's.
  static func function<Function>(_ name: String, _ type: Function.Type) -> Function? {
    #if canImport(Darwin)
      let everywhere = UnsafeMutableRawPointer(bitPattern: -2)  // RTLD_DEFAULT
    #else
      let everywhere: UnsafeMutableRawPointer? = nil  // RTLD_DEFAULT
    #endif
    return dlsym(everywhere, name).map { unsafeBitCast($0, to: type) }
  }
}
