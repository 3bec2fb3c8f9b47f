/// Why no connection could be made.
public enum ConnectFailure: String, Sendable, Hashable, CaseIterable {
  /// The host's name has no address.
  case hostNotFound
  /// Nothing listens at the address.
  case refused
  /// The socket's file does not exist, or may not be opened.
  case socketMissing
  /// No answer in time: a firewall, a wrong address.
  case timedOut
  /// The host or its network cannot be reached.
  case unreachable
  /// One side wants TLS and the other does not speak it.
  case tlsRefused
  /// A certificate is missing, not trusted, or for another host.
  case certificate
  /// The password or the certificate is not accepted, or a password is wanted and there is none.
  case authentication
  /// No line of pg_hba.conf lets this user, database and address in.
  case notAllowed
  /// The database does not exist.
  case unknownDatabase
  /// No connection is left, for all or for this role.
  case tooManyConnections
  /// The server is starting, stopping or recovering.
  case notReady
  /// The parameters themselves are wrong: an unknown keyword, an unknown service.
  case parameters
  /// Something else; the message says what.
  case other

  /// Whether the same may well succeed a little later.
  var isTransient: Bool {
    switch self {
    case .hostNotFound, .refused, .timedOut, .unreachable, .tooManyConnections, .notReady: true
    case .socketMissing, .tlsRefused, .certificate, .authentication, .notAllowed, .unknownDatabase, .parameters,
      .other:
      false
    }
  }

  /// Tells a failure by the server's code, else by libpq's words.
  ///
  /// libpq has no codes for its own failures. Its words are English here, as the program never calls `setlocale`; they
  /// are matched loosely, and what is not known is `other`.
  init(sqlState: String?, message: String) {
    let message = message.lowercased()
    if let sqlState, let known = Self.byState(sqlState, message) {
      self = known
      return
    }
    self = Self.byWords.first { _, words in words.contains { message.contains($0) } }?.0 ?? .other
  }

  private static func byState(_ sqlState: String, _ message: String) -> ConnectFailure? {
    switch sqlState {
    // 28000 is also "role does not exist" and a refused peer; the file's name stays the same in every language.
    case "28000" where message.contains("pg_hba.conf"): .notAllowed
    case "3D000": .unknownDatabase
    case "53300": .tooManyConnections
    case "57P01", "57P02", "57P03": .notReady
    default: sqlState.hasPrefix("28") ? .authentication : nil
    }
  }

  /// What libpq 12 to 18 says; the first that fits counts.
  private static let byWords: [(ConnectFailure, [String])] = [
    (.tlsRefused, ["does not support ssl", "ssl support is not compiled", "ssl negotiation", "no ssl error reported"]),
    (.certificate, ["certificate", "private key", "tlsv1 alert", "sslv3 alert"]),
    (.tlsRefused, ["ssl error", "ssl syscall error", "sslmode"]),
    (
      .authentication,
      ["no password supplied", "authentication failed", "authentication method", "channel binding", "scram"]
    ),
    (
      .hostNotFound,
      ["could not translate host name", "name or service not known", "could not parse network address"]
    ),
    (.timedOut, ["timeout expired", "timed out"]),
    (.socketMissing, ["no such file or directory", "permission denied", "unix-domain socket path"]),
    (.refused, ["connection refused"]),
    (.unreachable, ["no route to host", "network is unreachable", "host is unreachable", "host is down"]),
    (
      .notReady,
      [
        "server closed the connection unexpectedly", "connection reset by peer", "session is read-only",
        "session is not read-only",
      ]
    ),
    (
      .parameters,
      [
        "invalid connection option", "invalid uri", "definition of service", "missing \"=\"", "invalid port number",
        "invalid value", "invalid integer value", "unexpected character", "could not match",
      ]
    ),
  ]
}

extension PostgresError {
  /// A failure to connect, from libpq's text in its verbose form, which has the server's SQLSTATE in it.
  ///
  /// The verbose form (`FATAL:  28P01: password authentication failed`, then `LOCATION:  auth_failed, auth.c:338`) is
  /// the one way to the code here: libpq gives no result for a connection that failed.
  static func connecting(_ verbose: String) -> PostgresError {
    var lines: [Substring] = []
    var state: String?
    for line in verbose.trimmingNewlines.split(separator: "\n", omittingEmptySubsequences: true) {
      if line.hasPrefix("LOCATION:  ") { continue }
      let (plain, found) = withoutState(line)
      if let found { state = found }
      lines.append(plain)
    }
    var error = PostgresError(.connect, lines.joined(separator: "\n"))
    error.sqlState = state
    error.connectFailure = ConnectFailure(sqlState: state, message: error.message)
    return error
  }

  /// Cuts `28P01: ` out of `...FATAL:  28P01: ...`; the severity's word is in the server's language, the form is not.
  private static func withoutState(_ line: Substring) -> (Substring, String?) {
    guard let colon = line.firstRange(of: ":  ") else { return (line, nil) }
    let rest = line[colon.upperBound...]
    let state = rest.prefix(5)
    let isState =
      state.utf8.count == 5
      && state.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
      }
    guard isState, rest.dropFirst(5).hasPrefix(": ") else { return (line, nil) }
    return (line[..<colon.upperBound] + rest.dropFirst(7), String(state))
  }
}
