internal import Catalog
internal import JSON
internal import Planning
internal import Postgres

extension Transformation.Comparison {
  /// What tells whether the server can read the value.
  var trial: SQL {
    guard let type else { return "SELECT '' ~ \(value: value)" }
    return "SELECT \(value: value)::\(raw: type)"
  }
}

extension TransformObservation {
  /// Takes in whether a value can be read.
  mutating func add(_ result: PipelineResult, comparison: Transformation.Comparison) {
    guard case .failure(let error) = result else { return }
    let words = comparison.type.map { "is no \($0)" } ?? "is no regular expression"
    problems.append(
      TransformProblem(
        "invalid-value", "`\(comparison.value)` \(words): \(error.message)", at: comparison.path,
        help: error.hint.map { [$0] } ?? []))
  }

  /// Takes in what the server says of a step whose columns were asked for.
  mutating func add(_ error: PostgresError, step: Transformation) {
    add(error, of: "transform") { step.step(at: $0) }
  }

  /// Takes in what the server says of a whole statement.
  ///
  /// - Parameters:
  ///   - field: the flow's field that it is made of.
  ///   - tables: the tables that it may read; nothing where that is asked of privileges.
  ///   - naming: where the SQL that names a table stands.
  ///   - place: the step or the rule at a position of the statement.
  mutating func add(
    _ result: PipelineResult, of field: String, allowing tables: Set<QualifiedName>?,
    naming: (Identifier) -> String = { _ in "transform" },
    place: (Int) -> (path: String, position: Int)?
  ) {
    do {
      let text = try result.rows().map { $0.text(0) ?? "" }.joined(separator: "\n")
      guard let tables else { return }
      for table in try JSONValue(parsing: text).tablesRead.subtracting(tables).sorted() {
        problems.append(
          TransformProblem(
            "sql-step", "a step reads table \(table.sql), which is no input of it", at: naming(table.name),
            help: ["make it a source of the flow, under `sources:`"]))
      }
    } catch let error as PostgresError {
      // What lacks a GRANT is said by `table-privileges`, which knows on what.
      if tables == nil, error.sqlState == "42501" { return }
      // A value that cannot be read was told of at its own place.
      if error.sqlState?.hasPrefix("22") == true, !problems.isEmpty { return }
      add(error, of: field, place)
    } catch { unknown = "\(error)" }
  }

  private mutating func add(_ error: PostgresError, of field: String, _ place: (Int) -> (path: String, position: Int)?)
  {
    if error.sqlState == "57014" || error.sqlState == "55P03" {
      unknown = "whether the server takes it was not found out: \(error.message)"
      return
    }
    let found = error.position.flatMap(place)
    let path = found?.path ?? field
    let isText = path.hasSuffix(".sql") || path.hasSuffix(".query")
    var help = [error.detail, error.hint].compactMap { $0 }
    if error.sqlState == "42P01", path.hasPrefix("quality") {
      help.append(
        "a rule looks values up in tables of the destination's database; one in another schema is named with it")
    } else if error.sqlState == "42P01" {
      help.append("a step's SQL reads sources and steps before it, by name; a table is made a source under `sources:`")
    } else if error.sqlState == "42883", error.message.hasPrefix("function ") {
      help.append("PostgreSQL's own functions and operators alone are found, as `search_path` is `pg_catalog`")
    }
    if let state = error.sqlState { help.append("SQLSTATE \(state)") }
    problems.append(
      TransformProblem(
        path.hasPrefix("quality") ? "quality-rule" : "transform-step", "the server refuses this: \(error.message)",
        at: path, help: help, position: isText ? found?.position : nil))
  }
}

extension JSONValue {
  /// The tables that an EXPLAINed plan reads.
  fileprivate var tablesRead: Set<QualifiedName> {
    var tables: Set<QualifiedName> = []
    if let name = self["Relation Name"]?.stringValue {
      tables.insert(QualifiedName(schema: Identifier(self["Schema"]?.stringValue ?? ""), name: Identifier(name)))
    }
    for element in arrayValue ?? [] { tables.formUnion(element.tablesRead) }
    for name in ["Plan", "Plans"] { if let inner = self[name] { tables.formUnion(inner.tablesRead) } }
    return tables
  }
}
