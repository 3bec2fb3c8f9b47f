internal import Catalog
internal import Diagnostics
internal import Manifests

extension FlowContext {
  /// Whether a load leaves out the rows that a cursor reads again, as the table has their key.
  var leavesOutKnown: Bool {
    !spec.writeMode.needsKey && spec.key?.isEmpty == false && inputs.contains { $0.source.cursor != nil }
  }

  /// `source-readable` of a source's cursor.
  func cursorChecks(of input: DatabaseInput, in live: LiveDatabase) -> [Finding] {
    guard let cursor = input.source.cursor, let fields = input.columns else { return [] }
    let column = Identifier(cursor.column)
    let about = "cursor \(cursor.column) of \(input.words)"
    guard let field = fields.first(where: { Identifier($0.name) == column }) else {
      return [
        failed(
          .sourceReadable, "the source has no field \"\(cursor.column)\" to be its cursor", about: about, of: input,
          at: input.place(of: "cursor.column", "cursor"),
          help: suggestions(for: cursor.column, in: fields.map(\.name), called: "fields"))
      ]
    }
    if let words = live.sources.unorderable[CursorQuestion(object: input.object, column: column)] {
      return [
        failed(
          .sourceReadable, "the cursor \"\(cursor.column)\" is of type \(field.type), whose values have no order",
          about: about, of: input, at: input.place(of: "cursor.column", "cursor"),
          help: ["a cursor grows with each change: a timestamp, a number", "the server says: \(words)"])
      ]
    }
    return lagCheck(cursor, field.type, of: input) + modeCheck(cursor, of: input)
  }

  private func lagCheck(_ cursor: Cursor, _ type: String, of input: DatabaseInput) -> [Finding] {
    // What a domain is made of is not known here.
    guard let lag = cursor.lag, lag > .zero, !type.hasPrefix("timestamp"), type != "date",
      schemaPart(ofType: type) == nil
    else { return [] }
    return [
      failed(
        .sourceReadable, "`lag` is a time, and the cursor \"\(cursor.column)\" is of type \(type)",
        about: "lag of \(input.words)", of: input, at: input.place(of: "cursor.lag", "cursor"),
        help: ["leave `lag` out: rows with the last value are read again in any case"])
    ]
  }

  private func modeCheck(_ cursor: Cursor, of input: DatabaseInput) -> [Finding] {
    let place = input.place(of: "cursor.column", "cursor")
    switch spec.writeMode {
    case .upsert, .delete: return []
    case .truncateInsert:
      return [
        failed(
          .sourceReadable,
          "a cursor reads new rows alone, and truncate_insert would take all others out of \(design.table.sql)",
          about: "cursor of \(design.flow.name)", of: input, at: place,
          help: ["leave `cursor` out, or write `writeMode: upsert`"])
      ]
    case .insert, .insertIgnore: break
    }
    if let key = spec.key, !key.isEmpty {
      return key.map { Identifier($0) }.first(where: resolution.lacks).map { [unknownKeyColumn($0)] } ?? []
    }
    let lagged = cursor.lag.map { $0 > .zero } ?? false
    return [
      .warning(
        .sourceReadable,
        lagged
          ? "without a key, the rows within `lag` of \(input.words) are appended once more by each load"
          : "without a key, rows of \(input.words) are missed that are committed late, or with the cursor's last value",
        cause: "\(design.flow.name) cursor without key", at: place,
        help: ["write `key: [...]` on the flow: what is read again is then told by it, and left out"])
    ]
  }

  /// That fields of one name have one type in all sources, where nothing else says which type their column has.
  func unionChecks() -> [Finding] {
    guard design.sources.count > 1, spec.transform.isEmpty else { return [] }
    return resolution.columns.compactMap { column in
      guard case .inferred = column.origin else { return nil }
      let found = inputs.compactMap { input in
        (input.fields(goingTo: live) ?? []).first { $0.name == column.from }.map { (type: $0.type, words: input.words) }
      }
      guard let other = found.first(where: { $0.type != column.type }) else { return clashOfFiles(column) }
      let first = found.first { $0.type == column.type }?.words ?? "the files"
      return typeClash(
        column, "is \(column.type) in \(first), and \(other.type) in \(other.words)", other: other.type)
    }
  }

  /// The same of types that are inferred from values: it says from which.
  private func clashOfFiles(_ column: PlannedColumn) -> Finding? {
    guard case .fields(let fields) = source, let field = fields.first(where: { $0.name == column.from }),
      let clash = field.clash
    else { return nil }
    return typeClash(
      column, "looks like \(field.type) by the \(field.origin), and like \(clash.type) by the \(clash.origin)",
      other: clash.type)
  }

  private func typeClash(_ column: PlannedColumn, _ words: String, other: String) -> Finding {
    failed(
      .sourceReadable, "field \"\(column.from)\" \(words)", about: "type of \(column.from) of \(design.flow.name)",
      at: places.place(of: "columns", "sources"),
      help: ["say which type the column is to have: `columns: {\(column.name.name): \(other), \"*\": inferred}`"])
  }
}

extension ColumnResolution {
  /// The primary key of the one table that is read, as the columns call it; nothing where they leave a part of it out.
  func key(ofTableIn inputs: [DatabaseInput]) -> [Identifier]? {
    guard inputs.count == 1, let key = inputs.first?.table?.primaryKey else { return nil }
    let names = key.compactMap { field in columns.first { $0.from == field.name }?.name }
    return names.count == key.count ? names : nil
  }
}
