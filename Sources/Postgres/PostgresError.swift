internal import CLibPQ
internal import Secrets

/// What the server, or libpq, said when something failed.
public struct PostgresError: Error, Sendable, Hashable {
  /// Where it failed.
  public enum Kind: String, Sendable, Hashable {
    /// The server refused a statement.
    case statement
    /// No connection could be made.
    case connect
    /// The connection broke.
    case connectionLost
    /// Nothing was sent: the statement or its use is wrong.
    case client
  }

  /// Where it failed.
  public var kind: Kind
  /// Why no connection could be made; only with `Kind.connect`.
  public var connectFailure: ConnectFailure?
  /// Whom libpq tried to connect to; only with `Kind.connect`, where it came to that.
  public var target: ConnectionTarget?
  /// How far connecting came; only with `Kind.connect`.
  public var phase: ConnectionTrace.Phase?
  /// The certificates that the server showed, its own first, where they are what is wrong and could be had.
  public var certificates: [ServerCertificate] = []
  /// The code to branch on (manual, appendix A); nothing where the server did not get to say one.
  public var sqlState: String?
  /// `ERROR`, `FATAL` or `PANIC`, in English whatever the server speaks; nothing where it comes from libpq.
  public var severity: String?
  /// The primary message, or libpq's whole text.
  public var message: String
  /// More about the problem.
  public var detail: String?
  /// What to do about it.
  public var hint: String?
  /// Where the server was: the call stack of functions, the line of a COPY.
  public var context: String?
  /// The name of the schema concerned.
  public var schema: String?
  /// The name of the table concerned.
  public var table: String?
  /// The name of the column concerned.
  public var column: String?
  /// The name of the constraint concerned.
  public var constraint: String?
  /// The name of the data type concerned.
  public var dataType: String?
  /// The function of the server's source that reported it: tells errors of one code apart, whatever language it speaks.
  public var routine: String?
  /// Where in `statement` it is, in characters from 1.
  public var position: Int?
  /// The text of the statement, never its parameters.
  public var statement: String?
  /// Whether a COMMIT had been sent and its answer never came: the transaction is in or out, nobody knows.
  public var isCommitUnknown = false
  /// What is known of the way to the server that broke, besides what libpq says; it ends the message, too.
  public var lossReason: String?

  /// Makes an error that did not come from the server.
  init(_ kind: Kind, _ message: String, statement: String? = nil) {
    self.kind = kind
    self.message = Redaction.redacted(message)
    self.statement = statement
  }

  /// Copies what the server said in `result`.
  init(_ result: ServerResult, statement: String?) {
    func field(_ code: Character) -> String? {
      result.diagnostic(Int32(code.asciiValue ?? 0)).map(Redaction.redacted)
    }
    kind = .statement
    self.statement = statement
    sqlState = field("C")
    severity = field("V") ?? field("S")
    message = field("M") ?? Redaction.redacted(result.message.trimmingNewlines)
    detail = field("D")
    hint = field("H")
    context = field("W")
    schema = field("s")
    table = field("t")
    column = field("c")
    constraint = field("n")
    dataType = field("d")
    routine = field("R")
    position = field("P").flatMap { Int($0) }
  }
}

extension PostgresError {
  /// Whether the connection is gone, so that nothing more can be asked on it.
  public var isConnectionLost: Bool { kind == .connectionLost }

  /// Whether the same may well succeed a little later: the network, a restart, a deadlock, a lock, too many clients.
  ///
  /// A cancelled statement (57014) never is, nor a full disk (53100).
  public var isTransient: Bool {
    guard let sqlState else {
      switch kind {
      case .connectionLost: return true
      case .connect: return connectFailure?.isTransient ?? false
      case .statement, .client: return false
      }
    }
    if sqlState == "53100" { return false }
    return ["08", "40", "53", "57P"].contains { sqlState.hasPrefix($0) } || ["55P03", "25006"].contains(sqlState)
  }
}

extension PostgresError: CustomStringConvertible {
  /// Message, code, detail and hint on a line each; for logs of tests rather than for users.
  public var description: String {
    var lines = [sqlState.map { "\(message) (SQLSTATE \($0))" } ?? message]
    if let detail { lines.append("detail: \(detail)") }
    if let hint { lines.append("hint: \(hint)") }
    if let context { lines.append("context: \(context)") }
    if let statement { lines.append("statement: \(statement)") }
    return lines.joined(separator: "\n")
  }
}

extension String {
  /// Without the newlines at the end that libpq puts behind its messages.
  var trimmingNewlines: String {
    var text = self[...]
    while let last = text.last, last.isNewline { text.removeLast() }
    return String(text)
  }
}
