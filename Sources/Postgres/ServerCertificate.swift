#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a certificate that a server has shown says.
public struct ServerCertificate: Sendable, Hashable {
  /// The hosts that it is for: DNS names and addresses, else its common name.
  public var names: [String]
  /// The common name of who signed it.
  public var issuer: String?
  /// The first day on which it is valid, in UTC: `2024-01-31`.
  public var validFrom: String?
  /// The last one.
  public var validUntil: String?
  /// Whether that is past, by this machine's clock.
  public var isExpired = false
  /// Whether it is yet to begin, by this machine's clock.
  public var isNotYetValid = false

  /// Reads OpenSSL's X509.
  init(_ certificate: OpaquePointer) {
    typealias Part = @convention(c) (OpaquePointer) -> OpaquePointer?
    func part(_ function: String) -> OpaquePointer? { OpenSSL.function(function, Part.self)?(certificate) }
    names = Self.alternativeNames(of: certificate)
    if names.isEmpty { names = [part("X509_get_subject_name").flatMap(Self.commonName)].compactMap { $0 } }
    issuer = part("X509_get_issuer_name").flatMap(Self.commonName)
    if let time = part("X509_get0_notBefore") {
      validFrom = Self.day(time)
      isNotYetValid = Self.isPast(time) == false
    }
    if let time = part("X509_get0_notAfter") {
      validUntil = Self.day(time)
      isExpired = Self.isPast(time) == true
    }
  }

  private static func commonName(_ name: OpaquePointer) -> String? {
    typealias Text = @convention(c) (OpaquePointer, Int32, UnsafeMutablePointer<CChar>, Int32) -> Int32
    let commonName: Int32 = 13  // NID_commonName
    var buffer = [CChar](repeating: 0, count: 256)
    guard let read = OpenSSL.function("X509_NAME_get_text_by_NID", Text.self) else { return nil }
    let count = read(name, commonName, &buffer, Int32(buffer.count))
    return count < 0 ? nil : String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func alternativeNames(of certificate: OpaquePointer) -> [String] {
    typealias Extension =
      @convention(c) (OpaquePointer, Int32, UnsafeMutablePointer<Int32>?, UnsafeMutablePointer<Int32>?) ->
      OpaquePointer?
    typealias Count = @convention(c) (OpaquePointer) -> Int32
    typealias Value = @convention(c) (OpaquePointer, Int32) -> OpaquePointer?
    typealias Name = @convention(c) (OpaquePointer, UnsafeMutablePointer<Int32>) -> OpaquePointer?
    typealias Free = @convention(c) (OpaquePointer) -> Void
    let alternativeName: Int32 = 85  // NID_subject_alt_name
    guard let find = OpenSSL.function("X509_get_ext_d2i", Extension.self),
      let count = OpenSSL.function("OPENSSL_sk_num", Count.self),
      let value = OpenSSL.function("OPENSSL_sk_value", Value.self),
      let read = OpenSSL.function("GENERAL_NAME_get0_value", Name.self),
      let free = OpenSSL.function("GENERAL_NAMES_free", Free.self),
      let names = find(certificate, alternativeName, nil, nil)
    else { return [] }
    defer { free(names) }
    return (0..<max(0, count(names))).compactMap { index in
      var kind: Int32 = 0
      guard let name = value(names, index), let string = read(name, &kind) else { return nil }
      return text(of: bytes(of: string), kind: kind)
    }
  }

  /// A DNS name (GEN_DNS), or an address (GEN_IPADD).
  private static func text(of bytes: [UInt8], kind: Int32) -> String? {
    switch (kind, bytes.count) {
    case (2, _): return String(decoding: bytes, as: UTF8.self)
    case (7, 4): return bytes.map(String.init).joined(separator: ".")
    case (7, 16):
      var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
      return inet_ntop(AF_INET6, bytes, &buffer, socklen_t(buffer.count)).map { String(cString: $0) }
    default: return nil
    }
  }

  private static func bytes(of string: OpaquePointer) -> [UInt8] {
    typealias Bytes = @convention(c) (OpaquePointer) -> UnsafePointer<UInt8>?
    typealias Length = @convention(c) (OpaquePointer) -> Int32
    guard let bytes = OpenSSL.function("ASN1_STRING_get0_data", Bytes.self)?(string),
      let length = OpenSSL.function("ASN1_STRING_length", Length.self)?(string), length >= 0
    else { return [] }
    return Array(UnsafeBufferPointer(start: bytes, count: Int(length)))
  }

  private static func isPast(_ time: OpaquePointer) -> Bool? {
    typealias Compare = @convention(c) (OpaquePointer) -> Int32
    // Negative for the past, 0 for an error.
    return OpenSSL.function("X509_cmp_current_time", Compare.self).map { $0(time) }.flatMap { $0 == 0 ? nil : $0 < 0 }
  }

  private static func day(_ time: OpaquePointer) -> String? {
    typealias Convert = @convention(c) (OpaquePointer, UnsafeMutablePointer<tm>) -> Int32
    var parts = tm()
    guard OpenSSL.function("ASN1_TIME_to_tm", Convert.self)?(time, &parts) == 1 else { return nil }
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
  }
}
