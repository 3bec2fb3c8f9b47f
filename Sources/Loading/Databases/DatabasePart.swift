internal import Catalog
internal import Manifests
internal import Planning
internal import Postgres

/// A table or a query of a database, as one load reads it.
struct DatabasePart {
  /// Where its statements run.
  enum Site {
    /// In the destination's own session: nothing travels.
    case here
    /// In a session of its own.
    case session(SourceSession)
  }

  /// A statement of the load's own.
  struct Made {
    /// Its parameters included.
    var statement: SQL
    /// What people call its rows.
    var words: String
  }

  /// A field, as its database describes it.
  struct Field {
    var name: String
    /// Its type's OID; that of the base type for a domain.
    var type: UInt32
    /// The type's modifier; -1 for none.
    var modifier: Int32
    /// As `format_type` writes it.
    var spelling: String
  }

  let source: PostgresSource
  let object: SourceObject
  /// The source's name among several.
  var name: String?
  /// The days that its query is asked for.
  var days: DayRange?
  // Found out when the load begins.
  var site = Site.here
  var fields: [Field] = []
  /// What is read of it by its cursor; nothing where it has none.
  var span: CursorSpan?
  /// What is read, where that is no table and no query of the source's: what steps made, or rows that were looked at.
  var made: Made?
  /// The most rows that are read, for a preview.
  var limit: Int?

  /// What people call it: `crm.public.orders`.
  var words: String {
    if let made { return made.words }
    return switch object {
    case .table(let name): "\(source.authorizer).\(name.sql)"
    case .query: "the query on \(source.authorizer)"
    }
  }

  /// What stands behind FROM, called `s`.
  var relation: SQL {
    if let made { return "(\(sql: made.statement)\n) AS s" }
    return switch object {
    case .table(let name): "\(name: name) AS s"
    // A comment may end the query.
    case .query: "(\(sql: source.query(of: days))\n) AS s"
    }
  }

  /// The field called `name`.
  func field(_ name: String) -> Field? { fields.first { $0.name == name } }

  /// Whether its rows have no order: then a key may come only once.
  var isUnordered: Bool { source.cursor == nil }

  /// The statement that gives its rows: `expressions` of each, in the cursor's order where that is wanted.
  ///
  /// It has no parameters, as COPY takes none.
  func select(_ expressions: [SQL], ordered: Bool = false) -> SQL {
    var statement: SQL = "SELECT \(sql: expressions.joined(separator: ", ")) FROM \(sql: relation)"
    if let span { statement.append(" WHERE \(sql: span.condition)") }
    if ordered, let span { statement.append(" ORDER BY \(sql: span.value)") }
    if let limit { statement.append(" LIMIT \(raw: String(limit))") }
    return statement
  }
}

extension SourcePart {
  /// What it reads of a database, where that is what it does.
  var database: DatabasePart? { if case .database(let part) = content { part } else { nil } }

  /// What a statement of the load's own gives, in its session.
  ///
  /// - Parameter words: what people call its rows.
  init(made statement: SQL, words: String, on database: borrowing Database) throws {
    var part = DatabasePart(source: PostgresSource(), object: .query(""))
    part.made = DatabasePart.Made(statement: statement, words: words)
    part.fields = try part.describe(on: database)
    self.init(name: words, content: .database(part), format: .csv(.inline))
  }

  /// The whole of a table, or of a query.
  init(_ source: PostgresSource, _ object: SourceObject) {
    let part = DatabasePart(source: source, object: object)
    self.init(name: part.words, content: .database(part), format: .csv(.inline))
  }
}
