internal import Catalog
internal import Diagnostics
internal import Manifests

extension FlowContext {
  /// `source-readable` and `source-privileges` of the sources that are in databases.
  func databaseSourceChecks() -> [Finding] { inputs.flatMap { checks(of: $0) } + unionChecks() }

  private func checks(of input: DatabaseInput) -> [Finding] {
    guard let live = input.live else { return [.unreachable(input.source.authorizer)] }
    let readable =
      switch input.object {
      case .table(let name): tableCheck(name, of: input, in: live)
      case .query(let text): queryCheck(text, of: input, in: live)
      }
    return readable + privilegeChecks(of: input, in: live) + cursorChecks(of: input, in: live)
  }

  func failed(
    _ id: Check.ID, _ message: String, about object: String, of input: DatabaseInput, at place: Place,
    label: String? = nil, help: [String] = []
  ) -> Finding {
    .failed(id, message, cause: "\(input.source.authorizer) \(object)", at: place, label: label, help: help)
  }

  // MARK: Tables

  private func tableCheck(_ name: QualifiedName, of input: DatabaseInput, in live: LiveDatabase) -> [Finding] {
    let place = input.place(of: "table")
    guard let table = live.tables[name] else { return [missingTable(name, of: input, in: live)] }
    guard table.kind.canBeRead else {
      return [
        failed(
          .sourceReadable, "\(name.sql) is a \(table.kind.words), not a table or a view", about: "source \(name.sql)",
          of: input, at: place, help: ["flows read tables, views, materialized views and foreign tables"])
      ]
    }
    return [.passed(.sourceReadable, "\(input.words) is a \(table.kind.words)")]
  }

  private func missingTable(_ name: QualifiedName, of input: DatabaseInput, in live: LiveDatabase) -> Finding {
    let isWritten = input.source.table.flatMap { WrittenName($0) }?.schema != nil
    return failed(
      .sourceReadable,
      "table \(name.sql) does not exist in database \"\(live.server.database)\" of authorizer \(input.source.authorizer)",
      about: "source \(name.sql)", of: input, at: input.place(of: "table"),
      label: isWritten ? nil : "resolved to \(name.sql): no schema is given",
      help: live.namesNear(name))
  }

  // MARK: Queries

  private func queryCheck(_ text: String, of input: DatabaseInput, in live: LiveDatabase) -> [Finding] {
    guard let query = input.query else { return [.skipped(.sourceReadable, "the query was not looked at")] }
    let place = input.place(of: "query")
    func fails(_ message: String, _ help: [String]) -> [Finding] {
      [failed(.sourceReadable, message, about: "query \(text)", of: input, at: place, help: help)]
    }
    let readsOnly = "a source's `query:` is one SELECT, VALUES, TABLE or WITH ... SELECT"
    switch query.problem {
    case .givesNothing: return fails("the source's query gives no columns", [readsOnly])
    case .changes: return fails("the source's query would change rows, or lock them", [readsOnly])
    case .takesParameters:
      return fails("the source's query has parameters such as $1, for which there are no values", [readsOnly])
    case .notFoundOut(let words):
      return [.skipped(.sourceReadable, "whether the source's query can be run was not found out: \(words)")]
    case .refused(let refusal):
      // What lacks a GRANT is said by `source-privileges`, which knows on what.
      return refusal.isOfPrivilege ? [] : [refused(refusal, text, of: input, in: live)]
    case nil: break
    }
    let twice = input.duplicateNames
    if !twice.isEmpty {
      let list = twice.map { "\"\($0)\"" }.joined(separator: ", ")
      return fails(
        "the source's query gives more than one column called \(list)", ["give each a name of its own: `... AS name`"])
    }
    return [.passed(.sourceReadable, "\(input.words) gives \(query.columns.count) columns")]
  }

  private func refused(
    _ refusal: ServerRefusal, _ text: String, of input: DatabaseInput, in live: LiveDatabase
  ) -> Finding {
    var help: [String] = []
    let name = refusal.position.flatMap { QueryNames.name(in: text, at: $0) }
    if refusal.isOfMissingTable, let name, !name.isQualified {
      let known = live.sources.readable.filter { $0.name == name.name }
      let example = known.first ?? QualifiedName(schema: PostgresSource.defaultSchema, name: name.name)
      help.append("write the table's schema, as in `\(example.sql)`: Sluice's sessions have `search_path = pg_catalog`")
    } else if refusal.isOfMissingTable, let missing = live.missingRelation(of: text) {
      help += live.namesNear(missing)
    }
    help += refusal.words(in: text)
    help.append(
      "SQLSTATE \(refusal.sqlState), as role \(live.server.role.sql) in database \"\(live.server.database)\"")
    return failed(
      .sourceReadable, "the source's query fails on authorizer \(input.source.authorizer): \(refusal.message)",
      about: "query \(text)", of: input, at: input.queryPlace(of: refusal), help: help)
  }

  // MARK: Privileges

  private func privilegeChecks(of input: DatabaseInput, in live: LiveDatabase) -> [Finding] {
    let missing = requirements(of: input).filter { $0.check == .sourcePrivileges }.compactMap { $0.missing(in: live) }
    let place = input.place(of: "table", "query")
    let role = live.server.role
    if missing.isEmpty {
      if case .refused(let refusal) = input.query?.problem, refusal.isOfPrivilege {
        return [
          failed(
            .sourcePrivileges,
            "role \(role.sql) may not run the source's query on authorizer \(input.source.authorizer): "
              + refusal.message,
            about: "query \(refusal.message)", of: input, at: input.queryPlace(of: refusal),
            help: refusal.words(in: ""))
        ]
      }
      guard !input.relations.isEmpty else { return [] }
      return [
        .passed(.sourcePrivileges, "SELECT on \(input.relations.map(\.name.sql).joined(separator: ", ")) granted")
      ]
    }
    var objects: [Requirement.Object] = []
    for requirement in missing where !objects.contains(requirement.object) { objects.append(requirement.object) }
    return objects.map { object in
      let lacking = missing.filter { $0.object == object }
      let (words, owner) = object.sourceWords(in: live)
      return .failed(
        .sourcePrivileges,
        "role \(role.sql) has no \(lacking.map(\.privilegeSQL).joined(separator: ", ")) on \(words) of authorizer "
          + input.source.authorizer,
        cause: "\(input.source.authorizer) \(words) \(lacking.map(\.privilegeSQL))", at: place,
        remedy: Remedy(
          authorizer: input.source.authorizer, executor: owner, statements: lacking.statements(to: role)))
    }
  }
}

extension DatabaseInput {
  /// Where the server found fault with the query: the very place where it is written on one line as it is.
  fileprivate func queryPlace(of refusal: ServerRefusal) -> Place {
    let place = place(of: "query")
    guard let query = source.query, let position = refusal.position else { return place }
    let written = source.template?.written(position - 1) ?? position - 1
    return place.part(written..<written + 1, of: query)
  }
}

extension ServerRefusal {
  /// What the server says besides its message, and the line of the query that it is about.
  fileprivate func words(in query: String) -> [String] {
    var words: [String] = []
    if let position, query.contains("\n") {
      let before = query.unicodeScalars.prefix(position - 1)
      let line = before.count { $0 == "\n" }
      let lines = query.split(separator: "\n", omittingEmptySubsequences: false)
      if lines.indices.contains(line) {
        words.append("line \(line + 1) of the query: \(lines[line].drop { $0.isWhitespace })")
      }
    }
    if let detail { words.append("the server's detail: \(detail)") }
    if let hint { words.append("the server's hint: \(hint)") }
    return words
  }
}

extension Requirement.Object {
  /// What it is called, and who can grant on it.
  fileprivate func sourceWords(in live: LiveDatabase) -> (words: String, owner: String) {
    switch self {
    case .schema(let name): ("schema \(name.sql)", "the owner of schema \(name.sql)")
    case .table(let name):
      ("\(live.tables[name]?.kind.words ?? "table") \(name.sql)", "the owner of table \(name.sql)")
    case .database, .tables, .role:
      ("database \(Identifier(live.server.database).sql)", "the owner of database \(live.server.database)")
    }
  }
}

extension LiveDatabase {
  /// What was probably meant by the name of a relation that does not exist.
  fileprivate func namesNear(_ name: QualifiedName) -> [String] {
    let known = sources.readable
    if let same = known.first(where: { $0.name == name.name }) { return ["did you mean `\(same.sql)`?"] }
    if let near = nearest(to: name.sql, in: known.map(\.sql)) { return ["did you mean `\(near)`?"] }
    guard schemas[name.schema] != nil else {
      let schemas = schemas.keys.map(\.sql).sorted()
      return ["there is no schema \(name.schema.sql)"]
        + suggestions(for: name.schema.name, in: schemas, called: "schemas here")
    }
    let others = known.filter { $0.schema == name.schema }.map(\.sql)
    return others.isEmpty
      ? ["schema \(name.schema.sql) has no tables"] : suggestions(for: name.sql, in: others, called: "tables here")
  }

  /// The one relation that a query names and that does not exist, as far as the text tells it from a column of a table.
  fileprivate func missingRelation(of query: String) -> QualifiedName? {
    let missing = QueryNames.pairs(in: query).filter { tables[$0] == nil && schemas[$0.schema] != nil }
    return missing.count == 1 ? missing.first : nil
  }
}
