internal import Catalog

/// Looks at the text of a SELECT that is to stand within another statement. What it means is for the server to say.
enum SQLShape {
  /// What is wrong with `text`; nothing where it may be one SELECT.
  static func problem(of text: String) -> String? {
    var lexer = SQLLexer(text)
    var depth = 0
    var isFirst = true
    var isEnded = false
    while let token = lexer.next() {
      if isEnded { return "this is more than one statement, and wants to be one SELECT" }
      switch token {
      case .openParenthesis: depth += 1
      case .closeParenthesis: depth -= 1
      case .semicolon: isEnded = true
      case .name, .dot, .string, .placeholder, .other: break
      }
      if depth < 0 { return "a parenthesis is closed that was never opened" }
      if isFirst, !starts(with: token) { return "this wants to be one SELECT, VALUES or WITH ... SELECT" }
      isFirst = false
    }
    if lexer.isUnterminated { return "a string, a quoted name or a comment has no end" }
    if depth > 0 { return "a parenthesis is opened that is never closed" }
    return isFirst ? "this wants to be one SELECT, and is empty" : nil
  }

  private static func starts(with token: SQLLexer.Token) -> Bool {
    switch token {
    case .openParenthesis: true
    case .name(let word, isQuoted: false): ["select", "with", "values", "table"].contains(word.name)
    default: false
    }
  }
}
