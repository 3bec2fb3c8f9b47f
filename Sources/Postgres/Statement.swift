internal import CLibPQ

/// A statement in the form that libpq's functions take.
struct Statement {
  let text: String
  private let parameters: [String?]

  /// - Throws: `PostgresError` where the text or a value holds a NUL byte, which libpq would take for the end.
  init(_ sql: SQL) throws {
    text = sql.text
    parameters = sql.parameters
    if text.utf8.contains(0) {
      throw PostgresError(.client, "the statement holds a NUL byte", statement: text)
    }
    if parameters.contains(where: { $0?.utf8.contains(0) ?? false }) {
      throw PostgresError(.client, "a value holds a NUL byte, which no PostgreSQL text may", statement: text)
    }
  }

  /// About how many bytes it takes on its way to the server.
  var byteCount: Int { parameters.reduce(text.utf8.count) { $0 + ($1?.utf8.count ?? 0) } }

  /// Queues the statement with its parameters, unnamed, for results in text format.
  func send(on session: Session) throws {
    let sent = withParameters { values in
      PQsendQueryParams(session.pointer, text, Int32(parameters.count), nil, values, nil, nil, 0)
    }
    if sent == 0 { throw session.failure(text) }
  }

  /// Calls `body` with the parameters as C strings, all in one buffer.
  private func withParameters(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Int32) -> Int32 {
    if parameters.isEmpty { return body(nil) }
    var bytes: [CChar] = []
    bytes.reserveCapacity(parameters.reduce(0) { $0 + ($1?.utf8.count ?? 0) + 1 })
    var starts: [Int?] = []
    for parameter in parameters {
      guard let parameter else {
        starts.append(nil)
        continue
      }
      starts.append(bytes.count)
      for byte in parameter.utf8 { bytes.append(CChar(bitPattern: byte)) }
      bytes.append(0)
    }
    return bytes.withUnsafeBufferPointer { buffer in
      starts.map { start in start.flatMap { buffer.baseAddress?.advanced(by: $0) } }
        .withUnsafeBufferPointer { body($0.baseAddress) }
    }
  }
}
