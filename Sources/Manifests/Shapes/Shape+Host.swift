internal import JSON

extension Shape where Value == String {
  /// A host's name or address, several with commas between them, or the folder of a unix socket.
  ///
  /// None starts with `-`: no program that it is handed to may take it for an option.
  static let host = text(
    "a host's name or address, or the folder of a unix socket",
    schema: ["type": ["string", "number"], "pattern": .string(HostText.pattern)]
  ) { HostText.isValid($0) ? nil : .wants("a host's name or address, or the folder of a unix socket", found: $0) }
}

/// The form of hosts.
private enum HostText {
  /// `isValid` as a regular expression.
  static let pattern =
    #"^(/[^\u0000-\u001f\u007f]*|[^\u0000-\u0020\u007f/-][^\u0000-\u0020\u007f]*)$"#

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
