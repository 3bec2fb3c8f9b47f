internal import Catalog

/// Looks at a statement that runs within a load's transaction.
enum StatementShape {
  private static let forbidden: Set<String> = [
    "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "prepare", "copy",
  ]

  /// What is wrong with `text`; nothing where it may be one statement.
  static func problem(of text: String) -> (message: String, help: [String])? {
    var lexer = SQLLexer(text)
    guard let first = lexer.next(), first != .semicolon else { return ("the statement is empty", ["remove it"]) }
    var isEnded = false
    while let token = lexer.next() {
      if isEnded { return ("this is more than one statement", ["write each as an element of the list"]) }
      isEnded = token == .semicolon
    }
    if lexer.isUnterminated { return ("a string, a quoted name or a comment has no end", []) }
    guard case .name(let word, isQuoted: false) = first, forbidden.contains(word.name) else { return nil }
    return (
      "`\(word.name.uppercased())` cannot stand in `afterLoad`",
      ["its statements run in the load's own transaction, which ends with the load"]
    )
  }
}
