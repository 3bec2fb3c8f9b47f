internal import JSON

extension Shape where Value == String {
  /// A host's name or address, several with commas between them, or the folder of a unix socket.
  ///
  /// None starts with `-`: no program that it is handed to may take it for an option.
  static let host = text(
    "a host's name or address, or the folder of a unix socket",
    schema: [
      "type": ["string", "number"], "pattern": .string(HostText.pattern),
      "not": ["pattern": "^[^/]*://|^[^/:,]+:[0-9]+(,|$)"],
    ]
  ) { HostText.problem(of: $0) }
}

/// The form of hosts.
private enum HostText {
  /// `isValid` as a regular expression.
  static let pattern =
    #"^(/[^\u0000-\u001f\u007f]*|[^\u0000-\u0020\u007f/-][^\u0000-\u0020\u007f]*)$"#

  static func problem(of text: String) -> Complaint? {
    if !text.hasPrefix("/"), let mark = text.firstRange(of: "://") {
      // A URL may hold a password: no more of it is shown than the host.
      let authority = text[mark.upperBound...].prefix { !"/?#".contains($0) }
      let host = (authority.split(separator: "@").last ?? "").prefix { $0 != ":" }
      var complaint = Complaint(
        "is a URL, and a host is a name or an address",
        help: ["`port`, `database` and `username` are fields of their own; a whole URL is a secret: `url: {env: NAME}`"]
      )
      if !host.isEmpty, isWord(String(host)) { complaint.instead = String(host) }
      return complaint
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if !text.hasPrefix("/"), parts.count == 2, !parts[0].isEmpty, !parts[0].contains(","),
      let port = Int(parts[1].prefix { $0 != "," })
    {
      return Complaint(
        "holds the port too, which is a field of its own", help: ["write `host: \(parts[0])` and `port: \(port)`"])
    }
    return isValid(text) ? nil : .wants("a host's name or address, or the folder of a unix socket", found: text)
  }

  static func isValid(_ text: String) -> Bool {
    guard text.hasPrefix("/") else { return isWord(text) }
    return text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
  }

  /// Whether it has no space and no control character, and does not start with `-`.
  static func isWord(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "-") else { return false }
    return text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
  }
}
