internal import CLibPQ

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A statement in the form that libpq's functions take.
struct Statement {
  let text: String
  /// The parameters, each with a NUL at its end.
  private var bytes: [UInt8] = []
  /// Where in `bytes` each parameter starts; nothing for NULL.
  private var starts: [Int?] = []

  /// - Throws: `PostgresError` where the text or a value holds a NUL byte, which libpq would take for the end.
  init(_ sql: SQL) throws {
    text = sql.text
    if text.utf8.contains(0) { throw PostgresError(.client, "the statement holds a NUL byte", statement: text) }
    for parameter in sql.parameters {
      guard let parameter else {
        starts.append(nil)
        continue
      }
      let start = bytes.count
      bytes.append(contentsOf: parameter.utf8)
      let hasNUL = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map { memchr($0 + start, 0, buffer.count - start) != nil } ?? false
      }
      if hasNUL {
        throw PostgresError(.client, "a value holds a NUL byte, which no PostgreSQL text may", statement: text)
      }
      bytes.append(0)
      starts.append(start)
    }
  }

  /// About how many bytes it takes on its way to the server.
  var byteCount: Int { text.utf8.count + bytes.count }

  /// Queues the statement with its parameters, unnamed, for results in text format.
  func send(on session: Session) throws {
    let sent = bytes.withUnsafeBytes { buffer in
      let characters = buffer.bindMemory(to: CChar.self)
      let values = starts.map { start in start.flatMap { characters.baseAddress?.advanced(by: $0) } }
      return PQsendQueryParams(session.pointer, text, Int32(values.count), nil, values, nil, nil, 0)
    }
    if sent == 0 { throw session.failure(text) }
  }
}
