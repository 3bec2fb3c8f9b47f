extension PostgresError {
  /// A failure to connect, from libpq's text in its verbose form, which has the server's SQLSTATE in it.
  ///
  /// The verbose form (`FATAL:  28P01: password authentication failed`, then `LOCATION:  auth_failed, auth.c:338`) is
  /// the one way to the code here: libpq gives no result for a connection that failed. Where several tries are told of
  /// (addresses of a name, without TLS after with it), the one that came furthest counts.
  static func connecting(_ verbose: String) -> PostgresError {
    let tries = ConnectTry.all(in: verbose)
    let furthest = tries.last { $0.depth == tries.map(\.depth).max() } ?? ConnectTry()
    // Without TLS a server may not want the role at all; that TLS failed before is the cause then.
    let cause = furthest.failure == .noHBAEntry ? tries.last { $0.failure.phase == .tls } ?? furthest : furthest
    var error = PostgresError(.connect, cause.message)
    error.sqlState = cause.sqlState
    error.detail = cause.detail
    error.hint = cause.hint
    error.routine = cause.routine
    error.connectFailure = cause.failure
    return error
  }
}

/// What libpq tells of one try to connect.
struct ConnectTry {
  var message = ""
  var sqlState: String?
  var detail: String?
  var hint: String?
  var routine: String?

  /// Takes libpq's text apart; each try begins with where it went (libpq 14 and later), or with a code of its own.
  static func all(in verbose: String) -> [ConnectTry] {
    var tries: [ConnectTry] = []
    for line in verbose.trimmingNewlines.split(separator: "\n", omittingEmptySubsequences: true) {
      let (text, state) = withoutState(line)
      if line.hasPrefix("connection to server ") || line.hasPrefix("could not translate host name ") || tries.isEmpty
        || (state != nil && tries.last?.sqlState != nil)
      {
        tries.append(ConnectTry(message: String(text), sqlState: state))
      } else {
        tries[tries.count - 1].add(line, text, state)
      }
    }
    return tries
  }

  private mutating func add(_ line: Substring, _ text: Substring, _ state: String?) {
    if let location = line.value(of: "LOCATION") {
      routine = location.split(separator: ",").first.map(String.init)
    } else if let value = line.value(of: "DETAIL") {
      detail = value
    } else if let value = line.value(of: "HINT") {
      hint = value
    } else if line.hasPrefix("password retrieved from file") {
      // libpq's own last word, of the password that the server did not accept.
      hint = hint ?? String(line)
    } else {
      message += "\n" + text
      sqlState = sqlState ?? state
    }
  }

  var failure: ConnectFailure {
    sqlState.map { ConnectFailure(sqlState: $0, message: message, routine: routine) } ?? ConnectFailure(libpq: message)
  }

  /// How far it came: to no server, to TLS, to the server's own answer.
  var depth: Int {
    if sqlState != nil { return 2 }
    return switch failure {
    case .hostNotFound, .refused, .socketMissing, .unreachable, .timedOut: 0
    default: 1
    }
  }

  /// Cuts `connection to server at "h" (192.0.2.1), port 5432 failed: ` off, which is told by what was connected to.
  private static func withoutPlace(_ line: Substring) -> Substring {
    guard line.hasPrefix("connection to server "), let end = line.firstRange(of: " failed: ") else { return line }
    return line[end.upperBound...]
  }

  /// The message and the code of `...FATAL:  28P01: ...`; the severity's word is in the server's language, the form is
  /// not.
  private static func withoutState(_ line: Substring) -> (Substring, String?) {
    guard let colon = line.firstRange(of: ":  ") else { return (withoutPlace(line), nil) }
    let rest = line[colon.upperBound...]
    let state = rest.prefix(5)
    let isState =
      state.utf8.count == 5
      && state.utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
      }
    guard isState, rest.dropFirst(5).hasPrefix(": ") else { return (withoutPlace(line), nil) }
    return (rest.dropFirst(7), String(state))
  }
}

extension Substring {
  /// What follows `title:  ` at the start.
  fileprivate func value(of title: String) -> String? {
    hasPrefix("\(title):  ") ? String(dropFirst(title.count + 3)) : nil
  }
}
