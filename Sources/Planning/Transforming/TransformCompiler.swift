public import Catalog
public import Manifests

/// How far the work on a flow's steps has come.
public enum TransformProgress: Sendable {
  case done(Transformation)
  /// The server is to say which columns the step with this index has; `Transformation.columns` are not known yet.
  case wants(step: Int, Transformation)
  case failed([TransformProblem])
}

/// Puts a flow's steps together.
///
/// It is pure: what only a server knows, the columns of a step that is SQL, is handed to it once that was asked.
public struct TransformCompiler {
  private let steps: [TransformStep]
  private let inputs: [TransformInput]
  private let relation: (TransformInput) -> BoundSQL
  var known: [String: [TransformColumn]] = [:]
  private var parts: [Transformation.Part] = []
  var comparisons: [Transformation.Comparison] = []
  var problems: [TransformProblem] = []

  /// - Parameters:
  ///   - inputs: what the steps read.
  ///   - relation: a SELECT that gives an input's rows.
  public init(_ steps: [TransformStep], of inputs: [TransformInput], relation: @escaping (TransformInput) -> BoundSQL) {
    self.steps = steps
    self.inputs = inputs
    self.relation = relation
  }

  /// A SELECT that gives no rows, and the columns of `input`: for a server that is to describe what steps make of it.
  ///
  /// The planner cannot tell that there are none, and so leaves nothing out that would be read.
  public static func emptyRelation(_ input: TransformInput) -> BoundSQL {
    let columns = input.columns.map { "\(Identifier($0.name).sql) \($0.type)" }.joined(separator: ", ")
    return "SELECT * FROM pg_catalog.json_to_recordset('[]'::pg_catalog.json) AS x(\(raw: columns))"
  }

  /// Puts the steps together as far as that can be done.
  ///
  /// - Parameter described: the columns of steps that are SQL, by their index.
  public mutating func compile(described: [Int: [TransformColumn]] = [:]) -> TransformProgress {
    (known, parts, comparisons, problems) = ([:], [], [], [])
    for input in inputs {
      known[input.name] = input.columns
      parts.append(.init(name: Identifier(input.name), body: relation(input), path: nil))
    }
    for (index, step) in steps.enumerated() {
      let path = "transform[\(index)]"
      let name = Identifier(step.name)
      if let sql = step.sql {
        parts.append(.init(name: name, body: BoundSQL(SQLLexer.withoutEnd(sql)), path: "\(path).sql"))
        guard let columns = described[index] else {
          return .wants(
            step: index, Transformation(columns: [], parts: parts, last: name, comparisons: comparisons))
        }
        check(names: columns, at: "\(path).sql")
        known[step.name] = columns
      } else if let made = make(step, at: path) {
        parts.append(.init(name: name, body: made.body, path: path))
        known[step.name] = made.columns
      }
      if !problems.isEmpty { return .failed(problems) }
    }
    guard let last = steps.last, let columns = known[last.name] else { return .failed([]) }
    return .done(
      Transformation(columns: columns, parts: parts, last: Identifier(last.name), comparisons: comparisons))
  }

  typealias Made = (columns: [TransformColumn], body: BoundSQL)

  private mutating func make(_ step: TransformStep, at path: String) -> Made? {
    if let names = step.union { return union(names, at: "\(path).union") }
    if let join = step.join { return make(join, at: "\(path).join") }
    if let filter = step.filter { return make(filter, at: "\(path).filter") }
    if let choice = step.select { return make(choice, at: "\(path).select") }
    return nil
  }

  private mutating func check(names columns: [TransformColumn], at path: String) {
    var seen: Set<String> = []
    for column in columns where !seen.insert(column.name).inserted {
      problems.append(
        TransformProblem(
          "duplicate-column", "this gives more than one column called \"\(column.name)\"", at: path,
          help: ["give each a name of its own: `... AS name`, or a name in `take`"]))
      return
    }
  }
}
