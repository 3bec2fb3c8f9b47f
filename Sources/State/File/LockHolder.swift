internal import JSON

/// Who holds a lock, as written in the lock's file.
public struct LockHolder: Sendable {
  /// The process's number on `host`.
  public var pid: Int
  public var host: String
  /// What it does: `sluice apply`.
  public var command: String
  /// Since when: RFC 3339 in UTC.
  public var since: String

  /// Makes a holder.
  public init(pid: Int, host: String, command: String, since: String) {
    self.pid = pid
    self.host = host
    self.command = command
    self.since = since
  }
}

extension LockHolder {
  /// The note in the lock's file.
  var json: JSONValue {
    ["pid": .int(pid), "host": .string(host), "command": .string(command), "since": .string(since)]
  }

  /// Reads the note; nothing where it is half written, or something else.
  init?(json: JSONValue) {
    guard let pid = json["pid"]?.intValue, let host = json["host"]?.stringValue,
      let command = json["command"]?.stringValue, let since = json["since"]?.stringValue
    else { return nil }
    self.init(pid: pid, host: host, command: command, since: since)
  }
}
