/// Cuts SQL into what can be told of it without a grammar: names, strings, what encloses and what parts, as PostgreSQL
/// does (`src/backend/parser/scan.l`, standard_conforming_strings on).
public struct SQLLexer {
  /// A piece of SQL. Blanks and comments are none.
  public enum Token: Equatable, Sendable {
    /// A name or a key word, folded as the server folds it; in quotes it is never a key word.
    case name(Identifier, isQuoted: Bool)
    case dot
    case openParenthesis
    case closeParenthesis
    case semicolon
    /// Text in quotes of any kind.
    case string
    /// `{{`, and what follows up to `}}` or to the end: no SQL, but what others put into it.
    case placeholder
    /// A number, an operator.
    case other
  }

  /// Whether a string, a quoted name or a comment has no end.
  public private(set) var isUnterminated = false
  private var rest: Substring.UnicodeScalarView
  /// Where the last token begins in the text.
  public private(set) var start: String.Index
  /// Where it ends.
  public var end: String.Index { rest.startIndex }

  /// Starts at the beginning of `text`.
  public init(_ text: String) { self.init(text[...].unicodeScalars) }

  /// Starts at the first of `scalars`.
  public init(_ scalars: String.UnicodeScalarView.SubSequence) {
    rest = scalars
    start = scalars.startIndex
  }

  /// The next piece; nothing at the end.
  public mutating func next() -> Token? {
    skipBlanks()
    start = rest.startIndex
    guard let first = rest.popFirst() else { return nil }
    switch first {
    case "{" where rest.first == "{":
      skipPlaceholder()
      return .placeholder
    case ".": return .dot
    case "(": return .openParenthesis
    case ")": return .closeParenthesis
    case ";": return .semicolon
    case "\"": return .name(Identifier(quoted("\"")), isQuoted: true)
    case "'":
      _ = quoted("'")
      return .string
    case "$": return skipDollarQuoted() ? .string : .other
    case let letter where Self.startsName(letter): return word(letter)
    case let digit where digit.properties.numericType != nil:
      // `1.5` has no names.
      rest = rest.drop { $0.properties.numericType != nil || $0 == "." || Self.startsName($0) }
      return .other
    default: return .other
    }
  }

  private static func startsName(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar.value > 127
  }

  private mutating func word(_ first: Unicode.Scalar) -> Token {
    var text = String.UnicodeScalarView([first])
    while let next = rest.first, Self.startsName(next) || next == "$" || ("0"..."9").contains(next) {
      text.append(next)
      rest.removeFirst()
    }
    // The prefix of a string: E'it\'s', B'01', N'...'.
    if rest.first == "'", text.count == 1 {
      rest.removeFirst()
      _ = quoted("'", hasEscapes: first == "E" || first == "e")
      return .string
    }
    return .name(Identifier(String(text).asciiLowercased), isQuoted: false)
  }

  /// What stands up to `quote`, which is doubled within.
  private mutating func quoted(_ quote: Unicode.Scalar, hasEscapes: Bool = false) -> String {
    var text = String.UnicodeScalarView()
    while let next = rest.popFirst() {
      if hasEscapes, next == "\\" {
        _ = rest.popFirst()
      } else if next != quote {
        text.append(next)
      } else if rest.first == quote {
        text.append(quote)
        rest.removeFirst()
      } else {
        return String(text)
      }
    }
    isUnterminated = true
    return String(text)
  }

  private mutating func skipPlaceholder() {
    while !rest.isEmpty, !rest.starts(with: "}}".unicodeScalars) { rest.removeFirst() }
    rest = rest.dropFirst(2)
  }

  /// `$tag$ ... $tag$`, of which the first dollar is gone; a parameter (`$1`) is none.
  ///
  /// - Returns: whether there was such a text.
  private mutating func skipDollarQuoted() -> Bool {
    let tag = rest.prefix { Self.startsName($0) || ("0"..."9").contains($0) }
    guard rest.dropFirst(tag.count).first == "$", tag.first.map(Self.startsName) ?? true else { return false }
    let end = "$" + String(tag) + "$"
    rest = rest.dropFirst(tag.count + 1)
    while !rest.isEmpty, !rest.starts(with: end.unicodeScalars) { rest.removeFirst() }
    if rest.isEmpty { isUnterminated = true }
    rest = rest.dropFirst(end.unicodeScalars.count)
    return true
  }

  private mutating func skipBlanks() {
    while let first = rest.first {
      if first.properties.isWhitespace {
        rest.removeFirst()
      } else if rest.starts(with: "--".unicodeScalars) {
        rest = rest.drop { $0 != "\n" }
      } else if rest.starts(with: "/*".unicodeScalars) {
        skipComment()
      } else {
        return
      }
    }
  }

  /// Comments of this kind stand within one another.
  private mutating func skipComment() {
    var depth = 0
    repeat {
      if rest.starts(with: "/*".unicodeScalars) {
        depth += 1
        rest = rest.dropFirst(2)
      } else if rest.starts(with: "*/".unicodeScalars) {
        depth -= 1
        rest = rest.dropFirst(2)
      } else {
        rest.removeFirst()
      }
    } while depth > 0 && !rest.isEmpty
    if depth > 0 { isUnterminated = true }
  }
}

extension SQLLexer {
  /// A statement without the semicolons and white space at its end, so that it may stand within another one.
  public static func withoutEnd(_ statement: String) -> String {
    var text = statement[...]
    while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
    return String(text)
  }

  /// Whether `name` stands in `text` as a name, folded as the server folds it.
  public static func mentions(_ name: Identifier, in text: String) -> Bool {
    var lexer = SQLLexer(text)
    while let token = lexer.next() {
      if case .name(name, _) = token { return true }
    }
    return false
  }
}

extension String {
  /// As the server folds a name that is not quoted, in a database of UTF-8: only ASCII letters.
  fileprivate var asciiLowercased: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { ("A"..."Z").contains($0) ? Unicode.Scalar(UInt8($0.value + 32)) : $0 }))
  }
}
