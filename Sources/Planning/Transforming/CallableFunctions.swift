public import Catalog

/// Which functions a SELECT of a manifest may call: those that can neither write nor read anything but their arguments.
public enum CallableFunctions {
  /// The condition in SQL that a function may be called: a row `p` of pg_proc, whose schema is a row `n` of pg_namespace.
  ///
  /// - Of PostgreSQL's own: those that are not volatile, and the few volatile ones that only make a value; but none that
  ///   turn a table or a query into XML, and none of those about the server itself, which are called `pg_...`.
  /// - Of extensions: those in C that are immutable. What is written in SQL or a procedural language may call anything,
  ///   whatever it is declared to be (manual, 38.7).
  public static let condition = """
    CASE WHEN n.nspname = 'pg_catalog' THEN
      (p.provolatile <> 'v' OR p.proname IN ('random', 'gen_random_uuid', 'clock_timestamp', 'timeofday'))
      AND p.proname !~ '_to_xml' AND (p.proname !~ '^pg_' OR p.proname IN ('pg_typeof', 'pg_column_size', 'pg_size_pretty'))
    ELSE p.provolatile = 'i' AND p.prokind = 'f'
      AND p.prolang = (SELECT oid FROM pg_catalog.pg_language WHERE lanname = 'c')
    END
    """

  /// What looks like a call in `text`: a name, with its schema where one is written, and an opening parenthesis. Words
  /// of the language are among them.
  public static func calls(in text: String) -> [(schema: Identifier?, name: Identifier)] {
    var lexer = SQLLexer(text)
    var calls: [(schema: Identifier?, name: Identifier)] = []
    var (schema, name): (Identifier?, Identifier?)
    var isDotted = false
    while let token = lexer.next() {
      switch token {
      case .name(let next, _):
        (schema, name) = (isDotted ? name : nil, next)
        isDotted = false
      case .dot: isDotted = name != nil
      case .openParenthesis:
        if let name { calls.append((schema, name)) }
        (schema, name, isDotted) = (nil, nil, false)
      case .closeParenthesis, .semicolon, .string, .placeholder, .other: (schema, name, isDotted) = (nil, nil, false)
      }
    }
    return calls
  }
}
