internal import Catalog
internal import Diagnostics
internal import Manifests
internal import Planning
internal import Postgres

extension LoadRun {
  /// The fields of a source as they were when the flow was applied.
  func knownFields(ofSource source: Int) -> [String] {
    request.inputs.indices.contains(source) ? request.inputs[source].columns.map(\.name) : []
  }

  /// Stages each source in a temporary table, and puts in their place what the flow's steps make of them: one SELECT,
  /// which the server runs as it writes.
  ///
  /// - Throws: `Failure`, and what `transfer` throws.
  func transformSources(_ database: borrowing Database) throws {
    // Many rows, few statements: what memory saves is worth it, and compiling expressions is not.
    try database.script("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off")
    let all = parts
    readParts = all
    for (index, input) in request.inputs.enumerated() {
      parts = all.filter { $0.source == index }
      try stage(input, number: index, database)
    }
    let made = try transformation(database)
    if request.transform.contains(where: { $0.sql != nil }) {
      try database.checkReading(
        made.statement, tables: request.inputs.indices.map { Self.inputTable($0).name }, of: "a step's SQL")
    }
    parts = [
      try SourcePart(made: SQL(made.statement), words: "the steps of flow \(request.flow)", on: database)
    ]
  }

  /// The temporary table of an input.
  private static func inputTable(_ number: Int) -> Identifier { Identifier("_sluice_input_\(number + 1)") }

  private func stage(_ input: TransformInput, number: Int, _ database: borrowing Database) throws {
    let columns = input.columns.map {
      TargetColumn(name: Identifier($0.name), type: $0.type, from: .field($0.name))
    }
    let lines: [SQL] = columns.map { "\(identifier: $0.name) \(raw: $0.type)" }
    let table = Self.inputTable(number)
    try database.run(
      "CREATE TEMPORARY TABLE \(identifier: table) (\(sql: lines.joined(separator: ", "))) ON COMMIT DROP")
    let rejected = rejects.count
    let log = request.mode == .insertIgnore || isPreview ? rejects : nil
    let rows = try transfer(
      columns, to: CopyDestination(stage: table, columns, ordinal: nil), hasOrdinal: false, rejecting: log, database
    ).rows
    unreadable += rejects.count - rejected
    guard rows == 0, !request.sources[number].source.allowsEmpty, !parts.isEmpty else { return }
    throw Failure(
      Diagnostic(
        .error, "source-empty", "source `\(input.name)` of flow \(request.flow) has no rows",
        at: parts.first?.file.map { Place(file: $0.name, line: 1, column: 1) },
        help: ["write `allowEmpty: true` on the source where that is no mistake"]))
  }

  /// The steps as one statement on the staged rows.
  private func transformation(_ database: borrowing Database) throws -> Transformation {
    let tables = Dictionary(request.inputs.enumerated().map { ($1.name, Self.inputTable($0)) }) { first, _ in first }
    var compiler = TransformCompiler(request.transform, of: request.inputs) { input in
      let names = input.columns.map { Identifier($0.name).sql }.joined(separator: ", ")
      return "SELECT \(raw: names) FROM pg_temp.\(identifier: tables[input.name] ?? Identifier(input.name))"
    }
    var described: [Int: [TransformColumn]] = [:]
    while true {
      switch compiler.compile(described: described) {
      case .done(let made): return made
      case .failed(let problems): throw Failure(problems.diagnostics)
      case .wants(let step, let transformation):
        do {
          described[step] = try database.describe(transformation.statement)
        } catch let error as PostgresError where error.kind == .statement {
          throw Refusal(
            error,
            as: Diagnostic(
              .error, "transform-step", "step `\(request.transform[step].name)`: \(error.message)",
              help: ["`sluice plan \(request.flow)` shows its place", error.hint].compactMap { $0 }))
        }
      }
    }
  }
}

extension Database {
  /// The columns of a statement, which is parsed and no more: nobody has looked yet at what it calls.
  fileprivate func describe(_ statement: BoundSQL) throws -> [TransformColumn] {
    let columns = try pipeline([.describe(SQL(statement))])[0].columns()
    let types = try rows(
      """
      SELECT CASE WHEN t.typtype = 'p' THEN 'text' ELSE format_type(u.type, u.modifier) END
      FROM unnest(\(value: columns.map { Int($0.type) })::oid[], \(value: columns.map { Int($0.typeModifier) })::int[])
        WITH ORDINALITY AS u (type, modifier, number) LEFT JOIN pg_type t ON t.oid = u.type ORDER BY number
      """
    ) { $0.text(0) ?? "text" }
    return zip(columns, types).map { TransformColumn(name: $0.name, type: $1) }
  }
}
