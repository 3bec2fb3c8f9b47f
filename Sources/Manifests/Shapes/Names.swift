internal import Catalog

/// The rule for names of resources.
enum ResourceName {
  /// `isValid` as a regular expression.
  static let pattern = "^[a-z0-9]([a-z0-9_.-]{0,61}[a-z0-9])?$"

  /// Whether `name` is of lower-case letters, digits, `_`, `.` and `-`, starts and ends with one of the first two, and
  /// has at most 63 characters.
  static func isValid(_ name: String) -> Bool {
    let bytes = name.utf8
    guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return false }
    return isPlain(first) && isPlain(last)
      && bytes.allSatisfy {
        isPlain($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
      }
  }

  /// A name like `text`, if there is one: what a name may not hold becomes `_`.
  static func nearest(to text: String) -> String? {
    let name = text.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) ? $0 : "_" }
    let trimmed = name.drop { "_.-".contains($0) }.reversed().drop { "_.-".contains($0) }.reversed()
    let found = String(trimmed)
    return isValid(found) ? found : nil
  }

  private static func isPlain(_ byte: UInt8) -> Bool { ASCII.isLower(byte) || ASCII.isDigit(byte) }
}

/// The rule for names of variables, ours and the environment's.
enum VariableName {
  /// Whether `name` is a letter or `_`, then letters, digits and `_`.
  static func isValid(_ name: some StringProtocol) -> Bool {
    guard let first = name.utf8.first, first == UInt8(ascii: "_") || ASCII.isLetter(first) else { return false }
    return name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || ASCII.isLetterOrDigit($0) }
  }
}

/// The rule for names in PostgreSQL, which would cut a longer one in silence.
enum NameLength {
  /// A table's name with its parts, as a regular expression.
  static let tablePattern: String = {
    let part = #"("([^"]|"")+"|[^."\s]([^."]*[^."\s])?)"#
    return "^\(part)(\\.\(part))?$"
  }()

  static func problem(of name: String) -> Complaint? {
    if name.isEmpty { return Complaint("is empty") }
    guard name.utf8.count > Identifier.maximumBytes else { return nil }
    return Complaint(
      "has \(name.utf8.count) bytes, and PostgreSQL keeps \(Identifier.maximumBytes) of a name", code: "name-too-long",
      help: ["choose a shorter name"])
  }

  static func problem(ofTable text: String) -> Complaint? {
    guard let name = WrittenName(text) else {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      let isWithDatabase = parts.count == 3 && parts.allSatisfy { $0.isPlain(and: "_") }
      if isWithDatabase {
        return .wants(
          "a table such as `orders` or `sales.orders`", found: text, meant: parts.dropFirst().joined(separator: "."),
          help: ["the database is the authorizer's"])
      }
      return .wants(
        "a table such as `orders` or `sales.orders`", found: text,
        help: ["a part with dots, quotes or spaces at its ends stands in double quotes: 'sales.\"Orders.2024\"'"])
    }
    return name.schema.flatMap { problem(of: $0.name) } ?? problem(of: name.name.name)
  }
}
