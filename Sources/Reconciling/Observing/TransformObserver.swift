internal import Catalog
internal import Connecting
internal import Diagnostics
internal import JSON
internal import Manifests
internal import Planning
internal import Postgres
internal import State

/// Has a destination's server describe what flows' steps make of their sources' rows, and whether it can ask what their
/// rules say.
///
/// Nothing is run and nothing is written: statements are parsed, described and EXPLAINed, in READ ONLY transactions, on
/// inputs without rows. The number of round trips grows with the number of steps that are SQL in one flow, never with the
/// number of flows.
struct TransformObserver: Sendable {
  var authorizer: Authorizer
  var flows: [Work]

  /// A flow, and what its steps read.
  struct Work: Sendable {
    var design: FlowDesign
    var inputs: [TransformInput]
  }

  private var opening: [SQL] {
    ["BEGIN READ ONLY"] + authorizer.sessionSettings()
      + ["SET LOCAL statement_timeout = '10s'", "SET LOCAL lock_timeout = '1s'"]
  }

  /// Looks at all flows.
  ///
  /// - Parameter columns: the columns of a flow's table, once it is known what its steps make.
  func observe(
    _ database: borrowing Database, columns: (FlowDesign, TransformObservation) -> [TransformColumn]
  ) throws -> [String: TransformObservation] {
    var found = try transformations(database)
    var questions: [String: QualityQuestion] = [:]
    for work in flows where found[work.design.flow.name]?.problems.isEmpty ?? true {
      let design = work.design
      let name = design.flow.name
      guard !design.spec.quality.isEmpty else { continue }
      let known = columns(design, found[name] ?? TransformObservation())
      do {
        questions[name] = try QualityQuestion(
          design.spec.quality, of: .empty(known), defaultSchema: design.defaultSchema)
      } catch { found[name, default: TransformObservation()].problems.append(error) }
    }
    try look(at: &found, questions, database)
    return found
  }

  // MARK: What steps make

  /// A flow whose steps are being put together.
  private struct Open {
    var work: Work
    var compiler: TransformCompiler
    var described: [Int: [TransformColumn]] = [:]
    var wanted: (step: Int, transformation: Transformation)?
  }

  private func transformations(_ database: borrowing Database) throws -> [String: TransformObservation] {
    var found: [String: TransformObservation] = [:]
    var open = flows.filter { !$0.design.spec.transform.isEmpty }.map { work in
      Open(
        work: work,
        compiler: TransformCompiler(
          work.design.spec.transform, of: work.inputs, relation: TransformCompiler.emptyRelation))
    }
    while !open.isEmpty {
      var next: [Open] = []
      for var flow in open {
        var observation = TransformObservation()
        observation.inputs = flow.work.inputs
        switch flow.compiler.compile(described: flow.described) {
        case .done(let made): observation.transformation = made
        case .failed(let problems): observation.problems = problems
        case .wants(let step, let transformation):
          flow.wanted = (step, transformation)
          next.append(flow)
          continue
        }
        found[flow.work.design.flow.name] = observation
      }
      open = []
      for (var flow, answer) in zip(next, try describe(next.compactMap { $0.wanted?.transformation }, database)) {
        guard let wanted = flow.wanted else { continue }
        switch answer {
        case .success(let columns):
          flow.described[wanted.step] = columns
          open.append(flow)
        case .failure(let error):
          var observation = TransformObservation()
          observation.inputs = flow.work.inputs
          observation.add(error, step: wanted.transformation)
          found[flow.work.design.flow.name] = observation
        }
      }
    }
    return found
  }

  /// Has statements described.
  private func describe(
    _ transformations: [Transformation], _ database: borrowing Database
  ) throws -> [Result<[TransformColumn], PostgresError>] {
    if transformations.isEmpty { return [] }
    let items = transformations.flatMap { PipelineItem.apart(.describe(SQL($0.statement), sync: true)) }
    let results = try database.pipeline(opening.map { .query($0) } + items + [.query("ROLLBACK", sync: true)])
    var answers = ApartAnswers(results, after: opening.count)
    let described = try transformations.map { _ -> Result<[ColumnDescription], PostgresError> in
      do { return .success(try answers.next()?.columns() ?? []) } catch let error as PostgresError {
        return .failure(error)
      }
    }
    let types = described.flatMap { (try? $0.get()) ?? [] }
    let settings = opening.map { PipelineItem.query($0) }
    let lookup = CatalogQueries.types(types.map { ($0.type, $0.typeModifier) })
    let named = try database.pipeline(settings + [.query(lookup), .query("ROLLBACK", sync: true)])
    var names = try named[settings.count].rows().map { $0.text(0) ?? "text" }[...]
    return described.map { result in
      result.map { columns in columns.map { TransformColumn(name: $0.name, type: names.removeFirst()) } }
    }
  }

  // MARK: Whether they could be run

  private func look(
    at found: inout [String: TransformObservation], _ questions: [String: QualityQuestion],
    _ database: borrowing Database
  ) throws {
    // The planner works out what immutable functions make of constants: those that may not be called are asked for first.
    try refuseCalls(&found, database)
    let names = Set(found.keys).union(questions.keys).filter { found[$0]?.problems.isEmpty ?? true }.sorted()
    var items: [PipelineItem] = []
    var takers: [(String, (inout TransformObservation, PipelineResult) -> Void)] = []
    func ask(_ name: String, _ sql: SQL, _ take: @escaping (inout TransformObservation, PipelineResult) -> Void) {
      items += PipelineItem.apart(.query(sql, sync: true))
      takers.append((name, take))
    }
    let steps = Dictionary(flows.map { ($0.design.flow.name, $0.design.spec.transform) }) { first, _ in first }
    for name in names {
      let made = found[name]?.transformation
      let question = questions[name]
      for comparison in (made?.comparisons ?? []) + (question?.comparisons ?? []) {
        ask(name, comparison.trial) { $0.add($1, comparison: comparison) }
      }
      if let made {
        ask(name, "\(raw: Self.explain)\(sql: SQL(made.statement))") { observation, result in
          observation.add(result, of: "transform", allowing: []) {
            Self.path(naming: $0, in: steps[name] ?? [])
          } place: {
            made.step(at: $0 - Self.explain.count)
          }
        }
      }
      if let question {
        ask(name, "\(raw: Self.explain)\(sql: SQL(question.statement))") { observation, result in
          observation.add(result, of: "quality", allowing: nil, place: { question.rule(at: $0 - Self.explain.count) })
        }
      }
    }
    if items.isEmpty { return }
    let results = try database.pipeline(opening.map { .query($0) } + items + [.query("ROLLBACK", sync: true)])
    var answers = ApartAnswers(results, after: opening.count)
    for (name, take) in takers {
      guard let answer = answers.next() else { continue }
      take(&found[name, default: TransformObservation()], answer)
    }
  }

  /// Notes which functions are called that may not be.
  private func refuseCalls(_ found: inout [String: TransformObservation], _ database: borrowing Database) throws {
    let calls = calls()
    if calls.isEmpty { return }
    let settings = opening.map { PipelineItem.query($0) }
    let results = try database.pipeline(
      settings + [.query(Self.functions(calls.map(\.call))), .query("ROLLBACK", sync: true)])
    let forbidden = Set(try results[settings.count].rows().map { $0.text(0) ?? "" })
    for call in calls where forbidden.contains(call.call.key) {
      found[call.flow, default: TransformObservation()].problems.append(
        TransformProblem(
          "sql-step", "this calls the function \(call.call.key), which may read or write something else", at: call.path,
          help: ["a step's SQL reads nothing but its inputs; what PostgreSQL's own functions make of a value is fine"]))
    }
  }

  /// Where the SQL stands that names a table.
  private static func path(naming table: Identifier, in steps: [TransformStep]) -> String {
    let step = steps.firstIndex { step in step.sql.map { SQLLexer.mentions(table, in: $0) } ?? false }
    return step.map { "transform[\($0)].sql" } ?? "transform"
  }

  private static let explain = "EXPLAIN (VERBOSE, FORMAT JSON, COSTS OFF) "

  /// What looks like a call of a function in the SQL of steps and rules.
  private func calls() -> [(flow: String, path: String, call: Call)] {
    flows.flatMap { work -> [(flow: String, path: String, call: Call)] in
      let spec = work.design.spec
      let texts =
        spec.transform.enumerated().compactMap { index, step in step.sql.map { ("transform[\(index)].sql", $0) } }
        + spec.quality.enumerated().compactMap { index, rule in rule.query.map { ("quality[\(index)].query", $0) } }
      return texts.flatMap { path, text in
        CallableFunctions.calls(in: text).map { (work.design.flow.name, path, Call(schema: $0.schema, name: $0.name)) }
      }
    }
  }

  private struct Call {
    var schema: Identifier?
    var name: Identifier
    var key: String { (schema.map { "\($0.sql)." } ?? "") + name.sql }
  }

  /// Those of `calls` that are functions, none of which may be called.
  private static func functions(_ calls: [Call]) -> SQL {
    """
    SELECT w.key FROM unnest(\(value: calls.map(\.key))::text[],
      \(value: calls.map { $0.schema?.name ?? "pg_catalog" })::text[], \(value: calls.map(\.name.name))::text[])
      AS w (key, schema, name)
    JOIN pg_proc p ON p.proname = w.name JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = w.schema
    GROUP BY 1 HAVING NOT bool_or(\(raw: CallableFunctions.condition))
    """
  }
}
