internal import Catalog
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres

extension LoadRun {
  /// Looks at the tables and queries that are read: where that is done, which fields they have, from where to where.
  ///
  /// - Throws: `Failure`, `SourceError`, `PostgresError`, `CancellationError`.
  func lookAtDatabases(_ database: borrowing Database) throws {
    guard parts.contains(where: { $0.database != nil }) else { return }
    let before = try request.cursorPositions(on: database)
    var identity: DatabaseIdentity?
    for index in parts.indices {
      guard var part = parts[index].database else { continue }
      part.site = try site(of: part, &identity, database)
      part.fields = try describe(part, database)
      try checkFields(of: part, source: parts[index].source)
      if case .here = part.site, part.source.authorizer != request.authorizer,
        try !mayRead(part, source: parts[index].source, database)
      {
        part.site = try session(of: part)
      }
      if let cursor = part.source.cursor {
        part.span =
          request.window == nil
          ? try span(cursor, of: part, before[part.name ?? ""], database) : try window(cursor, of: part, database)
      }
      parts[index].content = .database(part)
    }
    cursor = request.cursorRange(parts.compactMap(\.database))
  }

  /// Runs a statement where `part` is read.
  func ask(_ sql: SQL, of part: DatabasePart, _ database: borrowing Database) throws -> Rows {
    switch part.site {
    case .here: return try database.rows(sql)
    case .session(let session): return try session.perform(database) { try $0.rows(sql) }
    }
  }

  // MARK: Where it is read

  /// What is in the destination's database is read there, where that surely gives the same rows.
  private func site(
    of part: DatabasePart, _ known: inout DatabaseIdentity?, _ database: borrowing Database
  ) throws -> DatabasePart.Site {
    if part.source.authorizer == request.authorizer { return .here }
    let elsewhere = try session(of: part)
    let own = try known ?? DatabaseIdentity(of: database)
    known = own
    guard case .session(let session) = elsewhere else { return elsewhere }
    let other = try session.perform(database) { try DatabaseIdentity(of: $0) }
    guard own.isSameDatabase(as: other) else { return elsewhere }
    if own.role != other.role, try part.dependsOnReader(database) { return elsewhere }
    return .here
  }

  private func session(of part: DatabasePart) throws(Failure) -> DatabasePart.Site {
    guard let session = sessions[part.source.authorizer] else {
      throw Failure(
        Diagnostic(.error, "connection", "there is no way to connect to authorizer \(part.source.authorizer)"))
    }
    return .session(session)
  }

  /// Whether the destination's role may read what is loaded of `part`.
  private func mayRead(_ part: DatabasePart, source: Int, _ database: borrowing Database) throws -> Bool {
    let wanted =
      loadedFields(ofSource: source).filter { part.field($0) != nil } + (part.source.cursor.map { [$0.column] } ?? [])
    let columns: [SQL] = wanted.map { "s.\(identifier: Identifier($0))" }
    try database.run("SAVEPOINT reading")
    do {
      try database.run("SELECT \(sql: columns.joined(separator: ", ")) FROM \(sql: part.relation) LIMIT 0")
      try database.run("RELEASE SAVEPOINT reading")
      return true
    } catch let error as PostgresError where error.sqlState == "42501" {
      try database.script("ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading")
      return false
    }
  }

  // MARK: What it holds

  private func describe(_ part: DatabasePart, _ database: borrowing Database) throws -> [DatabasePart.Field] {
    let fields: [DatabasePart.Field]
    switch part.site {
    case .here: fields = try describeHere(part, database)
    case .session(let session): fields = try session.perform(database) { try part.describe(on: $0) }
    }
    guard fields.isEmpty, case .table = part.object else { return fields }
    throw Failure(Diagnostic(.error, "source-readable", "\(part.words) does not exist, or has no columns"))
  }

  /// A query that the destination's role may not run is described where it may be.
  private func describeHere(
    _ part: DatabasePart, _ database: borrowing Database
  ) throws -> [DatabasePart.Field] {
    guard case .query = part.object, part.source.authorizer != request.authorizer else {
      return try part.describe(on: database)
    }
    guard case .session(let session) = try session(of: part) else { return [] }
    return try session.perform(database) { try part.describe(on: $0) }
  }

  /// The fields of a source that are read.
  private func loadedFields(ofSource source: Int) -> [String] {
    request.transform.isEmpty ? loadedFields : knownFields(ofSource: source)
  }

  /// The fields that the loaded columns take.
  private var loadedFields: [String] {
    let columns = request.mode == .delete ? request.columns.filter { request.key.contains($0.name) } : request.columns
    return columns.compactMap { if case .field(let field) = $0.from { field } else { nil } }
  }

  /// Notes the types that are others than when the flow was applied; whether the values fit is for the server to say.
  private func checkTypes(of part: DatabasePart) throws(Failure) {
    guard request.sources.count == 1, request.transform.isEmpty else { return }
    let loaded = Set(loadedFields)
    for field in part.fields where loaded.contains(field.name) {
      guard let before = request.knownTypes[field.name], before != field.spelling else { continue }
      let words =
        "field \"\(field.name)\" of \(part.words) was \(before) when the flow was applied, and is \(field.spelling)"
      if request.sourceChanges == .fail {
        throw Failure(
          Diagnostic(
            .error, "source-changed", words, help: ["`sourceChanges: adapt` would load it as far as its values fit"]))
      }
      typeChanges.append(words)
      warn(Diagnostic(.warning, "source-changed", words))
    }
  }

  private func checkFields(of part: DatabasePart, source: Int) throws(Failure) {
    let names = part.fields.map(\.name)
    if request.sources.count == 1 || !request.transform.isEmpty {
      let missing = loadedFields(ofSource: source).filter { !names.contains($0) }
      guard missing.isEmpty else {
        throw Failure(
          missing.map { field in
            Diagnostic(
              .error, "source-field-missing", "\(part.words) has no field \"\(field)\", which a column takes",
              help: suggestions(for: field, in: names, called: "fields there"))
          })
      }
    }
    try checkTypes(of: part)
    let known = request.transform.isEmpty ? request.knownFields : knownFields(ofSource: source)
    guard let known else { return }
    let new = Set(names).subtracting(known)
    newFields.formUnion(new)
    if request.sourceChanges == .fail, let field = new.min() {
      throw Failure(
        Diagnostic(
          .error, "source-changed", "\(part.words) has a new field \"\(field)\"",
          help: ["`sourceChanges: adapt` would load without it"]))
    }
  }
}
