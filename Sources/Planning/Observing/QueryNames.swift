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
    var lexer = SQLLexer(query)
    // The last name, and whether a dot stands behind it.
    var last: Identifier?
    var isDotted = false
    while let token = lexer.next() {
      switch token {
      case .name(let name, _):
        if let last, isDotted { pairs.insert(QualifiedName(schema: last, name: name)) }
        (last, isDotted) = (name, false)
      case .dot: isDotted = last != nil
      case .string, .placeholder, .other, .openParenthesis, .closeParenthesis, .semicolon:
        (last, isDotted) = (nil, false)
      }
    }
    return pairs
  }

  /// The name that begins at `position` (in characters from 1), and whether a schema is written; nothing where none does.
  static func name(in query: String, at position: Int) -> (name: Identifier, isQualified: Bool)? {
    var lexer = SQLLexer(query.unicodeScalars.dropFirst(position - 1))
    guard case .name(let first, _)? = lexer.next() else { return nil }
    return (first, lexer.next() == .dot)
  }
}
