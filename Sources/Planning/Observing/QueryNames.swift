internal import Catalog

/// The names with a schema in a query's text.
///
/// As `search_path` is `pg_catalog`, every table that a query reads stands in it as `schema.table`. Those pairs that the
/// catalog knows as relations are what the query needs privileges on; EXPLAIN would show the tables behind a view, on
/// which it needs none, and says nothing at all where a privilege is missing.
enum QueryNames {
  /// Every `a.b` that is not in a string or a comment: tables, and columns of tables too.
  static func pairs(in query: String) -> Set<QualifiedName> {
    var pairs: Set<QualifiedName> = []
    var lexer = QueryLexer(query)
    // The last name, and whether a dot stands behind it.
    var last: Identifier?
    var isDotted = false
    while let token = lexer.next() {
      switch token {
      case .name(let name):
        if let last, isDotted { pairs.insert(QualifiedName(schema: last, name: name)) }
        (last, isDotted) = (name, false)
      case .dot: isDotted = last != nil
      case .other: (last, isDotted) = (nil, false)
      }
    }
    return pairs
  }

  /// The name that begins at `position` (in characters from 1), and whether a schema is written; nothing where none does.
  static func name(in query: String, at position: Int) -> (name: Identifier, isQualified: Bool)? {
    var lexer = QueryLexer(query.unicodeScalars.dropFirst(position - 1))
    guard case .name(let first)? = lexer.next() else { return nil }
    return (first, lexer.next() == .dot)
  }
}

/// Cuts SQL into what matters of it for names.
private struct QueryLexer {
  enum Token: Equatable {
    case name(Identifier)
    case dot
    /// A string, a number, an operator.
    case other
  }

  private var rest: Substring.UnicodeScalarView

  init(_ text: String) { rest = text[...].unicodeScalars }
  init(_ scalars: String.UnicodeScalarView.SubSequence) { rest = scalars }

  mutating func next() -> Token? {
    skipBlanks()
    guard let first = rest.popFirst() else { return nil }
    switch first {
    case ".": return .dot
    case "\"": return .name(Identifier(quoted("\"")))
    case "'":
      _ = quoted("'")
      return .other
    case "$":
      skipDollarQuoted()
      return .other
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
      return .other
    }
    return .name(Identifier(String(text).asciiLowercased))
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
        break
      }
    }
    return String(text)
  }

  /// `$tag$ ... $tag$`, of which the first dollar is gone; a parameter (`$1`) is none.
  private mutating func skipDollarQuoted() {
    let tag = rest.prefix { Self.startsName($0) || ("0"..."9").contains($0) }
    guard rest.dropFirst(tag.count).first == "$", tag.first.map(Self.startsName) ?? true else { return }
    let end = "$" + String(tag) + "$"
    rest = rest.dropFirst(tag.count + 1)
    while !rest.isEmpty, !rest.starts(with: end.unicodeScalars) { rest.removeFirst() }
    rest = rest.dropFirst(end.unicodeScalars.count)
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
