public import Catalog
public import Diagnostics
internal import Manifests

extension [QualifiedName] {
  /// Those that `patterns` name, sorted: `schema.table`, with `*` and `?` for any letters, in `public` where no schema is
  /// written. What is named without either stands in any case, as views are found by their names alone.
  ///
  /// - Parameter database: what people call the database that these are the tables of.
  /// - Throws: `import-no-table` for each pattern that fits none.
  public func named(by patterns: [String], in database: String) throws(Failure) -> [QualifiedName] {
    var named: Set<QualifiedName> = []
    var problems: [Diagnostic] = []
    for pattern in patterns {
      var source = PostgresSource()
      source.tables = [TableChoice(pattern: pattern)]
      let found = source.chosen(among: self).map(\.0)
      if found.isEmpty {
        problems.append(.noTable("`\(pattern)` fits no table", of: database, like: pattern, in: self))
      }
      named.formUnion(found)
    }
    guard problems.isEmpty else { throw Failure(problems) }
    return named.sorted()
  }
}

extension Diagnostic {
  /// There is nothing to import by that name.
  ///
  /// - Parameter known: the names that there are.
  static func noTable(
    _ words: String, of database: String, like name: String, in known: [QualifiedName]
  ) -> Diagnostic {
    let names = known.sorted().map { WrittenName(schema: $0.schema, name: $0.name).text }
    let schemas = Set(known.map { WrittenName(schema: nil, name: $0.schema).text }).sorted().map { "\($0).*" }
    var help = suggestions(for: name, in: names + schemas, called: "tables")
    if names.count + schemas.count > 20 { help += ["schemas: \(schemas.prefix(20).joined(separator: ", "))"] }
    if names.isEmpty { help = ["the role sees no table there; `sluice check` says which role and database that is"] }
    return Diagnostic(.error, "import-no-table", "\(words) of \(database)", help: help)
  }
}
