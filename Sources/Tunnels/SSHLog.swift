internal import Secrets

/// What ssh has said on standard error, with `-v`.
struct SSHLog {
  /// What a line says besides words.
  enum Event: Equatable {
    /// ssh has been let in, and takes orders.
    case ready
    /// The server did not open a connection for a forward's port.
    case refused(port: Int, String)
  }

  private let controlPath: String
  /// The last lines that are meant for people.
  private(set) var words: [String] = []
  /// Whether the server would take a key, with which nobody was let in yet.
  private(set) var isKeyAccepted = false
  /// The port of the forward that a connection has just come to.
  private var requested: Int?
  private var ports: [Int: Int] = [:]

  init(controlPath: String) { self.controlPath = controlPath }

  /// Takes a line up.
  mutating func take(_ line: String) -> Event? {
    let line = line.last?.isNewline == true ? String(line.dropLast()) : line
    // An ssh that is a jump writes here too; what it says of itself is told by its own words.
    if let detail = Self.rest(of: line, after: "debug1: ") { return take(detail: detail) }
    if line.hasPrefix("debug") { return nil }
    // `channel 3: open failed: connect failed: Connection refused`
    if let rest = Self.rest(of: line, after: "channel "), let (channel, said) = Self.number(rest, before: ": "),
      let reason = Self.rest(of: said, after: "open failed: ")
    {
      guard let port = ports.removeValue(forKey: channel) else { return nil }
      return .refused(port: port, Redaction.redacted(reason))
    }
    add(line)
    return nil
  }

  private mutating func take(detail: String) -> Event? {
    if detail.hasPrefix("channel "), detail.contains(": new mux") || detail.contains(": new ["),
      detail.contains("[\(controlPath)]")
    {
      return .ready
    }
    if detail.hasPrefix("Server accepts key: ") { isKeyAccepted = true }
    if let rest = Self.rest(of: detail, after: "Connection to port "), let (port, _) = Self.number(rest, before: " ") {
      requested = port
    } else if let rest = Self.rest(of: detail, after: "channel "), let (channel, said) = Self.number(rest, before: ": ")
    {
      if said.hasPrefix("new "), let port = requested {
        ports[channel] = port
        requested = nil
      } else if said.hasPrefix("free:") {
        ports[channel] = nil
      }
    }
    return nil
  }

  private mutating func add(_ line: String) {
    if line.hasPrefix("Authenticated to") { isKeyAccepted = false }
    let isNoise =
      line.isEmpty || line.allSatisfy { $0 == "@" } || line.hasPrefix("OpenSSH_") || line.hasPrefix("Authenticated to")
      || line.hasPrefix("Transferred: ") || line.hasPrefix("Bytes per second: ") || line.hasPrefix("Killed by signal")
    guard !isNoise else { return }
    words.append(Redaction.redacted(line.hasPrefix("@ ") ? line.filter { $0 != "@" }.trimmed : line))
    // What it says of a key that has changed is the longest.
    if words.count > 20 { words.removeFirst() }
  }

  private static func rest(of line: String, after prefix: String) -> String? {
    line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : nil
  }

  private static func number(_ text: String, before separator: String) -> (Int, String)? {
    guard let range = text.firstRange(of: separator), let number = Int(text[..<range.lowerBound]) else { return nil }
    return (number, String(text[range.upperBound...]))
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
