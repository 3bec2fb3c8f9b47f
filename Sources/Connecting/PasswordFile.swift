internal import Secrets
internal import SystemPackage

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// libpq's password file (manual, 34.16), for servers that libpq connects to by another port than their own: it looks up
/// the one that it connects to.
struct PasswordFile {
  private let lines: [[UInt8]]

  /// Reads the file.
  ///
  /// - Parameter path: nothing for `~/.pgpass`.
  /// - Returns: nothing where libpq would not use it either: it is missing, no file, or others can read it.
  init?(_ path: String?) {
    let path = FilePath(path ?? FileManager.default.homeDirectoryForCurrentUser.path + "/.pgpass")
    guard let file = try? FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking]) else {
      return nil
    }
    defer { try? file.close() }
    var status = stat()
    guard unsafe fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 == 0
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: min(Int(status.st_size), 1 << 20))
    let count = try? unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
    bytes.removeLast(bytes.count - (count ?? 0))
    lines = bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }).map(Array.init)
  }

  /// The password of the first line that fits.
  func password(host: String, port: String, database: String, user: String) -> Secret? {
    let wanted = [host, port, database, user]
    for line in lines where line.first != UInt8(ascii: "#") {
      let fields = Self.fields(of: line)
      guard fields.count == 5, zip(fields, wanted).allSatisfy({ $0.fits($1) }) else { continue }
      return Secret(fields[4].text)
    }
    return nil
  }

  private struct Field {
    var bytes: [UInt8] = []
    /// Whether it is a `*` that stands for all.
    var isAny = false

    var text: String { String(decoding: bytes, as: UTF8.self) }

    func fits(_ wanted: String) -> Bool { isAny || bytes == Array(wanted.utf8) }
  }

  /// Parts a line at its first four colons; a backslash takes the next byte as it is.
  private static func fields(of line: [UInt8]) -> [Field] {
    var fields = [Field()]
    var isEscaped = false
    var raw: [UInt8] = []
    for byte in line {
      if !isEscaped, byte == UInt8(ascii: ":"), fields.count < 5 {
        fields[fields.count - 1].isAny = raw == [UInt8(ascii: "*")]
        fields.append(Field())
        raw = []
        continue
      }
      raw.append(byte)
      isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
      if !isEscaped { fields[fields.count - 1].bytes.append(byte) }
    }
    return fields
  }
}
