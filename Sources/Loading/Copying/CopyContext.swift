internal import Postgres

/// Where in a COPY an error arose, as the server's context says: `COPY orders, line 5, column qty: "abc"`.
struct CopyContext: Equatable {
  /// The line (the tuple, in binary format), from 1.
  var line: Int
  /// The column's name, where the error is about a value.
  var column: String?

  /// Reads the context of an error in a COPY to `table`; the words between the names may be in any language.
  init?(_ context: String?, table: String) {
    let prefix = "COPY \(table), "
    guard let start = context?.range(of: prefix)?.upperBound, let context else { return nil }
    let rest = context[start...].prefix { $0 != "\n" }
    guard let first = rest.firstIndex(where: \.isNumber) else { return nil }
    let digits = rest[first...].prefix(while: \.isNumber)
    guard let line = Int(digits) else { return nil }
    self.line = line
    // `, column NAME: "value"` or `, column NAME`; a name may hold anything, so the value's colon is the last `: "`.
    let behind = rest[digits.endIndex...]
    guard behind.hasPrefix(", "), let space = behind.dropFirst(2).firstIndex(of: " ") else { return }
    let named = behind[behind.index(after: space)...]
    column = String(named.range(of: ": ").map { named[..<$0.lowerBound] } ?? named)
  }
}

extension StringProtocol {
  /// The first place where `text` stands.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}

/// The server refused rows; `ordinal` says which one was the first, where that is known.
struct RowsRefused: Error {
  var error: PostgresError
  var ordinal: Int?
  var column: String?
  /// For each part begun, how many rows were read before it.
  var starts: [Int]
}
